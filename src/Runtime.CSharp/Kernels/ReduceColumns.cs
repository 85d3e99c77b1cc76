using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Adjoint.Kernels;

/// <summary>Reduces the rows of [n, inner] to one row, by a balanced tree; see <see cref="Reduce"/>.</summary>
internal static class ReduceColumns
{
    /// <summary>Columns taken together, so that whole cache lines are used.</summary>
    public const int Width = 64;

    private const int BlockRows = 8;
    private const int Group = 32;

    /// <summary>y[i] = op over k &lt; n of x[k, i] for first ≤ i &lt; end; n is at least 1.</summary>
    public static void Run<T, TOp>(ReadOnlySpan<T> x, int n, int inner, int first, int end, Span<T> y)
        where T : unmanaged
        where TOp : struct, IReduction<T>
    {
        if (!Vector.IsHardwareAccelerated)
        {
            for (int i = first; i < end; i++)
            {
                y[i] = ReduceRow.Scalars<T, TOp>(x[i..], n, inner);
            }

            return;
        }

        int width = Vector<T>.Count;
        for (int i = first; i < end; i += Group * width)
        {
            int columns = Math.Min(Group * width, end - i);
            Columns<T, TOp>(x, n, inner, i, columns, y.Slice(i, columns));
        }
    }

    /// <summary>Up to 32 vectors of columns; the last one may read past them but not past x.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Columns<T, TOp>(ReadOnlySpan<T> x, int n, int inner, int first, int columns, Span<T> y)
        where T : unmanaged
        where TOp : struct, IReduction<T>
    {
        int width = Vector<T>.Count;
        int vectors = GemmTiling.Ceiling(columns, width);
        int depth = BitOperations.Log2((uint)GemmTiling.Ceiling(n, BlockRows)) + 1;
        Span<Vector<T>> levels = stackalloc Vector<T>[vectors * depth];
        int blocks = 0;
        for (int row = 0; row < n; row += BlockRows, blocks++)
        {
            int rows = Math.Min(BlockRows, n - row);
            for (int v = 0; v < vectors; v++)
            {
                ReadOnlySpan<T> block = x[((row * inner) + first + (v * width))..];
                Vector<T> value = ((rows - 1) * (long)inner) + width <= block.Length
                    ? Whole<T, TOp>(ref MemoryMarshal.GetReference(block), rows, (nuint)inner)
                    : AtEnd<T, TOp>(block, rows, inner);
                PairwiseStack.Push<T, TOp>(levels.Slice(v * depth, depth), blocks, value);
            }
        }

        for (int v = 0; v < vectors; v++)
        {
            Vector<T> result = PairwiseStack.Close<T, TOp>(levels.Slice(v * depth, depth), blocks);
            Span<T> target = y[(v * width)..];
            if (target.Length >= width)
            {
                result.CopyTo(target);
            }
            else
            {
                Part.Store(result, target);
            }
        }
    }

    /// <summary>Up to eight rows; the missing ones are the identity.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<T> Whole<T, TOp>(ref T x, int rows, nuint inner)
        where T : unmanaged
        where TOp : struct, IReduction<T>
    {
        if (rows == BlockRows)
        {
            return All<T, TOp>(ref x, inner);
        }

        var identity = new Vector<T>(TOp.Identity);
        Vector<T> a = Vector.LoadUnsafe(ref x);
        a = rows > 1 ? TOp.Apply(a, Vector.LoadUnsafe(ref x, inner)) : a;
        Vector<T> b = rows > 2 ? Vector.LoadUnsafe(ref x, 2 * inner) : identity;
        b = rows > 3 ? TOp.Apply(b, Vector.LoadUnsafe(ref x, 3 * inner)) : b;
        a = TOp.Apply(a, b);
        if (rows <= 4)
        {
            return a;
        }

        Vector<T> c = Vector.LoadUnsafe(ref x, 4 * inner);
        c = rows > 5 ? TOp.Apply(c, Vector.LoadUnsafe(ref x, 5 * inner)) : c;
        return TOp.Apply(a, rows > 6 ? TOp.Apply(c, Vector.LoadUnsafe(ref x, 6 * inner)) : c);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<T> All<T, TOp>(ref T x, nuint inner)
        where T : unmanaged
        where TOp : struct, IReduction<T>
    {
        Vector<T> a = TOp.Apply(Vector.LoadUnsafe(ref x), Vector.LoadUnsafe(ref x, inner));
        Vector<T> b = TOp.Apply(Vector.LoadUnsafe(ref x, 2 * inner), Vector.LoadUnsafe(ref x, 3 * inner));
        Vector<T> c = TOp.Apply(Vector.LoadUnsafe(ref x, 4 * inner), Vector.LoadUnsafe(ref x, 5 * inner));
        Vector<T> d = TOp.Apply(Vector.LoadUnsafe(ref x, 6 * inner), Vector.LoadUnsafe(ref x, 7 * inner));
        return TOp.Apply(TOp.Apply(a, b), TOp.Apply(c, d));
    }

    /// <summary>Up to eight rows of which the last ends within a vector of the end of the data; the same tree.</summary>
    private static Vector<T> AtEnd<T, TOp>(ReadOnlySpan<T> x, int rows, int inner)
        where T : unmanaged
        where TOp : struct, IReduction<T>
    {
        Span<Vector<T>> levels = stackalloc Vector<T>[4];
        for (int r = 0; r < rows; r++)
        {
            ReadOnlySpan<T> row = x[(r * inner)..];
            PairwiseStack.Push<T, TOp>(levels, r, row.Length >= Vector<T>.Count ? new(row) : Part.Load(row));
        }

        return PairwiseStack.Close<T, TOp>(levels, rows);
    }
}
