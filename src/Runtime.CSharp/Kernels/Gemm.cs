using System.Buffers;
using System.Numerics;
using System.Runtime.Intrinsics;

namespace Adjoint.Kernels;

/// <summary>Dense matrix products for float and double.</summary>
/// <remarks>
/// <para>
/// Method: B is copied block by block into panels two vectors wide, A is read in place or copied into groups of eight
/// rows, and <see cref="MicroKernel{T, TVector, TLanes}"/> forms the product in registers (Goto and van de Geijn 2008).
/// </para>
/// <para>
/// Summation order: k is cut into blocks of 256; a block is summed in ascending k with fused multiply-adds, blocks are
/// added in ascending order. A product with one row or one column is a matrix × vector product and sums by lanes. The
/// order depends on the shape, the strides and the processor's vector width, never on the runner.
/// Error: |c − exact| ≤ eps · (min(k, 256) + ⌈k / 256⌉) · Σ |a|·|b|.
/// </para>
/// </remarks>
internal static class Gemm
{
    /// <summary>C = A·B with A [m, k], B [k, n] of any strides and C [m, n] row-major; C must not overlap A or B.</summary>
    public static void Multiply<T>(
        int m,
        int n,
        int k,
        T[] a,
        int aOffset,
        int aRowStride,
        int aColumnStride,
        T[] b,
        int bOffset,
        int bRowStride,
        int bColumnStride,
        T[] c,
        int cOffset,
        int cRowStride,
        IParallel parallel)
        where T : unmanaged, IFloatingPointIeee754<T> =>
        Multiply(
            m,
            n,
            k,
            new Matrix<T>(a, aOffset, aRowStride, aColumnStride),
            new Matrix<T>(b, bOffset, bRowStride, bColumnStride),
            new Matrix<T>(c, cOffset, cRowStride, 1),
            parallel);

    /// <summary>All products of a batch.</summary>
    public static void Multiply<T>(in ProductBatch<T> products, IParallel parallel)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (products.Work == 0 || SmallGemm.TryMultiply(products, parallel))
        {
            return;
        }

        int count = products.Count;
        int group = (int)Math.Clamp(GemmTiling.TileWork / products.Work, 1, count);
        if (count == 1 || group == 1 || parallel == Serial.Instance)
        {
            Some(products, 0, count, count == 1 || count > group ? parallel : Serial.Instance);
        }
        else
        {
            InGroups(products, group, parallel);
        }
    }

    /// <summary>C = A·B; the column stride of C must be 1.</summary>
    public static void Multiply<T>(int m, int n, int k, Matrix<T> a, Matrix<T> b, Matrix<T> c, IParallel parallel)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (m == 0 || n == 0)
        {
            return;
        }

        if (k == 0)
        {
            for (int i = 0; i < m; i++)
            {
                c.Data.AsSpan(c.Offset + (i * c.RowStride), n).Clear();
            }
        }
        else if (n == 1 && Gemv.Applies(a))
        {
            Gemv.Multiply(m, k, a, b.Data, b.Offset, b.RowStride, c.Data, c.Offset, c.RowStride, parallel);
        }
        else if (m == 1 && Gemv.Applies(b))
        {
            Gemv.Multiply(n, k, b.Transposed, a.Data, a.Offset, a.ColumnStride, c.Data, c.Offset, 1, parallel);
        }
        else if (Vector512.IsHardwareAccelerated && n > Vector256<T>.Count)
        {
            Blocked<T, Vector512<T>, Lanes512<T>>(m, n, k, a, b, c, parallel);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            Blocked<T, Vector256<T>, Lanes256<T>>(m, n, k, a, b, c, parallel);
        }
        else if (Vector128.IsHardwareAccelerated)
        {
            Blocked<T, Vector128<T>, Lanes128<T>>(m, n, k, a, b, c, parallel);
        }
        else
        {
            Blocked<T, T, LanesScalar<T>>(m, n, k, a, b, c, parallel);
        }
    }

    private static void Blocked<T, TVector, TLanes>(int m, int n, int k, Matrix<T> a, Matrix<T> b, Matrix<T> c, IParallel parallel)
        where T : unmanaged, INumberBase<T>
        where TVector : unmanaged
        where TLanes : struct, ILanes<T, TVector>
    {
        int blockColumns = Math.Min(n, GemmTiling.MaxColumns);
        int blockDepth = Math.Min(k, GemmTiling.Depth);
        bool direct = b.ColumnStride == 1 && m <= GemmTiling.DirectRows;
        T[] panels = ArrayPool<T>.Shared.Rent(GemmTiling.RoundUp(direct ? 1 : blockColumns, 2 * TLanes.Count) * blockDepth);
        for (int j = 0; j < n; j += blockColumns)
        {
            int width = Math.Min(blockColumns, n - j);
            for (int p = 0; p < k; p += blockDepth)
            {
                int depth = Math.Min(blockDepth, k - p);
                var block = new GemmBlock<T, TVector, TLanes>(
                    m,
                    width,
                    depth,
                    a with { Offset = a.Offset + (p * a.ColumnStride) },
                    b with { Offset = b.Offset + (p * b.RowStride) + (j * b.ColumnStride) },
                    c with { Offset = c.Offset + j },
                    panels,
                    direct,
                    p > 0);
                block.Run(parallel);
            }
        }

        ArrayPool<T>.Shared.Return(panels);
    }

    private static void InGroups<T>(ProductBatch<T> products, int group, IParallel parallel)
        where T : unmanaged, IFloatingPointIeee754<T> =>
        parallel.For(
            GemmTiling.Ceiling(products.Count, group),
            tile => Some(products, tile * group, Math.Min(products.Count, (tile + 1) * group), Serial.Instance));

    private static void Some<T>(in ProductBatch<T> products, int first, int end, IParallel parallel)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (int i = first; i < end; i++)
        {
            Multiply(products.M, products.N, products.K, products.AAt(i), products.BAt(i), products.CAt(i), parallel);
        }
    }
}
