using System.Buffers;
using System.Numerics;

namespace Adjoint.Kernels;

/// <summary>Reductions of the middle axis of [outer, n, inner] to [outer, inner], for float, double, int and long.</summary>
/// <remarks>
/// <para>
/// Order: a balanced tree over n, whose leaves are blocks of 32 vectors (inner = 1) or 8 rows, each a balanced tree
/// itself; long axes are first cut into parts of a power of two. The tree depends on the shape and the vector width.
/// </para>
/// <para>Error of sums: |y − exact| ≤ eps · ⌈log2 n⌉ · Σ |x| (Higham 2002, section 4.2).</para>
/// </remarks>
internal static class Reduce
{
    private const int TileElements = 1 << 16;
    private const int EnoughTiles = 16;

    /// <summary>y[o, i] = op over k &lt; n of x[o, k, i].</summary>
    public static void Run<T, TOp>(T[] x, int xOffset, int outer, int n, int inner, T[] y, int yOffset, IParallel parallel)
        where T : unmanaged
        where TOp : struct, IReduction<T>
    {
        long total = (long)outer * n * inner;
        if (n == 0)
        {
            y.AsSpan(yOffset, outer * inner).Fill(TOp.Empty);
        }
        else if (total <= TileElements)
        {
            Block<T, TOp>(x.AsSpan(xOffset), n, inner, y.AsSpan(yOffset), 0, outer);
        }
        else if (PartLength(outer, n, inner) is > 0 and int length)
        {
            InParts<T, TOp>(x, xOffset, outer, n, inner, y, yOffset, length, parallel);
        }
        else if (outer >= EnoughTiles || inner == 1)
        {
            OuterTiles<T, TOp>(x, xOffset, outer, n, inner, y, yOffset, parallel);
        }
        else
        {
            InnerTiles<T, TOp>(x, xOffset, outer, n, inner, y, yOffset, parallel);
        }
    }

    /// <summary>The length, a power of two, of the parts of the axis; 0 when it is not cut.</summary>
    private static int PartLength(int outer, int n, int inner)
    {
        long columns = inner == 1 ? 1 : GemmTiling.Ceiling(inner, ReduceColumns.Width);
        if (outer * columns >= EnoughTiles && (long)n * Math.Min(inner, ReduceColumns.Width) <= 16L * TileElements)
        {
            return 0;
        }

        int length = 64 * Vector<byte>.Count;
        while ((long)length * inner < TileElements)
        {
            length *= 2;
        }

        return n >= 2 * length ? length : 0;
    }

    private static void InParts<T, TOp>(
        T[] x,
        int xOffset,
        int outer,
        int n,
        int inner,
        T[] y,
        int yOffset,
        int length,
        IParallel parallel)
        where T : unmanaged
        where TOp : struct, IReduction<T>
    {
        int parts = GemmTiling.Ceiling(n, length);
        T[] partial = ArrayPool<T>.Shared.Rent(outer * parts * inner);
        parallel.For(
            outer * parts,
            tile =>
            {
                int start = tile % parts * length;
                int from = xOffset + (((tile / parts * n) + start) * inner);
                Block<T, TOp>(x.AsSpan(from), Math.Min(length, n - start), inner, partial.AsSpan(tile * inner), 0, 1);
            });
        Run<T, TOp>(partial, 0, outer, parts, inner, y, yOffset, parallel);
        ArrayPool<T>.Shared.Return(partial);
    }

    private static void OuterTiles<T, TOp>(T[] x, int xOffset, int outer, int n, int inner, T[] y, int yOffset, IParallel parallel)
        where T : unmanaged
        where TOp : struct, IReduction<T>
    {
        int group = (int)Math.Max(1, TileElements / ((long)n * inner));
        parallel.For(
            GemmTiling.Ceiling(outer, group),
            tile => Block<T, TOp>(
                x.AsSpan(xOffset),
                n,
                inner,
                y.AsSpan(yOffset),
                tile * group,
                Math.Min(outer, (tile + 1) * group)));
    }

    private static void InnerTiles<T, TOp>(T[] x, int xOffset, int outer, int n, int inner, T[] y, int yOffset, IParallel parallel)
        where T : unmanaged
        where TOp : struct, IReduction<T>
    {
        int width = GemmTiling.RoundUp(Math.Max(1, TileElements / n), ReduceColumns.Width);
        int tiles = GemmTiling.Ceiling(inner, width);
        parallel.For(
            outer * tiles,
            tile =>
            {
                int o = tile / tiles, first = tile % tiles * width;
                ReduceColumns.Run<T, TOp>(
                    x.AsSpan(xOffset + (o * n * inner), n * inner),
                    n,
                    inner,
                    first,
                    Math.Min(inner, first + width),
                    y.AsSpan(yOffset + (o * inner), inner));
            });
    }

    private static void Block<T, TOp>(ReadOnlySpan<T> x, int n, int inner, Span<T> y, int first, int end)
        where T : unmanaged
        where TOp : struct, IReduction<T>
    {
        for (int o = first; o < end; o++)
        {
            ReadOnlySpan<T> slice = x.Slice(o * n * inner, n * inner);
            if (inner == 1)
            {
                y[o] = ReduceRow.Run<T, TOp>(slice);
            }
            else
            {
                ReduceColumns.Run<T, TOp>(slice, n, inner, 0, inner, y.Slice(o * inner, inner));
            }
        }
    }
}
