using System.Numerics;
using System.Runtime.CompilerServices;

namespace Adjoint.Kernels;

/// <summary>A vector times the columns of small matrices, whose terms are so few that numbers are faster than vectors.</summary>
/// <remarks>Summation order: ascending terms, with fused multiply-adds.</remarks>
internal static unsafe class SmallSums
{
    /// <summary>Whether columns of so many terms are summed here: loads of vectors that hold them would bring as many lanes that are not used.</summary>
    public static bool Fits<T>(int terms, int columns)
        where T : unmanaged => columns > 1 && terms is > 1 and < 8;

    /// <summary>Forms some of the products, of one row each, which is contiguous, as are the columns.</summary>
    public static void Run<T>(in ProductBatch<T> products, int first, int end)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        fixed (T* a = products.A.Data, b = products.B.Data, c = products.C.Data)
        {
            SmallBatch<T> all = SmallBatch<T>.Of(products, a, b, c);
            switch (products.K, products.N)
            {
                case (2, _):
                    Two(all, products.B.ColumnStride, first, end);
                    break;
                case (3, 3):
                    ThreeOfThree(all, products.B.ColumnStride, first, end);
                    break;
                case (3, _):
                    Three(all, products.B.ColumnStride, first, end);
                    break;
                case (4, _):
                    Four(all, products.B.ColumnStride, first, end);
                    break;
                default:
                    Any(all, products.B.ColumnStride, first, end);
                    break;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Two<T>(in SmallBatch<T> all, nint distance, int first, int end)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        nint n = all.N;
        for (nint product = first; product < end; product++)
        {
            T* x = all.A + (product * all.ABatch), column = all.B + (product * all.BBatch), c = all.C + (product * all.CBatch);
            T x0 = x[0], x1 = x[1];
            for (nint j = 0; j < n; j++)
            {
                c[j] = T.FusedMultiplyAdd(column[1], x1, T.FusedMultiplyAdd(column[0], x0, T.Zero));
                column += distance;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Three<T>(in SmallBatch<T> all, nint distance, int first, int end)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        nint n = all.N;
        for (nint product = first; product < end; product++)
        {
            T* x = all.A + (product * all.ABatch), column = all.B + (product * all.BBatch), c = all.C + (product * all.CBatch);
            T x0 = x[0], x1 = x[1], x2 = x[2];
            for (nint j = 0; j < n; j++)
            {
                c[j] = Sum(column, x0, x1, x2);
                column += distance;
            }
        }
    }

    /// <summary>Points and rotations: no loop over columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ThreeOfThree<T>(in SmallBatch<T> all, nint distance, int first, int end)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        (nint aBatch, nint bBatch, nint cBatch) = (all.ABatch, all.BBatch, all.CBatch);
        T* x = all.A + (first * aBatch), column = all.B + (first * bBatch), c = all.C + (first * cBatch);
        for (int product = first; product < end; product++)
        {
            T x0 = x[0], x1 = x[1], x2 = x[2];
            c[0] = Sum(column, x0, x1, x2);
            c[1] = Sum(column + distance, x0, x1, x2);
            c[2] = Sum(column + (2 * distance), x0, x1, x2);
            x += aBatch;
            column += bBatch;
            c += cBatch;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Four<T>(in SmallBatch<T> all, nint distance, int first, int end)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        nint n = all.N;
        for (nint product = first; product < end; product++)
        {
            T* x = all.A + (product * all.ABatch), column = all.B + (product * all.BBatch), c = all.C + (product * all.CBatch);
            T x0 = x[0], x1 = x[1], x2 = x[2], x3 = x[3];
            for (nint j = 0; j < n; j++)
            {
                c[j] = T.FusedMultiplyAdd(column[3], x3, Sum(column, x0, x1, x2));
                column += distance;
            }
        }
    }

    /// <summary>Two columns at a time.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Any<T>(in SmallBatch<T> all, nint distance, int first, int end)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        (nint n, nint terms) = (all.N, all.K);
        for (nint product = first; product < end; product++)
        {
            T* x = all.A + (product * all.ABatch), column = all.B + (product * all.BBatch), c = all.C + (product * all.CBatch);
            for (nint j = 0; j < n; j += 2)
            {
                T* other = j + 1 < n ? column + distance : column;
                T sum = T.Zero, next = T.Zero;
                for (nint k = 0; k < terms; k++)
                {
                    T factor = x[k];
                    sum = T.FusedMultiplyAdd(column[k], factor, sum);
                    next = T.FusedMultiplyAdd(other[k], factor, next);
                }

                c[j] = sum;
                c[Math.Min(j + 1, n - 1)] = next;
                column = other + distance;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Sum<T>(T* column, T x0, T x1, T x2)
        where T : unmanaged, IFloatingPointIeee754<T> =>
        T.FusedMultiplyAdd(column[2], x2, T.FusedMultiplyAdd(column[1], x1, T.FusedMultiplyAdd(column[0], x0, T.Zero)));
}
