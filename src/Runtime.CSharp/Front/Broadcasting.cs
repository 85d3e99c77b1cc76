using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Front;

/// <summary>NumPy's broadcasting: shapes meet at their last axes, an extent of 1 repeats. In the graph it is always a node.</summary>
internal static class Broadcasting
{
    /// <summary>Two operands of one shape and one dtype.</summary>
    /// <exception cref="ShapeException">Two extents differ and neither is 1.</exception>
    /// <exception cref="DTypeException">The dtypes differ.</exception>
    internal static (Expr Left, Expr Right) Meet(string operation, Expr x, Expr y)
    {
        SameDType(operation, x, y);
        if (x.Shape.Equals(y.Shape))
        {
            return (x, y);
        }

        Shape shape = Common(operation, x.Shape, y.Shape);
        return (To(operation, x, shape), To(operation, y, shape));
    }

    /// <summary>Operands of one dtype.</summary>
    /// <exception cref="DTypeException">They differ.</exception>
    internal static void SameDType(string operation, Expr x, Expr y)
    {
        if (x.DType != y.DType)
        {
            throw new DTypeException(
                $"{operation}: dtypes differ; left is {x.Type}, right is {y.Type}. "
                    + "A dtype never changes by itself: Cast one of them.").Here();
        }
    }

    /// <summary>The shape that two broadcast to.</summary>
    /// <exception cref="ShapeException">Two extents differ and neither is 1.</exception>
    internal static Shape Common(string operation, Shape x, Shape y)
    {
        int rank = Math.Max(x.Rank, y.Rank);
        var extents = new Extent[rank];
        for (int axis = 0; axis < rank; axis++)
        {
            Extent left = At(x, axis, rank);
            Extent right = At(y, axis, rank);
            extents[axis] = left == right || right.IsOne ? left
                : left.IsOne ? right
                : throw new ShapeException(
                    $"{operation}: shapes {x} and {y} do not broadcast; axis {axis - rank} has {left} against {right}. "
                        + "Reshape or ExpandDims one of them?").Here();
        }

        return new Shape(extents);
    }

    /// <summary>Repeated to a shape.</summary>
    /// <exception cref="ShapeException">An extent is neither the shape's nor 1.</exception>
    internal static Expr To(string operation, Expr x, Shape shape)
    {
        if (x.Shape.Equals(shape))
        {
            return x;
        }

        int lead = shape.Rank - x.Rank;
        for (int axis = 0; axis < x.Rank; axis++)
        {
            if (lead < 0 || !(x.Shape[axis].IsOne || x.Shape[axis] == shape[lead + axis]))
            {
                throw new ShapeException($"{operation}: {x.Type} does not broadcast to {shape}; "
                    + (lead < 0 ? "it has more axes." : $"axis {axis} has {x.Shape[axis]} against {shape[lead + axis]}.")).Here();
            }
        }

        int[] kept = [.. Enumerable.Range(0, x.Rank).Where(axis => x.Shape[axis] == shape[lead + axis])];
        return Building.Make(x, value => Ops.Broadcast(
            Ops.Reshape(value, x.Shape.Select(kept)), shape, new Axes(kept.Select(axis => axis + lead))));
    }

    private static Extent At(Shape shape, int axis, int rank) =>
        axis - (rank - shape.Rank) is >= 0 and var own ? shape[own] : new Extent(1);
}
