using System.Numerics;

namespace Adjoint.Kernels.Libraries;

/// <summary>Products of float and double by a library, cut into calls by shape alone.</summary>
/// <remarks>
/// Every call runs on the thread of its tile. A library sums in an order of its own, which depends on the extents of the call: so tiles are
/// the same for any runner, one or many threads. Error: |c − exact| ≤ eps · k · Σ |a|·|b|.
/// </remarks>
internal static unsafe class NativeProducts
{
    /// <summary>Multiply-adds of a tile: some hundredths of a millisecond in f32.</summary>
    private const long TileWork = 3 << 20;

    /// <summary>Multiply-adds of a task of several products of a batch.</summary>
    private const long TaskWork = 1 << 20;

    /// <summary>Fewest rows of a tile. Libraries pack B anew for each, which then costs 3 % at most.</summary>
    private const int TileRows = 192;

    /// <summary>Fewest columns of a tile; packing A anew is dearer, so columns are cut only where rows are few.</summary>
    private const int TileColumns = 192;

    /// <summary>Whether libraries take such operands: rows or columns contiguous, extents and strides of BLAS.</summary>
    internal static bool Applies<T>(in ProductBatch<T> products)
        where T : unmanaged =>
        products.K > 0
        && Takes(products.M, products.K, products.A)
        && Takes(products.K, products.N, products.B)
        && products.C.ColumnStride == 1
        && (products.M == 1 || products.C.RowStride >= products.N);

    /// <summary>All products of a batch.</summary>
    internal static void Multiply<T>(NativeLibraryCalls calls, nint library, in ProductBatch<T> products, IParallel parallel)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        (int m, int n, int k) = (products.M, products.N, products.K);
        (int rows, int columns) = Tile(m, n, k);
        int group = (int)Math.Clamp(TaskWork / products.Work, 1, products.Count);
        int down = GemmTiling.Ceiling(m, rows), across = GemmTiling.Ceiling(n, columns), groups = GemmTiling.Ceiling(products.Count, group);
        if (down * across * groups == 1)
        {
            Run(calls, library, NativeProduct.Of(products), products.A.Data, products.A.Offset, products.B.Data, products.B.Offset, products.C.Data, products.C.Offset);
        }
        else
        {
            new Tiles<T>(calls, library, products, rows, columns, group, down, across).Run(groups, parallel);
        }
    }

    /// <summary>Rows and columns of a tile: rows are halved as long as that is worth it, columns where there are few rows.</summary>
    internal static (int Rows, int Columns) Tile(int m, int n, int k)
    {
        int rows = m, columns = n;
        while (rows >= 2 * TileRows && (long)rows * columns * k >= 2 * TileWork)
        {
            rows = GemmTiling.RoundUp(GemmTiling.Ceiling(rows, 2), 16);
        }

        while (m < 2 * TileRows && columns >= 2 * TileColumns && (long)rows * columns * k >= 2 * TileWork)
        {
            columns = GemmTiling.RoundUp(GemmTiling.Ceiling(columns, 2), 64);
        }

        return (rows, columns);
    }

    private static bool Takes<T>(int rows, int columns, in Matrix<T> matrix)
        where T : unmanaged =>
        ((matrix.ColumnStride == 1 || columns <= 1) && (rows <= 1 || matrix.RowStride >= columns))
        || ((matrix.RowStride == 1 || rows <= 1) && (columns <= 1 || matrix.ColumnStride >= rows));

    private static void Run<T>(
        NativeLibraryCalls calls, nint library, in NativeProduct shape, T[] a, long aOffset, T[] b, long bOffset, T[] c, long cOffset)
        where T : unmanaged
    {
        fixed (T* left = a, right = b, target = c)
        {
            if (typeof(T) == typeof(float))
            {
                calls.Multiply(library, shape, (float*)left + aOffset, (float*)right + bOffset, (float*)target + cOffset);
            }
            else
            {
                calls.Multiply(library, shape, (double*)left + aOffset, (double*)right + bOffset, (double*)target + cOffset);
            }
        }
    }

    /// <summary>The calls of a batch that is cut.</summary>
    private sealed class Tiles<T>(
        NativeLibraryCalls calls, nint library, in ProductBatch<T> products, int rows, int columns, int group, int down, int across)
        where T : unmanaged
    {
        private readonly ProductBatch<T> all = products;
        private readonly NativeProduct shape = NativeProduct.Of(products);

        internal void Run(int groups, IParallel parallel) => parallel.For(down * across * groups, One);

        private void One(int index)
        {
            long row = index % down * (long)rows;
            long column = index / down % across * (long)columns;
            long first = index / (down * across) * (long)group;
            NativeProduct part = shape with
            {
                Batch = Math.Min(group, shape.Batch - first),
                M = Math.Min(rows, shape.M - row),
                N = Math.Min(columns, shape.N - column),
            };
            NativeProducts.Run(
                calls,
                library,
                part,
                all.A.Data,
                all.A.Offset + (first * shape.ABatch) + (row * shape.ARow),
                all.B.Data,
                all.B.Offset + (first * shape.BBatch) + (column * shape.BColumn),
                all.C.Data,
                all.C.Offset + (first * shape.CBatch) + (row * shape.CRow) + column);
        }
    }
}
