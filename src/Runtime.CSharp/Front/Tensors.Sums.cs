using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Front;

/// <content>Sums and what follows from them. Without axes, over all of them.</content>
public static partial class Tensors
{
    /// <summary>Sum over axes; 0 of no elements.</summary>
    public static Expr Sum(this Expr x, IReadOnlyList<int>? axes = null, bool keepAxes = false) =>
        Reduce("sum", x, axes, keepAxes, Ops.ReduceSum);

    /// <summary>Sum over an axis.</summary>
    public static Expr Sum(this Expr x, int axis, bool keepAxes = false) => x.Sum([axis], keepAxes);

    /// <summary>Mean over axes.</summary>
    public static Expr Mean(this Expr x, IReadOnlyList<int>? axes = null, bool keepAxes = false)
    {
        if (!x.DType.IsDifferentiable())
        {
            throw new DTypeException($"mean: {x.Type} is neither floating nor complex. Cast it?").Here();
        }

        double count = CountOf("mean", x, axes);
        return x.Sum(axes, keepAxes) / count;
    }

    /// <summary>Mean over an axis.</summary>
    public static Expr Mean(this Expr x, int axis, bool keepAxes = false) => x.Mean([axis], keepAxes);

    /// <summary>Mean squared distance from the mean; divided by n − correction.</summary>
    public static Expr Variance(this Expr x, IReadOnlyList<int>? axes = null, int correction = 0, bool keepAxes = false)
    {
        Demand.Differentiable("variance", x);
        double freedom = CountOf("variance", x, axes) - correction;
        Expr centred = x - x.Mean(axes, true);
        Expr squared = x.DType.IsComplex() ? (centred * centred.Conj()).Real() : centred.Square();
        return squared.Sum(axes, keepAxes) / freedom;
    }

    /// <summary>Root of the variance. The derivative where it is 0 is 0.</summary>
    public static Expr StandardDeviation(this Expr x, IReadOnlyList<int>? axes = null, int correction = 0, bool keepAxes = false) =>
        RootOrZero(x.Variance(axes, correction, keepAxes));

    /// <summary>A reduction over axes in the order of the operand.</summary>
    internal static Expr Reduce(string operation, Expr x, IReadOnlyList<int>? axes, bool keepAxes, Func<Value, Axes, Value> build)
    {
        Axes over = Axis.Of(operation, axes, x);
        Shape kept = new(x.Shape.Select((extent, axis) => over.Contains(axis) ? new Extent(1) : extent));
        return Building.Make(x, value => build(value, over) is var reduced && keepAxes ? Ops.Reshape(reduced, kept) : reduced);
    }

    private static double CountOf(string operation, Expr x, IReadOnlyList<int>? axes) =>
        x.Shape.Select(Axis.Of(operation, axes, x)).Size;
}
