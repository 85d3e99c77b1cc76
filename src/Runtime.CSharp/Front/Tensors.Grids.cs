using Adjoint.Core;

namespace Adjoint.Front;

/// <content>Grids of numbers.</content>
public static partial class Tensors
{
    /// <summary>Evenly spaced numbers from start to stop on a new axis 0: [count, ..]; derivatives pass to both.</summary>
    /// <param name="start">The first.</param>
    /// <param name="stop">The last; one step further where it is left out.</param>
    /// <param name="count">How many.</param>
    /// <param name="endpoint">Whether the last is part of it.</param>
    public static Expr Linspace(Expr start, Expr stop, int count, bool endpoint = true)
    {
        (Expr from, Expr to) = Broadcasting.Meet("linspace", start, stop);
        Demand.Floating("linspace", from);
        Demand.AtLeast("linspace", "the count", count, 0);
        Expr fraction = Iota(from.DType, count) / Math.Max(endpoint ? count - 1 : count, 1);
        Expr column = fraction.Reshape([count, .. Enumerable.Repeat(1, from.Rank)]);
        return (from * (1.0 - column)) + (to * column);
    }

    /// <summary>Powers of a base whose exponents are evenly spaced from start to stop, both included.</summary>
    public static Expr Logspace(DType type, double start, double stop, int count, double radix = 10.0)
    {
        Expr exponents = Linspace(type, start, stop, count);
        return Literals.Like("logspace", exponents, radix).Pow(exponents);
    }

    /// <summary>Numbers from start to stop, both included and exact, each the same multiple of the one before.</summary>
    /// <exception cref="DomainException">The ends are not of one sign.</exception>
    public static Expr Geomspace(DType type, double start, double stop, int count)
    {
        if (!(start * stop > 0))
        {
            throw new DomainException($"geomspace: {start} and {stop} are not of one sign; no multiple leads from one to the other.").Here();
        }

        Expr index = Iota(type, count);
        Expr inner = Math.Sign(start) * Linspace(type, Math.Log(Math.Abs(start)), Math.Log(Math.Abs(stop)), count).Exp();
        return index.Equal(0).Where(start, count > 1 ? index.Equal(count - 1).Where(stop, inner) : inner);
    }

    /// <summary>Ones on and below a diagonal of a matrix, zeros above; the diagonal above the main one counts 1.</summary>
    public static Expr Tri(DType type, int rows, int? columns = null, int diagonal = 0) =>
        Triangle("tri", Zeros(DType.Bool, rows, columns ?? rows), diagonal).Cast(type);

    /// <summary>Ones on the diagonal of the last two axes of a tensor's type, zeros elsewhere.</summary>
    public static Expr IdentityLike(this Expr x)
    {
        Demand.AtLeast("identity_like", x, 2);
        return Eye(x.DType, x.Shape[^2].Value, x.Shape[^1].Value).BroadcastTo(x.Shape);
    }

    /// <summary>
    /// Vectors, each repeated along all others' axes. With matrix indexing (ij) vector i lies along axis i; otherwise (xy, as NumPy does
    /// unless told) the first two axes are exchanged.
    /// </summary>
    public static Expr[] Meshgrid(IReadOnlyList<Expr> vectors, bool matrixIndexing = false)
    {
        int rank = vectors.Count;
        int[] axes = [.. Enumerable.Range(0, rank)];
        if (!matrixIndexing && rank >= 2)
        {
            (axes[0], axes[1]) = (1, 0);
        }

        foreach (Expr vector in vectors)
        {
            Demand.Rank("meshgrid", vector, 1);
        }

        var extents = new int[rank];
        for (int i = 0; i < rank; i++)
        {
            extents[axes[i]] = vectors[i].Size;
        }

        return [.. vectors.Select((vector, i) => vector
            .Reshape([.. extents.Select((extent, axis) => axis == axes[i] ? extent : 1)])
            .BroadcastTo(extents))];
    }

    /// <summary>The index of each place along each axis of a shape: [rank, ..shape].</summary>
    public static Expr Indices(DType type, params int[] extents) => extents.Length == 0
        ? throw new ShapeException("indices: a shape of rank 0 has no axes.").Here()
        : Stack([.. Enumerable.Range(0, extents.Length).Select(axis => Iota(type, Shape.Of(extents), axis))]);

    /// <summary>Powers of a vector's elements as columns: xⁿ⁻¹ … x, 1, or 1, x … where increasing. As many as elements unless given.</summary>
    public static Expr Vander(this Expr x, int? columns = null, bool increasing = false)
    {
        Demand.Rank("vander", x, 1);
        int count = columns ?? x.Size;
        Demand.AtLeast("vander", "the number of columns", count, 0);
        Expr column = x.ExpandDims(1);
        Expr factors = count == 0
            ? column.BroadcastTo(x.Size, 1)[Slice.All, ..0]
            : Concat([column.OnesLike(), column.BroadcastTo(x.Size, count - 1)], 1);
        Expr powers = factors.CumProd(1);
        return increasing ? powers : powers.Flip(1);
    }

    /// <summary>The indices along each axis of a shape of places in row-major order. Out of range they are not checked.</summary>
    public static Expr[] UnravelIndex(this Expr places, params int[] extents)
    {
        CheckIndices("unravel_index", places);
        int[] strides = Shape.Of(extents).Strides();
        return [.. extents.Select((extent, axis) => (places / (long)Math.Max(strides[axis], 1)).Remainder(Math.Max(extent, 1)))];
    }

    /// <summary>Places in row-major order from the indices along each axis of a shape. Out of range they are not checked.</summary>
    public static Expr RavelIndex(IReadOnlyList<Expr> indices, params int[] extents)
    {
        if (indices.Count != extents.Length || indices.Count == 0)
        {
            throw new ShapeException($"ravel_index: {indices.Count} tensors of indices for {extents.Length} axes.").Here();
        }

        int[] strides = Shape.Of(extents).Strides();
        return indices.Select((index, axis) => index * (long)strides[axis]).Aggregate((a, b) => a + b);
    }
}
