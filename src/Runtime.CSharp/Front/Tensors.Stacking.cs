using Adjoint.Core;

namespace Adjoint.Front;

/// <content>Joining by the names of NumPy, uneven splits, repeats and turns.</content>
public static partial class Tensors
{
    /// <summary>Tensors below each other: vectors become rows. Along axis 0.</summary>
    public static Expr VStack(IReadOnlyList<Expr> parts) => Concat([.. parts.Select(part => part.Rank < 2 ? part.Reshape(1, -1) : part)]);

    /// <summary>Tensors beside each other: vectors behind each other, others along axis 1.</summary>
    public static Expr HStack(IReadOnlyList<Expr> parts) =>
        Concat([.. parts.Select(part => part.Rank == 0 ? part.Reshape(1) : part)], parts.All(part => part.Rank < 2) ? 0 : 1);

    /// <summary>Tensors behind each other along axis 2: vectors and matrices get it as a new one, vectors as columns of axis 1.</summary>
    public static Expr DStack(IReadOnlyList<Expr> parts) => Concat(
        [.. parts.Select(part => part.Rank < 2 ? part.Reshape(1, -1, 1) : part.Rank == 2 ? part.ExpandDims(2) : part)], 2);

    /// <summary>Vectors as columns of a matrix; matrices beside them.</summary>
    public static Expr ColumnStack(IReadOnlyList<Expr> parts) =>
        Concat([.. parts.Select(part => part.Rank < 2 ? part.Reshape(-1, 1) : part)], 1);

    /// <summary>So many parts along an axis, as even as can be: the first ones are longer by one. As NumPy's array_split.</summary>
    public static Expr[] ArraySplit(this Expr x, int parts, int axis = 0)
    {
        Demand.AtLeast("array_split", "the number of parts", parts, 1);
        int extent = x.Shape[Axis.Of("array_split", axis, x.Rank, x.Type.ToString())].Value;
        return x.Split([.. Enumerable.Range(0, parts).Select(i => (extent / parts) + (i < extent % parts ? 1 : 0))], axis);
    }

    /// <summary>The parts between places along an axis: [.. p₀], [p₀ .. p₁] …; places past the ends give empty parts, as NumPy's split.</summary>
    public static Expr[] SplitAt(this Expr x, int[] places, int axis = 0)
    {
        int at = Axis.Of("split_at", axis, x.Rank, x.Type.ToString());
        int extent = x.Shape[at].Value;
        int[] ends = [0, .. places.Select(place => Math.Clamp(place < 0 ? place + extent : place, 0, extent)), extent];
        Slice[] before = [.. Enumerable.Repeat(Slice.All, at)];
        return [.. Enumerable.Range(0, ends.Length - 1).Select(i => x[[.. before, Slice.Of(ends[i], Math.Max(ends[i], ends[i + 1]))]])];
    }

    /// <summary>Each element so many times in a row along an axis; without an axis, of all elements in row-major order.</summary>
    public static Expr Repeat(this Expr x, int count, int? axis = null)
    {
        Demand.AtLeast("repeat", "the count", count, 0);
        Expr operand = axis is null ? x.Flatten() : x;
        int at = Axis.Of("repeat", axis ?? 0, operand.Rank, operand.Type.ToString());
        Shape apart = operand.Shape.Insert(at + 1, count);
        return operand.ExpandDims(at + 1).BroadcastTo(apart).Reshape(operand.Shape.With(at, operand.Shape[at].Value * count));
    }

    /// <summary>Slices along an axis, each as many times in a row as its count says.</summary>
    public static Expr Repeat(this Expr x, int[] counts, int axis)
    {
        int at = Axis.Of("repeat", axis, x.Rank, x.Type.ToString());
        if (counts.Length != x.Shape[at].Value || counts.Any(count => count < 0))
        {
            throw new ShapeException($"repeat: counts [{string.Join(", ", counts)}] for axis {axis} of {x.Type}; "
                + "one for each slice, at least 0, is wanted.").Here();
        }

        int[] sources = [.. counts.SelectMany((count, i) => Enumerable.Repeat(i, count))];
        return x.Take(Expr.Of(sources), at);
    }

    /// <summary>Elements moved up along several axes, one after the other; those that leave at the end come in at the start.</summary>
    public static Expr Roll(this Expr x, int[] distances, int[] axes)
    {
        if (distances.Length != axes.Length)
        {
            throw new ShapeException($"roll: {distances.Length} distances for {axes.Length} axes; one each is wanted.").Here();
        }

        return axes.Zip(distances).Aggregate(x, (rolled, pair) => rolled.Roll(pair.Second, pair.First));
    }

    /// <summary>A quarter turn so many times, from the first of two axes towards the second; negative turns back.</summary>
    public static Expr Rot90(this Expr x, int turns = 1, int first = 0, int second = 1)
    {
        (int a, int b) = (Axis.Of("rot90", first, x.Rank, x.Type.ToString()), Axis.Of("rot90", second, x.Rank, x.Type.ToString()));
        if (a == b)
        {
            throw new ShapeException($"rot90: axes {first} and {second} of {x.Type} are one.").Here();
        }

        return (((turns % 4) + 4) % 4) switch
        {
            0 => x,
            1 => x.Flip(b).SwapAxes(a, b),
            2 => x.Flip(a, b),
            _ => x.SwapAxes(a, b).Flip(b),
        };
    }

    /// <summary>Without the slices at some indices of an axis.</summary>
    public static Expr Delete(this Expr x, int[] indices, int axis = 0)
    {
        int at = Axis.Of("delete", axis, x.Rank, x.Type.ToString());
        int extent = x.Shape[at].Value;
        int[] gone = [.. indices.Select(index => index >= -extent && index < extent
            ? index < 0 ? index + extent : index
            : throw new ShapeException($"delete: index {index} is outside axis {axis} of {x.Type}.").Here())];
        return x.Take(Expr.Of([.. Enumerable.Range(0, extent).Except(gone)]), at);
    }

    /// <summary>With slices put in before an index of an axis; the index may be the extent.</summary>
    public static Expr Insert(this Expr x, int index, Expr slices, int axis = 0)
    {
        int at = Axis.Of("insert", axis, x.Rank, x.Type.ToString());
        int extent = x.Shape[at].Value;
        if (index < -extent || index > extent)
        {
            throw new ShapeException($"insert: index {index} is outside axis {axis} of {x.Type}.").Here();
        }

        Expr[] sides = x.Split([index < 0 ? index + extent : index, index < 0 ? -index : extent - index], at);
        return Concat([sides[0], slices, sides[1]], at);
    }
}
