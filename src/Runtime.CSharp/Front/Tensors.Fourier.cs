using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Front;

/// <content>Fourier transforms, scaled as NumPy's: forwards not at all, backwards by 1 / n. Any extent; fast for those with small prime factors.</content>
public static partial class Tensors
{
    /// <summary>y[k] = Σ x[j] exp(−2πi jk / n) along an axis: complex numbers, also of real ones.</summary>
    /// <param name="x">Floating (f32, f64) or complex.</param>
    /// <param name="axis">The axis.</param>
    /// <param name="length">The extent before transforming: what is beyond is cut, what is missing zero. The operand's unless given.</param>
    /// <exception cref="DTypeException">The elements have no complex counterpart.</exception>
    /// <exception cref="ShapeException">There is no such axis, or no element along it.</exception>
    public static Expr Fft(this Expr x, int axis = -1, int? length = null) => Transform("fft", x, axis, length, inverse: false);

    /// <summary>y[k] = 1/n Σ x[j] exp(2πi jk / n) along an axis: what undoes <see cref="Fft(Expr, int, int?)"/>.</summary>
    /// <inheritdoc cref="Fft(Expr, int, int?)"/>
    public static Expr Ifft(this Expr x, int axis = -1, int? length = null)
    {
        Expr sums = Transform("ifft", x, axis, length, inverse: true);
        return sums * (1.0 / sums.Shape[Axis.Of("ifft", axis, x.Rank, x.Type.ToString())].Value);
    }

    /// <summary>The first n/2 + 1 numbers of the transform of n real ones; the others are the conjugates of these.</summary>
    /// <param name="x">f32 or f64.</param>
    /// <param name="axis">The axis.</param>
    /// <param name="length">n: what is beyond is cut, what is missing zero. The operand's extent unless given.</param>
    /// <exception cref="DTypeException">The elements are neither f32 nor f64.</exception>
    /// <exception cref="ShapeException">There is no such axis, or no element along it.</exception>
    public static Expr Rfft(this Expr x, int axis = -1, int? length = null)
    {
        CheckParts("rfft", x);
        int at = Axis.Of("rfft", axis, x.Rank, x.Type.ToString());
        x = Fitted("rfft", x, at, length);
        int n = x.Shape[at].Value;
        return n % 2 == 0 ? HalfSpectrum(x, at) : Window(Transform("rfft", x, at, null, inverse: false), at, 0, (n / 2) + 1);
    }

    /// <summary>The n real numbers that have these as the first half of their transform: what undoes <see cref="Rfft(Expr, int, int?)"/>.</summary>
    /// <remarks>The imaginary parts of the first number and, for even n, of the last are taken for 0, as by NumPy.</remarks>
    /// <param name="x">c64 or c128.</param>
    /// <param name="axis">The axis.</param>
    /// <param name="length">n; 2 (m − 1) for m numbers along the axis unless given, so that odd ones have to be.</param>
    /// <exception cref="DTypeException">The elements are not complex.</exception>
    /// <exception cref="ShapeException">There is no such axis, or n is below 1.</exception>
    public static Expr Irfft(this Expr x, int axis = -1, int? length = null)
    {
        if (!x.DType.IsComplex())
        {
            throw new DTypeException($"irfft: {x.Type} is not complex; rfft gives complex numbers.").Here();
        }

        int at = Axis.Of("irfft", axis, x.Rank, x.Type.ToString());
        int n = length ?? (2 * (x.Shape[at].Value - 1));
        Demand.AtLeast("irfft", "the length", n, 1);
        Expr half = Fitted("irfft", x, at, (n / 2) + 1);
        return (n % 2 == 0 ? FromHalf(half, at) : FromWhole(half, at)) * (1.0 / n);
    }

    /// <summary><see cref="Fft(Expr, int, int?)"/> along several axes; all of them unless given.</summary>
    public static Expr FftN(this Expr x, params int[] axes) => Complex("fftn", x).Over(Axis.Of("fftn", axes.Length == 0 ? null : axes, x), inverse: false);

    /// <summary><see cref="Ifft(Expr, int, int?)"/> along several axes; all of them unless given.</summary>
    public static Expr IfftN(this Expr x, params int[] axes)
    {
        Axes over = Axis.Of("ifftn", axes.Length == 0 ? null : axes, x);
        return Complex("ifftn", x).Over(over, inverse: true) * (1.0 / over.Aggregate(1.0, (count, axis) => count * x.Shape[axis].Value));
    }

    /// <summary><see cref="Rfft(Expr, int, int?)"/> along the last of some axes, then <see cref="Fft(Expr, int, int?)"/> along the others; all axes unless given.</summary>
    public static Expr RfftN(this Expr x, params int[] axes)
    {
        Axes over = Axis.Of("rfftn", axes.Length == 0 ? null : axes, x);
        Demand.AtLeast("rfftn", "the number of axes", over.Count, 1);
        return x.Rfft(over[^1]).Over(new Axes(over.SkipLast(1)), inverse: false);
    }

    /// <summary>What undoes <see cref="RfftN"/>, where the last of the axes had an even extent.</summary>
    public static Expr IrfftN(this Expr x, params int[] axes)
    {
        Axes over = Axis.Of("irfftn", axes.Length == 0 ? null : axes, x);
        Demand.AtLeast("irfftn", "the number of axes", over.Count, 1);
        var others = new Axes(over.SkipLast(1));
        return (others.Count == 0 ? x : x.IfftN([.. others])).Irfft(over[^1]);
    }

    /// <summary>The frequencies of a transform of n numbers at a distance, in cycles a unit: 0, 1, …, −2, −1, over n times the distance.</summary>
    public static Expr FftFreq(DType type, int n, double distance = 1.0)
    {
        Demand.AtLeast("fftfreq", "the number of elements", n, 1);
        Expr index = Iota(type, n);
        return index.Less((n + 1) / 2).Where(index, index - n) * (1.0 / (n * distance));
    }

    /// <summary>The frequencies of <see cref="Rfft(Expr, int, int?)"/>: 0 to n/2 over n times the distance.</summary>
    public static Expr RfftFreq(DType type, int n, double distance = 1.0)
    {
        Demand.AtLeast("rfftfreq", "the number of elements", n, 1);
        return Iota(type, (n / 2) + 1) * (1.0 / (n * distance));
    }

    /// <summary>Frequency 0 in the middle: element n/2 of each of some axes, all of them unless given.</summary>
    public static Expr FftShift(this Expr x, params int[] axes) =>
        Axis.Of("fftshift", axes.Length == 0 ? null : axes, x).Aggregate(x, (y, axis) => y.Roll(x.Shape[axis].Value / 2, axis));

    /// <summary>What undoes <see cref="FftShift"/>.</summary>
    public static Expr IfftShift(this Expr x, params int[] axes) =>
        Axis.Of("ifftshift", axes.Length == 0 ? null : axes, x).Aggregate(x, (y, axis) => y.Roll(-(x.Shape[axis].Value / 2), axis));

    private static Expr Transform(string operation, Expr x, int axis, int? length, bool inverse)
    {
        int at = Axis.Of(operation, axis, x.Rank, x.Type.ToString());
        return Complex(operation, Fitted(operation, x, at, length)).Over(new Axes(at), inverse);
    }

    private static Expr Over(this Expr x, Axes axes, bool inverse) =>
        axes.Count == 0 ? x : Building.Make(x, value => Ops.Fft(value, axes, inverse));

    private static void CheckParts(string operation, Expr x)
    {
        if (x.DType is not (DType.F32 or DType.F64))
        {
            throw new DTypeException($"{operation}: {x.Type} is neither f32 nor f64. Cast it?").Here();
        }
    }

    private static Expr Complex(string operation, Expr x)
    {
        if (x.DType.IsComplex())
        {
            return x;
        }

        CheckParts(operation, x);
        return x.Complex(x.ZerosLike());
    }

    /// <summary>Cut or filled with zeros to an extent of at least 1.</summary>
    private static Expr Fitted(string operation, Expr x, int axis, int? length)
    {
        int extent = x.Shape[axis].Value;
        int wanted = length ?? extent;
        Demand.AtLeast(operation, $"the extent of axis {axis} of {x.Type}", wanted, 1);
        Expr cut = wanted < extent ? Window(x, axis, 0, wanted) : x;
        return wanted <= extent
            ? cut
            : Concat([x, Full(x.Shape.With(axis, wanted - extent), Scalar.Zero(x.DType))], axis);
    }

    /// <summary>Real numbers of even extent as complex ones of half the extent; their transform taken apart (Press et al. 2007, section 12.3).</summary>
    private static Expr HalfSpectrum(Expr x, int axis)
    {
        int n = x.Shape[axis].Value;
        Expr pairs = x.Reshape(x.Shape.With(axis, n / 2).Insert(axis + 1, 2));
        Expr z = Window(pairs, axis + 1, 0, 1).Complex(Window(pairs, axis + 1, 1, 1)).Squeeze(axis + 1).Over(new Axes(axis), inverse: false);
        Expr around = Concat([z, Window(z, axis, 0, 1)], axis);
        (Expr real, Expr imaginary) = (around.Real(), around.Imag());
        (Expr mirroredReal, Expr mirroredImaginary) = (real.Flip(axis), imaginary.Flip(axis));
        (Expr cosine, Expr sine) = Turns(x.DType, real.Shape, axis, n);
        Expr sum = imaginary + mirroredImaginary;
        Expr difference = real - mirroredReal;
        Expr y = real + mirroredReal + (cosine * sum) - (sine * difference);
        Expr w = imaginary - mirroredImaginary - (cosine * difference) - (sine * sum);
        return (y * 0.5).Complex(w * 0.5);
    }

    /// <summary>The inverse of that, not scaled.</summary>
    private static Expr FromHalf(Expr half, int axis)
    {
        int m = half.Shape[axis].Value - 1;
        Expr real = half.Real();
        Expr place = Iota(DType.I64, real.Shape, axis);
        Expr imaginary = place.Equal(0).Or(place.Equal(m)).Where(0.0, half.Imag());
        (Expr mirroredReal, Expr mirroredImaginary) = (real.Flip(axis), imaginary.Flip(axis));
        (Expr cosine, Expr sine) = Turns(real.DType, real.Shape, axis, 2 * m);
        Expr sum = imaginary + mirroredImaginary;
        Expr difference = real - mirroredReal;
        Expr y = real + mirroredReal - (sine * difference) - (cosine * sum);
        Expr w = imaginary - mirroredImaginary + (cosine * difference) - (sine * sum);
        Expr z = Window(y, axis, 0, m).Complex(Window(w, axis, 0, m)).Over(new Axes(axis), inverse: true);
        return Stack([z.Real(), z.Imag()], axis + 1).Reshape(real.Shape.With(axis, 2 * m));
    }

    private static Expr FromWhole(Expr half, int axis)
    {
        Expr others = Window(half, axis, 1, half.Shape[axis].Value - 1);
        Expr first = Window(half, axis, 0, 1).Real();
        return Concat([first.Complex(first.ZerosLike()), others, others.Conj().Flip(axis)], axis).Over(new Axes(axis), inverse: true).Real();
    }

    /// <summary>Cosines and sines of 2πk / n, k the index along an axis; rounded from f64.</summary>
    private static (Expr Cosine, Expr Sine) Turns(DType type, Shape shape, int axis, int n)
    {
        Expr angle = Iota(DType.F64, shape[axis].Value) * (2 * Math.PI / n);
        var along = shape.Select((_, i) => i == axis ? shape[axis] : new Extent(1));
        Expr Spread(Expr x) => x.Cast(type).Reshape(new Shape(along)).BroadcastTo(shape);
        return (Spread(angle.Cos()), Spread(angle.Sin()));
    }
}
