using System.Numerics;
using System.Runtime.CompilerServices;

namespace Adjoint.Kernels;

/// <summary>Which keys each query sees.</summary>
/// <param name="shape">The extents.</param>
/// <param name="causal">Whether query t sees keys up to t + keys − queries alone.</param>
/// <param name="mask">What is seen, or null for all.</param>
/// <param name="start">Where the mask begins.</param>
/// <param name="batches">For each batch, its distance from there.</param>
/// <param name="headStride">From head to head, 0 where the mask is the same for all.</param>
/// <param name="queryStride">From query to query.</param>
/// <param name="keyStride">From key to key: 1 or 0.</param>
internal sealed unsafe class AttentionSight(
    AttentionShape shape, bool causal, bool[]? mask, int start, int[] batches, int headStride, int queryStride, int keyStride)
{
    /// <summary>Whether blocks that nothing sees may be left out: only where no operand holds an infinity or NaN, times which 0 is NaN.</summary>
    internal bool Skips { get; init; }

    /// <summary>What is added to the scores; null for nothing.</summary>
    internal AttentionBias? Bias { get; init; }

    /// <summary>How many keys from the first on the queries up to one may see.</summary>
    internal int Reach(int lastQuery) => causal && Skips ? Math.Clamp(lastQuery + 1 + shape.Keys - shape.Queries, 0, shape.Keys) : shape.Keys;

    /// <summary>Whether the mask hides a block of keys from some queries, and it may be left out.</summary>
    internal bool LeavesOut(int batch, int head, int query, int queries, int key, int keys)
    {
        if (!Skips || mask is null)
        {
            return false;
        }

        int rows = queryStride == 0 ? 1 : queries;
        for (int i = 0; i < rows; i++)
        {
            if (Row(batch, head, query + i, key, keys).Contains(true))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Scores as they count: with what is added to them, and minus infinity where a query does not see a key.</summary>
    internal void Show<T>(int batch, int head, int query, int queries, int key, int keys, T* panel, int pitch)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Bias?.Add(batch, head, query, queries, key, keys, panel, pitch);
        Hide(batch, head, query, queries, key, keys, panel, pitch, T.NegativeInfinity);
    }

    /// <summary>Puts a number where a query, a column of the panel, does not see a key, a row of it.</summary>
    internal void Hide<T>(int batch, int head, int query, int queries, int key, int keys, T* panel, int pitch, T number)
        where T : unmanaged
    {
        if (causal)
        {
            HideFuture(query, queries, key, keys, panel, pitch, number);
        }

        if (mask is null)
        {
            return;
        }

        if (queryStride == 0)
        {
            ReadOnlySpan<bool> row = Row(batch, head, query, key, keys);
            for (int i = Next(row, 0, keys); i < keys; i = Next(row, i + 1, keys))
            {
                new Span<T>(panel + (i * pitch), queries).Fill(number);
            }

            return;
        }

        for (int lane = 0; lane < queries; lane++)
        {
            ReadOnlySpan<bool> row = Row(batch, head, query + lane, key, keys);
            for (int i = Next(row, 0, keys); i < keys; i = Next(row, i + 1, keys))
            {
                panel[(i * pitch) + lane] = number;
            }
        }
    }

    /// <summary>Whether all numbers are finite.</summary>
    internal static bool IsFinite<T>(ReadOnlySpan<T> x)
        where T : unmanaged, INumber<T>
    {
        var sum = Vector<T>.Zero;
        int i = 0;
        for (; i <= x.Length - Vector<T>.Count; i += Vector<T>.Count)
        {
            sum += new Vector<T>(x[i..]) * Vector<T>.Zero;
        }

        T rest = Vector.Sum(sum);
        for (; i < x.Length; i++)
        {
            rest += x[i] * T.Zero;
        }

        return T.IsZero(rest);
    }

    /// <summary>Whether all numbers are finite or minus infinity, as logarithms of sums are where nothing is seen.</summary>
    internal static bool IsBelowInfinity<T>(ReadOnlySpan<T> x)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        foreach (T number in x)
        {
            if (!(number < T.PositiveInfinity))
            {
                return false;
            }
        }

        return true;
    }

    private void HideFuture<T>(int query, int queries, int key, int keys, T* panel, int pitch, T number)
        where T : unmanaged
    {
        int first = query + shape.Keys - shape.Queries;
        for (int i = Math.Max(0, first + 1 - key); i < keys; i++)
        {
            new Span<T>(panel + (i * pitch), Math.Min(key + i - first, queries)).Fill(number);
        }
    }

    /// <summary>The next key of a row that is hidden; a row of one number stands for all keys.</summary>
    private int Next(ReadOnlySpan<bool> row, int from, int keys)
    {
        if (keyStride == 0)
        {
            return row[0] ? keys : from;
        }

        int next = row[from..].IndexOf(false);
        return next < 0 ? keys : from + next;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ReadOnlySpan<bool> Row(int batch, int head, int query, int key, int keys) =>
        mask.AsSpan(start + batches[batch] + (head * headStride) + (query * queryStride) + (key * keyStride), keyStride == 0 ? 1 : keys);
}
