using System.Numerics;
using System.Runtime.CompilerServices;

namespace Adjoint.Kernels.Fourier;

/// <summary>One pass of Stockham's transform over lines that lie beside each other: butterflies of one radix, in order on both sides.</summary>
/// <remarks>
/// Method: Stockham 1966, as in Van Loan 1992, section 1.7. Transforms of length <c>radix · rest</c> at each of <c>span</c> places become radix times as many
/// of length <c>rest</c>. Real and imaginary parts lie apart, so that every operation is one of vectors; each rounds once, so that
/// the bits do not depend on the width.
/// </remarks>
internal sealed class FourierStage<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly int radix;
    private readonly int rest;
    private readonly T[] twiddles;
    private readonly T[] roots;

    /// <summary>The pass that splits a length by a radix.</summary>
    internal FourierStage(int radix, int length)
    {
        this.radix = radix;
        rest = length / radix;
        twiddles = new T[2 * rest * (radix - 1)];
        for (int p = 0, at = 0; p < rest; p++)
        {
            for (int j = 1; j < radix; j++, at += 2)
            {
                (twiddles[at], twiddles[at + 1]) = UnitRoot.Of<T>((long)p * j, length);
            }
        }

        roots = new T[2 * radix];
        for (int j = 0; j < radix; j++)
        {
            (roots[2 * j], roots[(2 * j) + 1]) = UnitRoot.Of<T>(j, radix);
        }
    }

    internal int Radix => radix;

    /// <summary>Runs from one pair of arrays to another; span is a multiple of a vector's lanes.</summary>
    internal unsafe void Run(T* fromReal, T* fromImaginary, T* toReal, T* toImaginary, int span)
    {
        fixed (T* turns = twiddles)
        {
            for (int p = 0; p < rest; p++)
            {
                var place = new Place(
                    fromReal + ((long)p * span),
                    fromImaginary + ((long)p * span),
                    toReal + ((long)p * radix * span),
                    toImaginary + ((long)p * radix * span),
                    rest * span,
                    span,
                    turns + (2 * p * (radix - 1)));
                switch (radix)
                {
                    case 2:
                        Two(place);
                        break;
                    case 3:
                        Three(place);
                        break;
                    case 4:
                        Four(place);
                        break;
                    default:
                        Any(place);
                        break;
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void Two(in Place place)
    {
        Turn first = place.Twiddle(0);
        for (int q = 0; q < place.Span; q += Vector<T>.Count)
        {
            Pair a = place.Load(0, q);
            Pair b = place.Load(1, q);
            place.Store(0, q, a + b);
            place.Store(1, q, first.Of(a - b));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void Three(in Place place)
    {
        Turn first = place.Twiddle(0);
        Turn second = place.Twiddle(1);
        var half = new Vector<T>(T.CreateChecked(-0.5));
        var height = new Vector<T>(T.CreateChecked(0.86602540378443864676)); // sin(2 pi / 3)
        for (int q = 0; q < place.Span; q += Vector<T>.Count)
        {
            Pair a = place.Load(0, q);
            Pair b = place.Load(1, q);
            Pair c = place.Load(2, q);
            Pair sum = b + c;
            Pair middle = a + (half * sum);
            Pair side = (height * (b - c)).TurnedBack();
            place.Store(0, q, a + sum);
            place.Store(1, q, first.Of(middle + side));
            place.Store(2, q, second.Of(middle - side));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void Four(in Place place)
    {
        Turn first = place.Twiddle(0);
        Turn second = place.Twiddle(1);
        Turn third = place.Twiddle(2);
        for (int q = 0; q < place.Span; q += Vector<T>.Count)
        {
            Pair a = place.Load(0, q);
            Pair b = place.Load(1, q);
            Pair c = place.Load(2, q);
            Pair d = place.Load(3, q);
            Pair even = a + c;
            Pair odd = b + d;
            Pair across = a - c;
            Pair side = (b - d).TurnedBack();
            place.Store(0, q, even + odd);
            place.Store(1, q, first.Of(across + side));
            place.Store(2, q, second.Of(even - odd));
            place.Store(3, q, third.Of(across - side));
        }
    }

    /// <summary>The sum as it stands: radix² products, for small primes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private unsafe void Any(in Place place)
    {
        for (int q = 0; q < place.Span; q += Vector<T>.Count)
        {
            for (int j = 0; j < radix; j++)
            {
                Pair sum = place.Load(0, q);
                for (int k = 1, turn = j; k < radix; k++, turn = turn + j < radix ? turn + j : turn + j - radix)
                {
                    sum += new Turn(roots[2 * turn], roots[(2 * turn) + 1]).Of(place.Load(k, q));
                }

                place.Store(j, q, j == 0 ? sum : place.Twiddle(j - 1).Of(sum));
            }
        }
    }

    /// <summary>Where the inputs and outputs of the butterflies of one twiddle lie.</summary>
    private readonly unsafe struct Place(
        T* fromReal, T* fromImaginary, T* toReal, T* toImaginary, int inputDistance, int span, T* turns)
    {
        internal int Span => span;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal Turn Twiddle(int j) => new(turns[2 * j], turns[(2 * j) + 1]);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal Pair Load(int j, int q) => new(
            Vector.Load(fromReal + ((long)j * inputDistance) + q), Vector.Load(fromImaginary + ((long)j * inputDistance) + q));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal void Store(int j, int q, Pair value)
        {
            value.Real.Store(toReal + ((long)j * span) + q);
            value.Imaginary.Store(toImaginary + ((long)j * span) + q);
        }
    }

    /// <summary>A factor for all lanes.</summary>
    private readonly struct Turn(T real, T imaginary)
    {
        private readonly Vector<T> real = new(real);
        private readonly Vector<T> imaginary = new(imaginary);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal Pair Of(Pair x) => new((real * x.Real) - (imaginary * x.Imaginary), (real * x.Imaginary) + (imaginary * x.Real));
    }

    /// <summary>Complex numbers, real and imaginary parts apart.</summary>
    private readonly struct Pair(Vector<T> real, Vector<T> imaginary)
    {
        internal readonly Vector<T> Real = real;
        internal readonly Vector<T> Imaginary = imaginary;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Pair operator +(Pair x, Pair y) => new(x.Real + y.Real, x.Imaginary + y.Imaginary);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Pair operator -(Pair x, Pair y) => new(x.Real - y.Real, x.Imaginary - y.Imaginary);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Pair operator *(Vector<T> factor, Pair x) => new(factor * x.Real, factor * x.Imaginary);

        /// <summary>Times −i.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal Pair TurnedBack() => new(Imaginary, -Real);
    }
}
