using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Adjoint.Kernels;

/// <summary>Many products of small matrices: a row of the result, or its only column, is one vector.</summary>
/// <remarks>
/// Summation order: ascending k with fused multiply-adds, as <see cref="Gemm"/> sums.
/// </remarks>
internal static unsafe class SmallGemm
{
    /// <summary>The largest extent of a matrix.</summary>
    private const int Most = 32;

    /// <summary>Forms the products, if they are of a kind that is done here: rows contiguous, and none longer than a vector.</summary>
    public static bool TryMultiply<T>(in ProductBatch<T> products, IParallel parallel)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int m = products.M, n = products.N;
        bool fits = products.Count > 1 && products.K is > 0 and <= Most && m <= Most && products.C.RowStride == n && products.CStride == m * n;
        if (!fits || (n > 1 && products.B.ColumnStride != 1))
        {
            return false;
        }

        int width = n > 1 ? n : m;
        if (Vector128.IsHardwareAccelerated && width <= Vector128<T>.Count)
        {
            Run<T, Vector128<T>, Lanes128<T>>(products, parallel);
        }
        else if (Vector256.IsHardwareAccelerated && width <= Vector256<T>.Count)
        {
            Run<T, Vector256<T>, Lanes256<T>>(products, parallel);
        }
        else if (Vector512.IsHardwareAccelerated && width <= Vector512<T>.Count)
        {
            Run<T, Vector512<T>, Lanes512<T>>(products, parallel);
        }
        else
        {
            return false;
        }

        return true;
    }

    private static void Run<T, TVector, TLanes>(ProductBatch<T> products, IParallel parallel)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TVector : unmanaged
        where TLanes : struct, ILanes<T, TVector>
    {
        int group = (int)Math.Clamp(GemmTiling.TileWork / (4 * products.Work), 1, products.Count);
        if (group == products.Count)
        {
            Part<T, TVector, TLanes>(products, 0, products.Count);
        }
        else
        {
            parallel.For(
                GemmTiling.Ceiling(products.Count, group),
                tile => Part<T, TVector, TLanes>(products, tile * group, Math.Min(products.Count, (tile + 1) * group)));
        }
    }

    /// <summary>Some of the products, one after the other.</summary>
    /// <remarks>
    /// A vector may reach past a row: what it reads there is not used, and what it writes there is written again by the next row. The last
    /// products, whose vectors would reach past what is theirs, go through memory of their own.
    /// </remarks>
    private static void Part<T, TVector, TLanes>(in ProductBatch<T> all, int first, int end)
        where T : unmanaged
        where TVector : unmanaged
        where TLanes : struct, ILanes<T, TVector>
    {
        int size = all.M * all.N;
        T* turned = stackalloc T[Most * TLanes.Count];
        T* own = stackalloc T[(Most + 1) * TLanes.Count];
        fixed (T* a = all.A.Data, b = all.B.Data, c = all.C.Data)
        {
            T* stop = c + all.C.Offset + (end * size);
            for (int i = first; i < end; i++)
            {
                T* result = c + all.C.Offset + (i * size);
                T* left = a + all.A.Offset + (i * all.AStride);
                int right = all.B.Offset + (i * all.BStride);
                T* target = result + size + TLanes.Count <= stop ? result : own;
                if (all.N == 1)
                {
                    Column<T, TVector, TLanes>(all, left, b + right, target, turned);
                }
                else
                {
                    bool isInside = right + ((all.K - 1) * all.B.RowStride) + TLanes.Count <= all.B.Data.Length;
                    T* rows = isInside ? b + right : Copied(b + right, all, turned, TLanes.Count);
                    Rows<T, TVector, TLanes>(all, left, rows, isInside ? all.B.RowStride : TLanes.Count, target);
                }

                if (target == own)
                {
                    new ReadOnlySpan<T>(own, size).CopyTo(new(result, size));
                }
            }
        }
    }

    /// <summary>Rows of the right factor at a vector's distance.</summary>
    private static T* Copied<T>(T* source, in ProductBatch<T> all, T* rows, int distance)
        where T : unmanaged
    {
        for (int p = 0; p < all.K; p++)
        {
            new ReadOnlySpan<T>(source + (p * all.B.RowStride), all.N).CopyTo(new(rows + (p * distance), all.N));
        }

        return rows;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Rows<T, TVector, TLanes>(in ProductBatch<T> all, T* a, T* b, nint bRow, T* c)
        where T : unmanaged
        where TVector : unmanaged
        where TLanes : struct, ILanes<T, TVector>
    {
        nint row = all.A.RowStride, twice = 2 * row, thrice = 3 * row, column = all.A.ColumnStride;
        int k = all.K, n = all.N, i = 0;
        for (; i <= all.M - 4; i += 4)
        {
            T* a0 = a + (i * row);
            T* b0 = b;
            TVector s0 = default, s1 = default, s2 = default, s3 = default;
            for (int p = 0; p < k; p++)
            {
                TVector y = TLanes.Load(b0);
                s0 = TLanes.MultiplyAdd(TLanes.Broadcast(a0), y, s0);
                s1 = TLanes.MultiplyAdd(TLanes.Broadcast(a0 + row), y, s1);
                s2 = TLanes.MultiplyAdd(TLanes.Broadcast(a0 + twice), y, s2);
                s3 = TLanes.MultiplyAdd(TLanes.Broadcast(a0 + thrice), y, s3);
                a0 += column;
                b0 += bRow;
            }

            TLanes.Store(s0, c + (i * n));
            TLanes.Store(s1, c + ((i + 1) * n));
            TLanes.Store(s2, c + ((i + 2) * n));
            TLanes.Store(s3, c + ((i + 3) * n));
        }

        for (; i < all.M; i++)
        {
            T* a0 = a + (i * row);
            T* b0 = b;
            TVector sum = default;
            for (int p = 0; p < k; p++, a0 += column, b0 += bRow)
            {
                sum = TLanes.MultiplyAdd(TLanes.Broadcast(a0), TLanes.Load(b0), sum);
            }

            TLanes.Store(sum, c + (i * n));
        }
    }

    /// <summary>A product with one column: the left factor is turned, so that its columns are vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Column<T, TVector, TLanes>(in ProductBatch<T> all, T* a, T* x, T* y, T* columns)
        where T : unmanaged
        where TVector : unmanaged
        where TLanes : struct, ILanes<T, TVector>
    {
        nint row = all.A.RowStride, step = all.A.ColumnStride, next = all.B.RowStride;
        int m = all.M, k = all.K, count = TLanes.Count;
        for (int i = 0; i < m; i++)
        {
            T* from = a + (i * row);
            T* to = columns + i;
            for (int p = 0; p < k; p++, from += step, to += count)
            {
                *to = *from;
            }
        }

        TVector sum = default;
        for (int p = 0; p < k; p++, columns += count, x += next)
        {
            sum = TLanes.MultiplyAdd(TLanes.Broadcast(x), TLanes.Load(columns), sum);
        }

        TLanes.Store(sum, y);
    }
}
