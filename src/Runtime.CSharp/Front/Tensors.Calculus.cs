using Adjoint.Core;

namespace Adjoint.Front;

/// <content>Differences, slopes, integrals and interpolation of samples along an axis.</content>
public static partial class Tensors
{
    /// <summary>Differences of neighbours along an axis, so many times; each time the axis is shorter by one. Of bools, whether they differ.</summary>
    public static Expr Diff(this Expr x, int order = 1, int axis = -1)
    {
        int at = Axis.Of("diff", axis, x.Rank, x.Type.ToString());
        Demand.AtLeast("diff", "the order", order, 0);
        for (int i = 0; i < order; i++)
        {
            (Expr after, Expr before) = (After(x, at), Before(x, at));
            x = x.DType == DType.Bool ? after.Xor(before) : after - before;
        }

        return x;
    }

    /// <summary>Slopes of evenly spaced samples along an axis, of the same shape: central differences within, one-sided at the ends.</summary>
    /// <param name="x">At least edgeOrder + 1 samples along the axis.</param>
    /// <param name="spacing">Their distance.</param>
    /// <param name="axis">The axis.</param>
    /// <param name="edgeOrder">1: first differences at the ends; 2: parabolas through three samples. As NumPy's gradient.</param>
    public static Expr Gradient(this Expr x, double spacing = 1.0, int axis = -1, int edgeOrder = 1)
    {
        Demand.Differentiable("gradient", x);
        int at = Axis.Of("gradient", axis, x.Rank, x.Type.ToString());
        int extent = x.Shape[at].Value;
        if (edgeOrder is not (1 or 2) || extent <= edgeOrder)
        {
            throw new ShapeException($"gradient: axis {axis} of {x.Type} has {extent} samples; the order at the ends is {edgeOrder}; "
                + "it may be 1 or 2 and needs one sample more.").Here();
        }

        Expr step = x.Diff(1, at);
        Expr Edge(int index, int inner) => Window(step, at, index, 1) is var first && edgeOrder == 1
            ? first
            : (first * 1.5) - (Window(step, at, inner, 1) * 0.5);
        Expr middle = (After(step, at) + Before(step, at)) * 0.5;
        return Concat([Edge(0, 1), middle, Edge(extent - 2, extent - 3)], at) / spacing;
    }

    /// <summary>The integral of evenly spaced samples along an axis by the trapezoidal rule; 0 of fewer than two.</summary>
    public static Expr Trapezoid(this Expr y, double spacing = 1.0, int axis = -1)
    {
        Demand.Differentiable("trapezoid", y);
        int at = Axis.Of("trapezoid", axis, y.Rank, y.Type.ToString());
        return ((After(y, at) + Before(y, at)) * (0.5 * spacing)).Sum(at);
    }

    /// <summary>The integral of samples at places along an axis by the trapezoidal rule; places are a vector, or of the samples' shape.</summary>
    public static Expr Trapezoid(this Expr y, Expr x, int axis = -1)
    {
        Demand.Differentiable("trapezoid", y);
        int at = Axis.Of("trapezoid", axis, y.Rank, y.Type.ToString());
        return (Widths("trapezoid", y, x, at) * (After(y, at) + Before(y, at)) * 0.5).Sum(at);
    }

    /// <summary>Integrals of evenly spaced samples from the first up to each along an axis, by the trapezoidal rule; the first is 0.</summary>
    public static Expr CumTrapezoid(this Expr y, double spacing = 1.0, int axis = -1)
    {
        Demand.Differentiable("cumtrapezoid", y);
        int at = Axis.Of("cumtrapezoid", axis, y.Rank, y.Type.ToString());
        Expr areas = (After(y, at) + Before(y, at)) * (0.5 * spacing);
        return Concat([Window(y, at, 0, 1).ZerosLike(), areas.CumSum(at)], at);
    }

    /// <summary>Piecewise linear interpolation, as NumPy's interp: the function through points (places, values), constant beyond the ends.</summary>
    /// <param name="x">Where, of any shape.</param>
    /// <param name="places">Ascending, [n].</param>
    /// <param name="values">The values there, [n].</param>
    /// <param name="left">The value below the first place; the first unless given.</param>
    /// <param name="right">The value above the last place; the last unless given.</param>
    /// <remarks>
    /// Derivatives pass to all three; in x it is the slope of the piece on the right of a place, and 0 beyond the ends. NaN gives NaN.
    /// </remarks>
    public static Expr Interp(this Expr x, Expr places, Expr values, double? left = null, double? right = null)
    {
        CheckPoints(x, places, values);
        int n = places.Size;
        Expr first = values.Take(Expr.Scalar(0));
        Expr last = values.Take(Expr.Scalar(n - 1));
        Expr inner = n == 1 ? first : Within(x, places, values, n);
        Expr below = left is { } low ? Full(x.DType, Shape.Scalar, low) : first;
        Expr above = right is { } high ? Full(x.DType, Shape.Scalar, high) : last;
        Expr clamped = x.Less(places[0]).Where(below, x.Greater(places[^1]).Where(above, inner));
        return x.IsNan().Where(double.NaN, clamped);
    }

    private static Expr Within(Expr x, Expr places, Expr values, int n)
    {
        Expr above = places.SearchSorted(x, true).Cast(DType.I64).Maximum(1).Minimum(n - 1);
        Expr below = above - 1L;
        (Expr x0, Expr x1) = (places.Take(below), places.Take(above));
        (Expr y0, Expr y1) = (values.Take(below), values.Take(above));
        Expr width = x1 - x0;
        Expr jump = width.Equal(0);
        return y0 + jump.Where(0.0, (x - x0) / jump.Where(1.0, width) * (y1 - y0));
    }

    private static void CheckPoints(Expr x, Expr places, Expr values)
    {
        Demand.Floating("interp", x);
        Broadcasting.SameDType("interp", x, places);
        Broadcasting.SameDType("interp", x, values);
        Demand.Rank("interp", places, 1);
        Demand.Rank("interp", values, 1);
        if (places.Size != values.Size || places.Size == 0)
        {
            throw new ShapeException($"interp: places are {places.Type}, values are {values.Type}; as many of both, and one at least, "
                + "are wanted.").Here();
        }
    }

    private static Expr Widths(string operation, Expr y, Expr x, int at)
    {
        Broadcasting.SameDType(operation, y, x);
        Expr places = x.Rank == 1 ? x.Reshape([.. Enumerable.Range(0, y.Rank).Select(axis => axis == at ? x.Size : 1)]) : x;
        if (places.Rank != y.Rank || places.Shape[at] != y.Shape[at])
        {
            throw new ShapeException($"{operation}: places {x.Type} do not go along axis {at} of {y.Type}.").Here();
        }

        return places.Diff(1, at);
    }

    private static Expr Window(Expr x, int axis, int start, int count) =>
        x[[.. Enumerable.Repeat(Slice.All, axis), Slice.Of(start, start + count)]];

    private static Expr After(Expr x, int axis) => x[[.. Enumerable.Repeat(Slice.All, axis), Slice.Of(1, null)]];

    private static Expr Before(Expr x, int axis) => x[[.. Enumerable.Repeat(Slice.All, axis), Slice.Of(0, Math.Max(x.Shape[axis].Value - 1, 0))]];
}
