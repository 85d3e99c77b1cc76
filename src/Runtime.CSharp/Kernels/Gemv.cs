using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Adjoint.Kernels;

/// <summary>Matrix × vector products, bound by the memory that holds the matrix.</summary>
/// <remarks>
/// Summation order: with contiguous rows, by lanes (element p goes to lane p mod w, ascending), then the lanes by
/// halves, then the tail; with contiguous columns, ascending in groups of four columns.
/// </remarks>
internal static unsafe class Gemv
{
    private const int TileElements = 1 << 16;

    /// <summary>Whether rows or columns of the matrix are contiguous.</summary>
    public static bool Applies<T>(Matrix<T> a)
        where T : unmanaged =>
        a.ColumnStride == 1 || a.RowStride == 1;

    /// <summary>y[i·yStride] = Σ a[i, p] · x[p·xStride] for i &lt; rows, p &lt; k.</summary>
    public static void Multiply<T>(
        int rows,
        int k,
        Matrix<T> a,
        T[] x,
        int xOffset,
        int xStride,
        T[] y,
        int yOffset,
        int yStride,
        IParallel parallel)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T[]? gathered = null;
        if (xStride != 1)
        {
            gathered = ArrayPool<T>.Shared.Rent(k);
            for (int p = 0; p < k; p++)
            {
                gathered[p] = x[xOffset + (p * xStride)];
            }
        }

        var vector = new Matrix<T>(gathered ?? x, gathered is null ? xOffset : 0, 1, 1);
        var target = new Matrix<T>(y, yOffset, yStride, 1);
        int tile = GemmTiling.RoundUp(Math.Max(1, TileElements / k), 64);
        if (rows <= tile)
        {
            Widest(0, rows, k, a, vector, target);
        }
        else
        {
            InTiles(rows, tile, k, a, vector, target, parallel);
        }

        if (gathered is not null)
        {
            ArrayPool<T>.Shared.Return(gathered);
        }
    }

    private static void InTiles<T>(int rows, int tile, int k, Matrix<T> a, Matrix<T> x, Matrix<T> y, IParallel parallel)
        where T : unmanaged, IFloatingPointIeee754<T> =>
        parallel.For(
            GemmTiling.Ceiling(rows, tile),
            i => Widest(i * tile, Math.Min(rows, (i + 1) * tile), k, a, x, y));

    private static void Widest<T>(int first, int end, int k, Matrix<T> a, Matrix<T> x, Matrix<T> y)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (Vector512.IsHardwareAccelerated)
        {
            Part<T, Vector512<T>, Lanes512<T>>(first, end, k, a, x, y);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            Part<T, Vector256<T>, Lanes256<T>>(first, end, k, a, x, y);
        }
        else if (Vector128.IsHardwareAccelerated)
        {
            Part<T, Vector128<T>, Lanes128<T>>(first, end, k, a, x, y);
        }
        else
        {
            Part<T, T, LanesScalar<T>>(first, end, k, a, x, y);
        }
    }

    private static void Part<T, TVector, TLanes>(int first, int end, int k, Matrix<T> a, Matrix<T> x, Matrix<T> y)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TVector : unmanaged
        where TLanes : struct, ILanes<T, TVector>
    {
        fixed (T* matrix = a.Data, vector = x.Data, target = y.Data)
        {
            T* result = target + y.Offset;
            if (a.ColumnStride != 1)
            {
                if (y.RowStride == 1)
                {
                    T* start = matrix + a.Offset + first;
                    Columns<T, TVector, TLanes>(end - first, k, start, a.ColumnStride, vector + x.Offset, result + first);
                }
                else
                {
                    T* start = matrix + a.Offset;
                    ColumnsScattered<T, TVector, TLanes>(first, end, k, start, a.ColumnStride, vector + x.Offset, result, y.RowStride);
                }

                return;
            }

            for (int i = first; i < end; i++)
            {
                result[i * y.RowStride] = Dot<T, TVector, TLanes>(k, matrix + a.Offset + ((nint)i * a.RowStride), vector + x.Offset);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static T Dot<T, TVector, TLanes>(int k, T* a, T* x)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TVector : unmanaged
        where TLanes : struct, ILanes<T, TVector>
    {
        TVector s0 = default, s1 = default, s2 = default, s3 = default;
        int lanes = TLanes.Count;
        int p = 0;
        for (; p <= k - (4 * lanes); p += 4 * lanes)
        {
            s0 = TLanes.MultiplyAdd(TLanes.Load(a + p), TLanes.Load(x + p), s0);
            s1 = TLanes.MultiplyAdd(TLanes.Load(a + p + lanes), TLanes.Load(x + p + lanes), s1);
            s2 = TLanes.MultiplyAdd(TLanes.Load(a + p + (2 * lanes)), TLanes.Load(x + p + (2 * lanes)), s2);
            s3 = TLanes.MultiplyAdd(TLanes.Load(a + p + (3 * lanes)), TLanes.Load(x + p + (3 * lanes)), s3);
        }

        for (; p <= k - lanes; p += lanes)
        {
            s0 = TLanes.MultiplyAdd(TLanes.Load(a + p), TLanes.Load(x + p), s0);
        }

        T sum = TLanes.Sum(TLanes.Add(TLanes.Add(s0, s1), TLanes.Add(s2, s3)));
        for (; p < k; p++)
        {
            sum = T.MultiplyAddEstimate(a[p], x[p], sum);
        }

        return sum;
    }

    private static void ColumnsScattered<T, TVector, TLanes>(int first, int end, int k, T* a, nint stride, T* x, T* y, nint yStride)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TVector : unmanaged
        where TLanes : struct, ILanes<T, TVector>
    {
        const int Part = 256;
        T* sums = stackalloc T[Part];
        for (int i = first; i < end; i += Part)
        {
            int count = Math.Min(Part, end - i);
            Columns<T, TVector, TLanes>(count, k, a + i, stride, x, sums);
            for (int q = 0; q < count; q++)
            {
                y[(i + q) * yStride] = sums[q];
            }
        }
    }

    /// <summary>y = Σ x[p] · column p, four columns at a time over at most 2048 rows, which stay in the first cache.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Columns<T, TVector, TLanes>(int rows, int k, T* a, nint stride, T* x, T* y)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TVector : unmanaged
        where TLanes : struct, ILanes<T, TVector>
    {
        const int Part = 2048;
        for (int start = 0; start < rows; start += Part)
        {
            int count = Math.Min(Part, rows - start);
            T* sums = y + start;
            new Span<T>(sums, count).Clear();
            int p = 0;
            for (; p <= k - 4; p += 4)
            {
                FourColumns<T, TVector, TLanes>(count, a + start + (p * stride), stride, x + p, sums);
            }

            for (; p < k; p++)
            {
                T* column = a + start + (p * stride);
                for (int i = 0; i < count; i++)
                {
                    sums[i] = T.MultiplyAddEstimate(column[i], x[p], sums[i]);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourColumns<T, TVector, TLanes>(int count, T* a, nint stride, T* x, T* y)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TVector : unmanaged
        where TLanes : struct, ILanes<T, TVector>
    {
        T* a1 = a + stride, a2 = a1 + stride, a3 = a2 + stride;
        TVector x0 = TLanes.Broadcast(x), x1 = TLanes.Broadcast(x + 1), x2 = TLanes.Broadcast(x + 2), x3 = TLanes.Broadcast(x + 3);
        int i = 0;
        for (; i <= count - TLanes.Count; i += TLanes.Count)
        {
            TVector sum = TLanes.MultiplyAdd(TLanes.Load(a + i), x0, TLanes.Load(y + i));
            sum = TLanes.MultiplyAdd(TLanes.Load(a1 + i), x1, sum);
            sum = TLanes.MultiplyAdd(TLanes.Load(a2 + i), x2, sum);
            TLanes.Store(TLanes.MultiplyAdd(TLanes.Load(a3 + i), x3, sum), y + i);
        }

        for (; i < count; i++)
        {
            T sum = T.MultiplyAddEstimate(a[i], x[0], y[i]);
            sum = T.MultiplyAddEstimate(a1[i], x[1], sum);
            sum = T.MultiplyAddEstimate(a2[i], x[2], sum);
            y[i] = T.MultiplyAddEstimate(a3[i], x[3], sum);
        }
    }
}
