using Adjoint.Core;
using Adjoint.Primitives;

namespace Adjoint.Front;

/// <content>Orders by several keys, or by a comparison of one's own.</content>
public static partial class Tensors
{
    /// <summary>Tensors of one shape put into the order of the first ones along an axis: where the first are equal, the second decides.</summary>
    /// <param name="parts">The keys, then what goes along.</param>
    /// <param name="keys">How many of them are keys, at least 1.</param>
    /// <param name="axis">The axis.</param>
    /// <param name="descending">Largest first, by every key; NaN is last all the same.</param>
    public static Expr[] SortByKeys(IReadOnlyList<Expr> parts, int keys, int axis = -1, bool descending = false)
    {
        if (keys < 1 || keys > parts.Count)
        {
            throw new ShapeException($"sort_by_keys: {keys} keys of {parts.Count} tensors.").Here();
        }

        Expr[] sorted = [.. parts];
        for (int key = keys - 1; key >= 0; key--)
        {
            sorted = Sort([sorted[key], .. sorted], axis, descending)[1..];
        }

        return sorted;
    }

    /// <summary>Tensors of one shape put in order along an axis by a comparison of one's own; equal elements keep their order.</summary>
    /// <remarks>
    /// As StableHLO's sort. Every element is compared with every other of its line, all at once: n² comparisons for n elements, where
    /// Sort takes n log n. Derivative: each result's tangent is its operand's, in the same order.
    /// </remarks>
    /// <param name="parts">The tensors.</param>
    /// <param name="precedes">(one number of each, one of each) → whether the first must stand before the second: a strict weak order.</param>
    /// <param name="axis">The axis.</param>
    public static Expr[] SortBy(IReadOnlyList<Expr> parts, Func<Expr[], Expr[], Expr> precedes, int axis = -1)
    {
        CheckSameShape("sort_by", parts);
        int at = Axis.Of("sort_by", axis, parts[0].Rank, parts[0].Type.ToString());
        Expr[] lines = [.. parts.Select(part => part.MoveAxis(at, -1))];
        Shape pairs = lines[0].Shape.Insert(lines[0].Rank, lines[0].Shape[^1]);
        Expr All(Expr line, int other) => line.StopGradient().ExpandDims(other).BroadcastTo(pairs).Flatten();
        int count = parts.Count;
        Expr before = Differential.VmapAt(
            leaves => [precedes(leaves[..count], leaves[count..])],
            [.. lines.Select(line => All(line, -1)), .. lines.Select(line => All(line, -2))])[0].Reshape(pairs);
        Expr earlier = Iota(DType.I64, pairs, pairs.Rank - 1).Less(Iota(DType.I64, pairs, pairs.Rank - 2));
        Expr others = before.SwapAxes(-1, -2).Or(before.Not().And(earlier));
        Expr order = others.Cast(DType.I64).Sum(-1).ArgSort();
        return [.. lines.Select(line => line.TakeAlongAxis(order, -1).MoveAxis(-1, at))];
    }

    private static void CheckSameShape(string operation, IReadOnlyList<Expr> parts)
    {
        if (parts.Count == 0 || parts.Any(part => !part.Shape.Equals(parts[0].Shape)))
        {
            throw new ShapeException(
                $"{operation}: takes one tensor or more, of one shape, not [{string.Join(", ", parts.Select(part => part.Type))}].").Here();
        }
    }
}
