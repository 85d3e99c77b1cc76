using Adjoint.Core;

namespace Adjoint.Front;

/// <content>Reductions that leave NaN out. Without axes, over all of them. What is left out has derivative 0, never NaN.</content>
public static partial class Tensors
{
    /// <summary>Sum of the elements that are not NaN; 0 where all are.</summary>
    public static Expr NanSum(this Expr x, IReadOnlyList<int>? axes = null, bool keepAxes = false) => NanAs(x, 0.0).Sum(axes, keepAxes);

    /// <summary>Product of the elements that are not NaN; 1 where all are.</summary>
    public static Expr NanProd(this Expr x, IReadOnlyList<int>? axes = null, bool keepAxes = false) => NanAs(x, 1.0).Prod(axes, keepAxes);

    /// <summary>The largest element that is not NaN; NaN where all are. The gradient is split evenly among equals.</summary>
    public static Expr NanMax(this Expr x, IReadOnlyList<int>? axes = null, bool keepAxes = false) =>
        NanExtremum(x, double.NegativeInfinity, axes, keepAxes, Max);

    /// <summary>The smallest element that is not NaN; NaN where all are. The gradient is split evenly among equals.</summary>
    public static Expr NanMin(this Expr x, IReadOnlyList<int>? axes = null, bool keepAxes = false) =>
        NanExtremum(x, double.PositiveInfinity, axes, keepAxes, Min);

    /// <summary>Mean of the elements that are not NaN; NaN where all are.</summary>
    public static Expr NanMean(this Expr x, IReadOnlyList<int>? axes = null, bool keepAxes = false)
    {
        Demand.Differentiable("nanmean", x);
        return x.NanSum(axes, keepAxes) / NanCount(x, axes, keepAxes);
    }

    /// <summary>Mean squared distance from the mean, of the elements that are not NaN; divided by n − correction, NaN where that is not positive.</summary>
    public static Expr NanVariance(this Expr x, IReadOnlyList<int>? axes = null, int correction = 0, bool keepAxes = false)
    {
        Demand.Floating("nanvariance", x);
        Expr centred = x.IsNan().Where(0.0, NanAs(x, 0.0) - x.NanMean(axes, true));
        Expr freedom = NanCount(x, axes, keepAxes) - (double)correction;
        return centred.Square().Sum(axes, keepAxes) / freedom.Greater(0).Where(freedom, double.NaN);
    }

    /// <summary>Root of the variance of the elements that are not NaN. The derivative where it is 0 is 0.</summary>
    public static Expr NanStandardDeviation(this Expr x, IReadOnlyList<int>? axes = null, int correction = 0, bool keepAxes = false) =>
        RootOrZero(x.NanVariance(axes, correction, keepAxes));

    /// <summary>Middle of the elements that are not NaN, or the mean of the two in the middle; NaN where all are.</summary>
    public static Expr NanMedian(this Expr x, IReadOnlyList<int>? axes = null, bool keepAxes = false) => x.NanQuantile(0.5, axes, keepAxes: keepAxes);

    /// <summary>The first index of the largest element that is not NaN along an axis; 0 where all are.</summary>
    public static Expr NanArgMax(this Expr x, int axis = -1, bool keepAxes = false) =>
        x.DType.IsFloating() ? NanAs(x, double.NegativeInfinity).ArgMax(axis, keepAxes) : x.ArgMax(axis, keepAxes);

    /// <summary>The first index of the smallest element that is not NaN along an axis; 0 where all are.</summary>
    public static Expr NanArgMin(this Expr x, int axis = -1, bool keepAxes = false) =>
        x.DType.IsFloating() ? NanAs(x, double.PositiveInfinity).ArgMin(axis, keepAxes) : x.ArgMin(axis, keepAxes);

    /// <summary>Running sum along an axis in which NaN counts 0.</summary>
    public static Expr NanCumSum(this Expr x, int axis = -1) => NanAs(x, 0.0).CumSum(axis);

    /// <summary>Running product along an axis in which NaN counts 1.</summary>
    public static Expr NanCumProd(this Expr x, int axis = -1) => NanAs(x, 1.0).CumProd(axis);

    private static Expr NanAs(Expr x, double number) => x.DType.IsDifferentiable() ? x.IsNan().Where(number, x) : x;

    private static Expr NanCount(Expr x, IReadOnlyList<int>? axes, bool keepAxes) =>
        x.IsNan().Not().Cast(x.DType).Sum(axes, keepAxes);

    private static Expr NanExtremum(
        Expr x, double least, IReadOnlyList<int>? axes, bool keepAxes, Func<Expr, IReadOnlyList<int>?, bool, Expr> reduce)
    {
        if (!x.DType.IsFloating())
        {
            return reduce(x, axes, keepAxes);
        }

        return x.IsNan().All(axes, keepAxes).Where(double.NaN, reduce(NanAs(x, least), axes, keepAxes));
    }
}
