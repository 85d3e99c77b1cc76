using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Compile.Rules;

/// <summary>Layouts that change nothing, and layouts in a row: numbers are moved once.</summary>
internal static class Layouts
{
    internal static Value? Of(Node node) => node.Primitive switch
    {
        Reshape reshape => OfReshape(node, reshape),
        Permute permute => OfPermute(node, permute),
        Broadcast broadcast => OfBroadcast(node, broadcast),
        Reverse reverse => OfReverse(node, reverse),
        Slice slice => OfSlice(node, slice),
        _ => null,
    };

    private static Value? OfReshape(Node node, Reshape outer) => Simplify.Before<Reshape>(node) is { } inner
        ? Ops.Reshape(inner.Operands[0], outer.Shape)
        : Same(node, outer.Shape.Equals(node.Operands[0].Tensor.Shape));

    private static Value? OfPermute(Node node, Permute outer)
    {
        Value x = node.Operands[0];
        switch (x.Producer?.Primitive)
        {
            case Permute inner:
                return Ops.Permute(x.Producer.Operands[0], new Axes(outer.Permutation.Select(axis => inner.Permutation[axis])));
            case Broadcast inner:
                var axes = new Axes(inner.Axes.Select(axis => outer.Permutation.Items.IndexOf(axis)));
                return Ops.Broadcast(x.Producer.Operands[0], node.Result.Tensor.Shape, axes);
            case null or _ when IsAscending(outer.Permutation.Where(axis => x.Tensor.Shape[axis].Value != 1)):
                return Ops.Reshape(x, node.Result.Tensor.Shape);
            default:
                return null;
        }
    }

    private static Value? OfBroadcast(Node node, Broadcast outer)
    {
        Value x = node.Operands[0];
        return x.Producer switch
        {
            { Primitive: Broadcast first } inner =>
                Ops.Broadcast(inner.Operands[0], outer.Shape, new Axes(first.Axes.Select(axis => outer.Axes[axis]))),
            { Primitive: Reshape } inner when OnlyUnits(inner.Operands[0].Tensor.Shape, x.Tensor.Shape) =>
                Ops.Broadcast(inner.Operands[0], outer.Shape, new Axes(outer.Axes.Where((_, i) => x.Tensor.Shape[i].Value != 1))),
            _ when x.Tensor.Rank > 0 && outer.Shape.Size == x.Tensor.Shape.Size && outer.Shape.Size > 0 && IsAscending(outer.Axes) =>
                Ops.Reshape(x, outer.Shape),
            _ => Same(node, outer.Axes.Equals(Axes.All(outer.Shape.Rank))),
        };
    }

    /// <summary>Whether a shape with no extent of 1 is another but for extents of 1.</summary>
    private static bool OnlyUnits(Shape shape, Shape other) =>
        shape.All(extent => extent.Value != 1) && shape.SequenceEqual(other.Where(extent => extent.Value != 1));

    private static Value? OfReverse(Node node, Reverse outer)
    {
        Value x = node.Operands[0];
        if (x.Producer is { Primitive: Reverse inner } before)
        {
            return Ops.Reverse(before.Operands[0], new Axes(outer.Axes.Except(inner.Axes).Concat(inner.Axes.Except(outer.Axes)).Order()));
        }

        var moving = new Axes(outer.Axes.Where(axis => x.Tensor.Shape[axis].Value > 1));
        if (x.Producer is { Primitive: Broadcast broadcast } repeated)
        {
            var own = new Axes(Enumerable.Range(0, broadcast.Axes.Count).Where(i => moving.Contains(broadcast.Axes[i])));
            return Ops.Broadcast(Simplify.Whole(Ops.Reverse(repeated.Operands[0], own)), broadcast.Shape, broadcast.Axes);
        }

        return moving.Count < outer.Axes.Count ? Ops.Reverse(x, moving) : null;
    }

    private static Value? OfSlice(Node node, Slice outer)
    {
        Value x = node.Operands[0];
        switch (x.Producer?.Primitive)
        {
            case Slice inner:
                return OfSlices(x.Producer.Operands[0], inner, outer, node.Result.Tensor.Shape);
            case Broadcast inner:
                Axes axes = inner.Axes;
                Value part = Ops.Slice(
                    x.Producer.Operands[0],
                    Each(axes.Count, i => outer.Start[axes[i]]),
                    Each(axes.Count, i => outer.Limit[axes[i]]),
                    Each(axes.Count, i => outer.Stride[axes[i]]));
                return Ops.Broadcast(Simplify.Whole(part), node.Result.Tensor.Shape, axes);
            case Concatenate inner:
                return OfPiece(node, outer, x.Producer, inner.Axis);
            default:
                return Same(node, node.Result.Tensor.Shape.Equals(x.Tensor.Shape));
        }
    }

    /// <summary>One slice for two; where nothing is taken along an axis, from its start.</summary>
    private static Value OfSlices(Value x, Slice inner, Slice outer, Shape shape)
    {
        int[] count = shape.ToArray();
        int First(int axis) => count[axis] == 0 ? 0 : inner.Start[axis] + (outer.Start[axis] * inner.Stride[axis]);
        Ints stride = Each(count.Length, axis => inner.Stride[axis] * outer.Stride[axis]);
        return Ops.Slice(
            x,
            Each(count.Length, First),
            Each(count.Length, axis => count[axis] == 0 ? 0 : First(axis) + ((count[axis] - 1) * stride[axis]) + 1),
            stride);
    }

    /// <summary>The slice of the one piece in which it lies, if there is one.</summary>
    private static Value? OfPiece(Node node, Slice slice, Node joined, int axis)
    {
        int first = 0;
        foreach (Value piece in joined.Operands)
        {
            int behind = first + piece.Tensor.Shape[axis].Value;
            if (slice.Start[axis] >= first && slice.Limit[axis] <= behind && slice.Start[axis] < slice.Limit[axis])
            {
                Ints Moved(Ints places) => new(places.Select((place, i) => i == axis ? place - first : place));
                return Ops.Slice(piece, Moved(slice.Start), Moved(slice.Limit), slice.Stride);
            }

            first = behind;
        }

        return Same(node, node.Result.Tensor.Shape.Equals(node.Operands[0].Tensor.Shape));
    }

    private static Ints Each(int count, Func<int, int> number) => new(Enumerable.Range(0, count).Select(number));

    private static bool IsAscending(IEnumerable<int> axes)
    {
        int last = -1;
        foreach (int axis in axes)
        {
            if (axis < last)
            {
                return false;
            }

            last = axis;
        }

        return true;
    }

    private static Value? Same(Node node, bool same) => same ? node.Operands[0] : null;
}
