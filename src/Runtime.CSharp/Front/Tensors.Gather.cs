using Adjoint.Core;
using Adjoint.Primitives;

namespace Adjoint.Front;

/// <content>Reading and updating at arrays of indices, which count from 0.</content>
public static partial class Tensors
{
    /// <summary>
    /// Slices at indices along an axis: the axis becomes the indices' axes. Indices out of range are clamped unless said otherwise.
    /// </summary>
    public static Expr Take(this Expr x, Expr indices, int axis = 0, OutOfRange mode = OutOfRange.Clamp)
    {
        CheckIndices("take", indices);
        int at = Axis.Of("take", axis, x.Rank, x.Type.ToString());
        return FromNothing("take", x, at, mode, new([.. x.Shape.Take(at), .. indices.Shape, .. x.Shape.Skip(at + 1)]))
            ?? Building.Make(x, indices, (value, places) => Ops.Take(value, places, at, mode));
    }

    /// <summary>
    /// One element along an axis for each place of the other axes, which the indices share; clamped unless said otherwise.
    /// </summary>
    public static Expr TakeAlongAxis(this Expr x, Expr indices, int axis, OutOfRange mode = OutOfRange.Clamp)
    {
        CheckIndices("take_along_axis", indices);
        int at = Axis.Of("take_along_axis", axis, x.Rank, x.Type.ToString());
        if (indices.Rank != x.Rank)
        {
            throw new ShapeException($"take_along_axis: {x.Type} and indices {indices.Type} differ in rank.").Here();
        }

        Shape common = Broadcasting.Common("take_along_axis", x.Shape.With(at, 1), indices.Shape.With(at, 1));
        Expr operand = x.BroadcastTo(common.With(at, x.Shape[at]));
        Expr places = indices.BroadcastTo(common.With(at, indices.Shape[at]));
        return FromNothing("take_along_axis", operand, at, mode, places.Shape)
            ?? Building.Make(operand, places, (value, along) => Ops.TakeAlong(value, along, at, mode));
    }

    /// <summary>The tensor with slices along an axis replaced by updates at indices; those out of range are left out.</summary>
    public static Expr ScatterSet(this Expr x, Expr indices, Expr updates, int axis = 0, OutOfRange mode = OutOfRange.Drop) =>
        Scatter("scatter_set", x, indices, updates, axis, ScatterUpdate.Set, mode);

    /// <summary>The tensor with updates added to slices along an axis at indices; those out of range are left out.</summary>
    public static Expr ScatterAdd(this Expr x, Expr indices, Expr updates, int axis = 0, OutOfRange mode = OutOfRange.Drop) =>
        Scatter("scatter_add", x, indices, updates, axis, ScatterUpdate.Add, mode);

    /// <summary>The tensor with slices along an axis raised to updates at indices; those out of range are left out.</summary>
    public static Expr ScatterMax(this Expr x, Expr indices, Expr updates, int axis = 0, OutOfRange mode = OutOfRange.Drop) =>
        Scatter("scatter_max", x, indices, updates, axis, ScatterUpdate.Max, mode);

    /// <summary>The tensor with slices along an axis lowered to updates at indices; those out of range are left out.</summary>
    public static Expr ScatterMin(this Expr x, Expr indices, Expr updates, int axis = 0, OutOfRange mode = OutOfRange.Drop) =>
        Scatter("scatter_min", x, indices, updates, axis, ScatterUpdate.Min, mode);

    /// <summary>Sums of rows by segment: row i is added to row segments[i] of the result.</summary>
    public static Expr SegmentSum(this Expr x, Expr segments, int count) =>
        Full(Segments("segment_sum", x, segments, count), Scalar.Zero(x.DType)).ScatterAdd(segments, x);

    /// <summary>1 at each index along a new axis, 0 elsewhere; zeros for an index out of range.</summary>
    public static Expr OneHot(this Expr indices, int count, DType type, int axis = -1)
    {
        CheckIndices("one_hot", indices);
        int at = Axis.Of("one_hot", axis, indices.Rank + 1);
        Expr column = indices.ExpandDims(at);
        Shape shape = indices.Shape.Insert(at, count);
        return column.BroadcastTo(shape).Equal(Iota(indices.DType, shape, at)).Cast(type);
    }

    /// <summary>What is read along an axis without elements: nothing, or zeros where indices out of range give them.</summary>
    /// <exception cref="ShapeException">An element is wanted.</exception>
    private static Expr? FromNothing(string operation, Expr x, int axis, OutOfRange mode, Shape result) =>
        x.Shape[axis].Value > 0 ? null
        : result.Size == 0 || mode == OutOfRange.Drop ? Full(result, Scalar.Zero(x.DType))
        : throw new ShapeException($"{operation}: axis {axis} of {x.Type} has no elements to be read.").Here();

    private static Expr Scatter(
        string operation, Expr x, Expr indices, Expr updates, int axis, ScatterUpdate kind, OutOfRange mode)
    {
        CheckIndices(operation, indices);
        Broadcasting.SameDType(operation, x, updates);
        int at = Axis.Of(operation, axis, x.Rank, x.Type.ToString());
        Shape shape = new([.. x.Shape.Take(at), .. indices.Shape, .. x.Shape.Skip(at + 1)]);
        Expr placed = Broadcasting.To(operation, updates, shape);
        return x.Shape[at].Value == 0 ? x : Building.Make([x, indices, placed], values => Ops.ScatterAlong(values[0], values[1], values[2], at, kind, mode));
    }

    private static void CheckIndices(string operation, Expr indices)
    {
        if (!indices.DType.IsInteger())
        {
            throw new DTypeException($"{operation}: indices are {indices.Type}, not integers. Cast them?").Here();
        }
    }
}
