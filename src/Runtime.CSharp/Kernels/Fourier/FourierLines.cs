using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Adjoint.Kernels.Fourier;

/// <summary>Lines of complex numbers, each a pair of parts: where each line starts, and how far its numbers are apart.</summary>
/// <param name="numbers">What the lines lie in.</param>
/// <param name="starts">Where each begins, in complex numbers.</param>
/// <param name="step">Between neighbours on a line.</param>
/// <param name="exchanged">Real and imaginary parts change places: an inverse transform is a transform between two such exchanges.</param>
internal readonly unsafe ref struct FourierLines<T>(T* numbers, ReadOnlySpan<long> starts, long step, bool exchanged)
    where T : unmanaged
{
    /// <summary>Numbers of a line that are moved before those of the next line, so that both sides stay in the first-level cache.</summary>
    private const int Block = 16;

    private readonly ReadOnlySpan<long> starts = starts;

    internal int Count => starts.Length;

    /// <summary>Takes real and imaginary parts of all numbers apart; lanes without a line are zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void Load(T* real, T* imaginary, int length, int width)
    {
        if (exchanged)
        {
            T* other = real;
            real = imaginary;
            imaginary = other;
        }

        if (LieTogether(width))
        {
            T* row = numbers + (2 * starts[0]);
            for (int element = 0; element < length; element++, row += 2 * step, real += width, imaginary += width)
            {
                for (int line = 0; line < width; line += Vector256<T>.Count)
                {
                    (Vector256<T> left, Vector256<T> right) = Parts(Vector256.Load(row + (2 * line)), Vector256.Load(row + (2 * line) + Vector256<T>.Count));
                    left.Store(real + line);
                    right.Store(imaginary + line);
                }
            }

            return;
        }

        if (starts.Length < width)
        {
            new Span<T>(real, length * width).Clear();
            new Span<T>(imaginary, length * width).Clear();
        }

        for (int first = 0; first < length; first += Block)
        {
            int last = Math.Min(first + Block, length);
            for (int line = 0; line < starts.Length; line++)
            {
                T* source = numbers + (2 * (starts[line] + (first * step)));
                for (int element = first; element < last; element++, source += 2 * step)
                {
                    real[(element * width) + line] = source[0];
                    imaginary[(element * width) + line] = source[1];
                }
            }
        }
    }

    /// <summary>Puts the parts together again.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void Store(T* real, T* imaginary, int length, int width)
    {
        if (exchanged)
        {
            T* other = real;
            real = imaginary;
            imaginary = other;
        }

        if (LieTogether(width))
        {
            T* row = numbers + (2 * starts[0]);
            for (int element = 0; element < length; element++, row += 2 * step, real += width, imaginary += width)
            {
                for (int line = 0; line < width; line += Vector256<T>.Count)
                {
                    (Vector256<T> first, Vector256<T> second) = Pairs(Vector256.Load(real + line), Vector256.Load(imaginary + line));
                    first.Store(row + (2 * line));
                    second.Store(row + (2 * line) + Vector256<T>.Count);
                }
            }

            return;
        }

        for (int first = 0; first < length; first += Block)
        {
            int last = Math.Min(first + Block, length);
            for (int line = 0; line < starts.Length; line++)
            {
                T* target = numbers + (2 * (starts[line] + (first * step)));
                for (int element = first; element < last; element++, target += 2 * step)
                {
                    target[0] = real[(element * width) + line];
                    target[1] = imaginary[(element * width) + line];
                }
            }
        }
    }

    /// <summary>Whether there are as many lines as lanes, beside each other.</summary>
    private bool LieTogether(int width) => starts.Length == width && width % Vector256<T>.Count == 0 && starts[^1] - starts[0] == width - 1;

    /// <summary>Real and imaginary parts of complex numbers in two vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector256<T> Real, Vector256<T> Imaginary) Parts(Vector256<T> first, Vector256<T> second)
    {
        Vector256<T> low = Halved(first);
        Vector256<T> high = Halved(second);
        return (Vector256.Create(low.GetLower(), high.GetLower()), Vector256.Create(low.GetUpper(), high.GetUpper()));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector256<T> First, Vector256<T> Second) Pairs(Vector256<T> real, Vector256<T> imaginary) => (
        Woven(Vector256.Create(real.GetLower(), imaginary.GetLower())), Woven(Vector256.Create(real.GetUpper(), imaginary.GetUpper())));

    /// <summary>Elements at even places, then those at odd ones.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<T> Halved(Vector256<T> x) => sizeof(T) == sizeof(float)
        ? Vector256.Shuffle(x.AsInt32(), Vector256.Create(0, 2, 4, 6, 1, 3, 5, 7)).As<int, T>()
        : Vector256.Shuffle(x.AsInt64(), Vector256.Create(0L, 2, 1, 3)).As<long, T>();

    /// <summary>What undoes <see cref="Halved"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<T> Woven(Vector256<T> x) => sizeof(T) == sizeof(float)
        ? Vector256.Shuffle(x.AsInt32(), Vector256.Create(0, 4, 1, 5, 2, 6, 3, 7)).As<int, T>()
        : Vector256.Shuffle(x.AsInt64(), Vector256.Create(0L, 2, 1, 3)).As<long, T>();
}
