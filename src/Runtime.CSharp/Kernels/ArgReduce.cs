using System.Buffers;
using System.Numerics;

namespace Adjoint.Kernels;

/// <summary>
/// Where the greatest (least) element of the middle axis of [outer, n, inner] stands: the first one among equals, and
/// the first NaN if there is one.
/// </summary>
internal static class ArgReduce
{
    private const int TileElements = 1 << 16;

    /// <summary>
    /// y[o, i] = the first k with x[o, k, i] equal to the result of <typeparamref name="TOp"/>, which is
    /// <see cref="Greatest{T}"/> or <see cref="Least{T}"/>; n is at least 1.
    /// </summary>
    public static void Run<T, TOp, TIndex>(
        T[] x,
        int xOffset,
        int outer,
        int n,
        int inner,
        TIndex[] y,
        int yOffset,
        IParallel parallel)
        where T : unmanaged, INumber<T>
        where TOp : struct, IReduction<T>
        where TIndex : unmanaged, INumber<TIndex>
    {
        if (n == 0)
        {
            throw new ArgumentException("argmax: the axis has no elements.", nameof(n));
        }

        long each = (long)n * inner;
        if (outer * each <= TileElements)
        {
            Slices<T, TOp, TIndex>(x, xOffset, n, inner, y, yOffset, 0, outer);
        }
        else
        {
            InTiles<T, TOp, TIndex>(x, xOffset, outer, n, inner, y, yOffset, (int)Math.Max(1, TileElements / each), parallel);
        }
    }

    private static void InTiles<T, TOp, TIndex>(
        T[] x,
        int xOffset,
        int outer,
        int n,
        int inner,
        TIndex[] y,
        int yOffset,
        int group,
        IParallel parallel)
        where T : unmanaged, INumber<T>
        where TOp : struct, IReduction<T>
        where TIndex : unmanaged, INumber<TIndex> =>
        parallel.For(
            GemmTiling.Ceiling(outer, group),
            tile => Slices<T, TOp, TIndex>(x, xOffset, n, inner, y, yOffset, tile * group, Math.Min(outer, (tile + 1) * group)));

    private static void Slices<T, TOp, TIndex>(T[] x, int xOffset, int n, int inner, TIndex[] y, int yOffset, int first, int end)
        where T : unmanaged, INumber<T>
        where TOp : struct, IReduction<T>
        where TIndex : unmanaged, INumber<TIndex>
    {
        T[] best = ArrayPool<T>.Shared.Rent(inner);
        for (int o = first; o < end; o++)
        {
            ReadOnlySpan<T> slice = x.AsSpan(xOffset + (o * n * inner), n * inner);
            if (inner == 1)
            {
                y[yOffset + o] = TIndex.CreateChecked(IndexOf(slice, ReduceRow.Run<T, TOp>(slice)));
                continue;
            }

            ReduceColumns.Run<T, TOp>(slice, n, inner, 0, inner, best);
            for (int k = n - 1; k >= 0; k--)
            {
                Mark(slice.Slice(k * inner, inner), best, TIndex.CreateChecked(k), y.AsSpan(yOffset + (o * inner), inner));
            }
        }

        ArrayPool<T>.Shared.Return(best);
    }

    private static void Mark<T, TIndex>(ReadOnlySpan<T> row, ReadOnlySpan<T> best, TIndex index, Span<TIndex> y)
        where T : unmanaged, INumber<T>
        where TIndex : unmanaged
    {
        int i = 0;
        if (Vector.IsHardwareAccelerated && Vector<T>.Count == Vector<TIndex>.Count)
        {
            var all = new Vector<TIndex>(index);
            for (; i <= row.Length - Vector<T>.Count; i += Vector<T>.Count)
            {
                Vector<T> value = new(row[i..]), wanted = new(best[i..]);
                Vector<T> found = Vector.Equals(value, wanted) | ~(Vector.Equals(value, value) | Vector.Equals(wanted, wanted));
                Vector.ConditionalSelect(Vector.As<T, TIndex>(found), all, new Vector<TIndex>(y[i..])).CopyTo(y[i..]);
            }
        }

        for (; i < row.Length; i++)
        {
            if (row[i] == best[i] || (T.IsNaN(row[i]) && T.IsNaN(best[i])))
            {
                y[i] = index;
            }
        }
    }

    /// <summary>The first element equal to the value, or the first NaN if the value is NaN.</summary>
    private static int IndexOf<T>(ReadOnlySpan<T> x, T value)
        where T : unmanaged, INumber<T>
    {
        bool nan = T.IsNaN(value);
        int i = 0;
        if (Vector.IsHardwareAccelerated)
        {
            var wanted = new Vector<T>(value);
            for (; i <= x.Length - Vector<T>.Count; i += Vector<T>.Count)
            {
                var part = new Vector<T>(x[i..]);
                if (nan ? !Vector.EqualsAll(part, part) : Vector.EqualsAny(part, wanted))
                {
                    break;
                }
            }
        }

        for (; i < x.Length - 1; i++)
        {
            if (nan ? T.IsNaN(x[i]) : x[i] == value)
            {
                break;
            }
        }

        return i;
    }
}
