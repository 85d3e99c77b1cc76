using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Adjoint.Kernels;

/// <summary>Small products row by row: up to eight rows and two vectors of C in registers, B read in place.</summary>
/// <remarks>
/// Vectors are as wide as fits the columns. What is left of a row beside whole vectors is part of a last vector that ends where the row ends: some
/// elements are formed twice, with the same bits, and nothing beside the row is touched. Rows shorter than the shortest vector are written with
/// what stands behind them, in ascending order; the last product of a part goes through memory of its own.
/// </remarks>
internal static unsafe class SmallRows
{
    /// <summary>Forms some of the products.</summary>
    public static void Run<T>(in SmallBatch<T> products, int first, int end)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int n = products.N;
        if (Vector512.IsHardwareAccelerated && n >= Vector512<T>.Count && (n % Vector512<T>.Count == 0 || n > 4 * Vector512<T>.Count))
        {
            Wide<T, Vector512<T>, Lanes512<T>>(products, first, end);
        }
        else if (Vector256.IsHardwareAccelerated && n >= Vector256<T>.Count)
        {
            Wide<T, Vector256<T>, Lanes256<T>>(products, first, end);
        }
        else if (n >= Vector128<T>.Count)
        {
            Wide<T, Vector128<T>, Lanes128<T>>(products, first, end);
        }
        else
        {
            Narrow(products, first, end);
        }
    }

    private static void Wide<T, TVector, TLanes>(in SmallBatch<T> all, int first, int end)
        where T : unmanaged
        where TVector : unmanaged
        where TLanes : struct, ILanes<T, TVector>
    {
        int tiles = GemmTiling.Ceiling(all.M, 8), rows = GemmTiling.Ceiling(all.M, tiles);
        int step = tiles == 1 && (all.BBatch == 0 || all.N <= 2 * TLanes.Count) ? end - first : 1;
        for (int product = first; product < end; product += step)
        {
            for (int j = 0; j < all.N; j += 2 * TLanes.Count)
            {
                int left = all.N - j;
                bool two = left > TLanes.Count;
                int start = two ? j : all.N - TLanes.Count;
                int second = Math.Min(left, 2 * TLanes.Count) - TLanes.Count;
                for (int i = 0; i < all.M; i += rows)
                {
                    Tiles<T, TVector, TLanes>(
                        Math.Min(rows, all.M - i), two, all, all.A + (i * all.ARow), all.B + start, all.C + (i * all.CRow) + start, second, product, product + step);
                }
            }
        }
    }

    /// <summary>The same tile of some products.</summary>
    private static void Tiles<T, TVector, TLanes>(
        int rows, bool two, in SmallBatch<T> all, T* a, T* b, T* c, nint second, int first, int end)
        where T : unmanaged
        where TVector : unmanaged
        where TLanes : struct, ILanes<T, TVector>
    {
        if (two)
        {
            Tiles<T, TVector, TLanes, Count2>(rows, all, a, b, c, second, first, end);
        }
        else
        {
            Tiles<T, TVector, TLanes, Count1>(rows, all, a, b, c, second, first, end);
        }
    }

    private static void Tiles<T, TVector, TLanes, TColumns>(
        int rows, in SmallBatch<T> all, T* a, T* b, T* c, nint second, int first, int end)
        where T : unmanaged
        where TVector : unmanaged
        where TLanes : struct, ILanes<T, TVector>
        where TColumns : struct, ICount
    {
        switch (rows)
        {
            case 1:
                SmallTile<T, TVector, TLanes, Count1, TColumns>.Run(all, a, b, c, second, first, end);
                break;
            case 2:
                SmallTile<T, TVector, TLanes, Count2, TColumns>.Run(all, a, b, c, second, first, end);
                break;
            case 3:
                SmallTile<T, TVector, TLanes, Count3, TColumns>.Run(all, a, b, c, second, first, end);
                break;
            case 4:
                SmallTile<T, TVector, TLanes, Count4, TColumns>.Run(all, a, b, c, second, first, end);
                break;
            case 5:
                SmallTile<T, TVector, TLanes, Count5, TColumns>.Run(all, a, b, c, second, first, end);
                break;
            case 6:
                SmallTile<T, TVector, TLanes, Count6, TColumns>.Run(all, a, b, c, second, first, end);
                break;
            case 7:
                SmallTile<T, TVector, TLanes, Count7, TColumns>.Run(all, a, b, c, second, first, end);
                break;
            default:
                SmallTile<T, TVector, TLanes, Count8, TColumns>.Run(all, a, b, c, second, first, end);
                break;
        }
    }

    /// <summary>Rows shorter than a vector of 128 bits.</summary>
    [SkipLocalsInit]
    private static void Narrow<T>(in SmallBatch<T> products, int first, int end)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int lanes = Vector128<T>.Count;
        T* rows = stackalloc T[SmallGemm.Most * lanes];
        T* target = stackalloc T[SmallGemm.Most * lanes];
        SmallBatch<T> all = products;
        if (all.BBatch == 0)
        {
            Widen(products, first, rows);
            all = all with { B = rows, BRow = lanes, BLeft = all.K * lanes };
        }

        int safe = Math.Clamp(SafeEnd(all, end), first, end);
        if (safe > first)
        {
            Tiles<T, Vector128<T>, Lanes128<T>, Count1>(all.M, all, all.A, all.B, all.C, 0, first, safe);
        }

        SmallBatch<T> own = all with { N = lanes, B = rows, BRow = lanes, BBatch = 0, C = target, CRow = lanes, CBatch = 0 };
        for (int product = safe; product < end; product++)
        {
            if (all.BBatch != 0)
            {
                Widen(all, product, rows);
            }

            Wide<T, Vector128<T>, Lanes128<T>>(own, product, product + 1);
            for (int i = 0; i < all.M; i++)
            {
                new ReadOnlySpan<T>(target + (i * lanes), all.N).CopyTo(new(all.C + (product * all.CBatch) + (i * all.CRow), all.N));
            }
        }
    }

    /// <summary>The end of the products whose short rows may be read and written as vectors, with what stands behind them.</summary>
    private static int SafeEnd<T>(in SmallBatch<T> all, int end)
        where T : unmanaged
    {
        int lanes = Vector128<T>.Count;
        nint reach = ((all.K - 1) * all.BRow) + lanes;
        if (all.M > 8 || all.CRow != all.N || all.CBatch != (nint)all.M * all.N || all.BLeft < reach)
        {
            return 0;
        }

        // The last products of a part write into memory of their own, the last of B are copied.
        int safe = end - GemmTiling.Ceiling(lanes, all.M * all.N);
        return all.BBatch > 0 ? (int)Math.Min(safe, 1 + ((all.BLeft - reach) / all.BBatch)) : safe;
    }

    /// <summary>Copies the rows of B of a product; what they lack of a vector are zeros.</summary>
    private static void Widen<T>(in SmallBatch<T> all, int product, T* rows)
        where T : unmanaged
    {
        int lanes = Vector128<T>.Count;
        for (int p = 0; p < all.K; p++)
        {
            for (int j = 0; j < lanes; j++)
            {
                rows[(p * lanes) + j] = j < all.N ? all.B[(product * all.BBatch) + (p * all.BRow) + j] : default;
            }
        }
    }
}
