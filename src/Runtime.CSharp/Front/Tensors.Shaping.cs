using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Front;

/// <content>The same elements under other shapes.</content>
public static partial class Tensors
{
    /// <summary>Repeated to a shape by NumPy's rules.</summary>
    public static Expr BroadcastTo(this Expr x, Shape shape) => Broadcasting.To("broadcast_to", x, shape);

    /// <summary>Repeated to a shape by NumPy's rules.</summary>
    public static Expr BroadcastTo(this Expr x, params int[] extents) => x.BroadcastTo(Shape.Of(extents));

    /// <summary>The same elements in row-major order under another shape; one extent may be −1 and is found.</summary>
    public static Expr Reshape(this Expr x, params int[] extents)
    {
        int free = Array.IndexOf(extents, -1);
        if (free != Array.LastIndexOf(extents, -1) || extents.Any(extent => extent < -1))
        {
            throw new ShapeException($"reshape: [{string.Join(", ", extents)}] is no shape; "
                + "one extent may be −1, the others are at least 0.").Here();
        }

        long rest = extents.Where(extent => extent >= 0).Aggregate(1L, (product, extent) => product * extent);
        bool fits = free < 0 ? rest == x.Size : rest > 0 && x.Size % rest == 0;
        if (!fits)
        {
            throw new ShapeException($"reshape: {x.Type} has {x.Size} elements, which do not fill [{string.Join(", ", extents)}].").Here();
        }

        return x.Reshape(Shape.Of([.. extents.Select(extent => extent < 0 ? (int)(x.Size / rest) : extent)]));
    }

    /// <summary>The same elements in row-major order under another shape.</summary>
    public static Expr Reshape(this Expr x, Shape shape) => Building.Make(x, value => Ops.Reshape(value, shape));

    /// <summary>Axes from first to last become one.</summary>
    public static Expr Flatten(this Expr x, int first = 0, int last = -1)
    {
        if (x.Rank == 0)
        {
            return x.Reshape(1);
        }

        int from = Axis.Of("flatten", first, x.Rank, x.Type.ToString());
        int to = Axis.Of("flatten", last, x.Rank);
        if (from > to)
        {
            throw new ShapeException($"flatten: axis {first} comes after axis {last} of {x.Type}.").Here();
        }

        Extent product = x.Shape.Skip(from).Take(to - from + 1).Aggregate(new Extent(1), (a, b) => a * b);
        return x.Reshape(new Shape([.. x.Shape.Take(from), product, .. x.Shape.Skip(to + 1)]));
    }

    /// <summary>Without axes of extent 1: these, or all of them.</summary>
    public static Expr Squeeze(this Expr x, params int[] axes)
    {
        Axes gone = axes.Length > 0
            ? Axis.Of("squeeze", axes, x)
            : new(Enumerable.Range(0, x.Rank).Where(axis => x.Shape[axis].IsOne));
        int wide = gone.FirstOrDefault(axis => !x.Shape[axis].IsOne, -1);
        return wide < 0
            ? x.Reshape(x.Shape.Remove(gone))
            : throw new ShapeException($"squeeze: axis {wide} of {x.Type} has {x.Shape[wide]} elements, not 1.").Here();
    }

    /// <summary>With a new axis of extent 1 at this place of the result.</summary>
    public static Expr ExpandDims(this Expr x, int axis) =>
        x.Reshape(x.Shape.Insert(Axis.Of("expand_dims", axis, x.Rank + 1, "the result"), 1));

    /// <summary>Axes in another order: axis i of the result is axis order[i] of the operand.</summary>
    public static Expr Permute(this Expr x, params int[] order)
    {
        int[] from = [.. order.Select(axis => Axis.Of("permute", axis, x.Rank, x.Type.ToString()))];
        return from.Length == x.Rank && from.Distinct().Count() == x.Rank
            ? Building.Make(x, value => Ops.Permute(value, new Axes(from)))
            : throw new ShapeException($"permute: [{string.Join(", ", order)}] is no order of the {x.Rank} axes of {x.Type}.").Here();
    }

    /// <summary>The last two axes exchanged.</summary>
    /// <exception cref="ShapeException">There are fewer than two axes.</exception>
    public static Expr Transpose(this Expr x) => x.Rank >= 2
        ? x.SwapAxes(-1, -2)
        : throw new ShapeException($"transpose: {x.Type} has fewer than two axes. ExpandDims first?").Here();

    /// <summary>Two axes exchanged.</summary>
    public static Expr SwapAxes(this Expr x, int first, int second)
    {
        int[] order = [.. Enumerable.Range(0, x.Rank)];
        (int a, int b) = (Axis.Of("swap_axes", first, x.Rank, x.Type.ToString()), Axis.Of("swap_axes", second, x.Rank, x.Type.ToString()));
        (order[a], order[b]) = (order[b], order[a]);
        return x.Permute(order);
    }

    /// <summary>One axis moved to another place; the others keep their order.</summary>
    public static Expr MoveAxis(this Expr x, int from, int to)
    {
        (int source, int target) = (Axis.Of("move_axis", from, x.Rank, x.Type.ToString()), Axis.Of("move_axis", to, x.Rank, x.Type.ToString()));
        return Building.Make(x, value => Ops.MoveAxis(value, source, target));
    }
}
