using Adjoint.Core;

namespace Adjoint.Front;

/// <content>Searches in sorted tensors, and counts. Indices and counts have no derivative; weights have.</content>
public static partial class Tensors
{
    /// <summary>
    /// Where numbers would have to be put in to keep a sorted vector in order, in i64: before equal ones, or behind them on the right.
    /// </summary>
    /// <param name="sorted">Ascending along the last axis, NaN last: [n], or [.., n] with the values' leading axes.</param>
    /// <param name="values">Of any shape where sorted is a vector; otherwise [.., m].</param>
    /// <param name="right">Whether behind equal ones.</param>
    /// <exception cref="ShapeException">The leading axes differ.</exception>
    public static Expr SearchSorted(this Expr sorted, Expr values, bool right = false)
    {
        Broadcasting.SameDType("searchsorted", sorted, values);
        Demand.AtLeast("searchsorted", sorted, 1);
        if (sorted.Rank > 1 && (values.Rank != sorted.Rank || !sorted.Shape.SkipLast(1).SequenceEqual(values.Shape.SkipLast(1))))
        {
            throw new ShapeException($"searchsorted: sorted is {sorted.Type}, values are {values.Type}; all axes but the last must be equal, "
                + "or sorted a vector.").Here();
        }

        // The numbers still in question are halved in steps that are known here, so that all of them are one pass over the values.
        Expr place = Zeros(DType.I32, values.Shape.ToArray());
        int left = sorted.Shape[^1].Value;
        for (; left > 1; left -= left / 2)
        {
            place = Passed(sorted, values, right, place, left / 2);
        }

        return (left == 0 ? place : Passed(sorted, values, right, place, 1)).Cast(DType.I64);
    }

    /// <summary>The number of the bin of each number: how many of the edges, ascending or descending, lie below it (or at most at it).</summary>
    /// <param name="x">Numbers.</param>
    /// <param name="edges">[n]; n + 1 bins with those beyond both ends.</param>
    /// <param name="right">Whether a number equal to an edge belongs to the bin before it. As NumPy's digitize.</param>
    public static Expr Digitize(this Expr x, Expr edges, bool right = false)
    {
        Demand.Rank("digitize", edges, 1);
        if (edges.Size == 0)
        {
            return Zeros(DType.I64, x.Shape.ToArray());
        }

        Expr up = edges.SearchSorted(x, !right);
        Expr down = edges.Size - edges.Flip().SearchSorted(x, !right);
        return edges[^1].GreaterOrEqual(edges[0]).Where(up, down);
    }

    /// <summary>How often each whole number from 0 up to a length stands among integers, or the sum of their weights.</summary>
    /// <param name="x">Integers of any shape; those outside the range do not count.</param>
    /// <param name="length">The length of the result.</param>
    /// <param name="weights">Of the integers' shape; counts in i64 unless given.</param>
    public static Expr BinCount(this Expr x, int length, Expr? weights = null)
    {
        CheckIndices("bincount", x);
        Demand.AtLeast("bincount", "the length", length, 0);
        Expr each = Broadcasting.To("bincount", weights ?? Full(DType.I64, Shape.Scalar, 1), x.Shape);
        return Zeros(each.DType, length).ScatterAdd(x.Flatten(), each.Flatten());
    }

    /// <summary>The places moved on by so many where the last number passed by stands before the value.</summary>
    private static Expr Passed(Expr sorted, Expr values, bool right, Expr place, int count)
    {
        Expr last = count == 1 ? place : place + (count - 1L);
        Expr found = sorted.Rank == 1 ? sorted.Take(last) : sorted.TakeAlongAxis(last, -1);
        Expr passes = right ? Precedes(values, found).Not() : Precedes(found, values);
        return place + (passes.Cast(DType.I32) * (long)count);
    }

    /// <summary>Whether x stands before y in sorted order, in which NaN is last.</summary>
    private static Expr Precedes(Expr x, Expr y) =>
        x.DType.IsFloating() ? x.Less(y).Or(y.IsNan().And(x.IsNan().Not())) : x.Less(y);
}
