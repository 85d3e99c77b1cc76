using System.Runtime.CompilerServices;

namespace Adjoint.Kernels;

/// <summary>Up to eight rows and two vectors of small products; the numbers of both are known to the JIT, that of the terms is not.</summary>
internal static unsafe class SmallTile<T, TVector, TLanes, TRows, TColumns>
    where T : unmanaged
    where TVector : unmanaged
    where TLanes : struct, ILanes<T, TVector>
    where TRows : struct, ICount
    where TColumns : struct, ICount
{
    /// <summary>The tile that begins at these places of each of some products; the second vector begins so many elements after the first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(in SmallBatch<T> all, T* a, T* b, T* c, nint second, int first, int end)
    {
        nint one = all.ARow, two = 2 * one, three = 3 * one, step = all.AColumn, bRow = all.BRow, cRow = all.CRow;
        nint aBatch = all.ABatch, bBatch = all.BBatch, cBatch = all.CBatch;
        int k = all.K;
        a += first * aBatch;
        b += first * bBatch;
        c += first * cBatch;
        for (int product = first; product < end; product++, a += aBatch, b += bBatch, c += cBatch)
        {
            TVector c00 = default, c10 = default, c20 = default, c30 = default;
            TVector c40 = default, c50 = default, c60 = default, c70 = default;
            TVector c01 = default, c11 = default, c21 = default, c31 = default;
            TVector c41 = default, c51 = default, c61 = default, c71 = default;
            T* low = a;
            T* high = a + (4 * one);
            T* row = b;
            for (int p = 0; p < k; p++)
            {
                TVector b0 = TLanes.Load(row);
                TVector b1 = TColumns.Value > 1 ? TLanes.Load(row + second) : default;
                Step(low, b0, b1, ref c00, ref c01);
                if (TRows.Value > 1)
                {
                    Step(low + one, b0, b1, ref c10, ref c11);
                }

                if (TRows.Value > 2)
                {
                    Step(low + two, b0, b1, ref c20, ref c21);
                }

                if (TRows.Value > 3)
                {
                    Step(low + three, b0, b1, ref c30, ref c31);
                }

                if (TRows.Value > 4)
                {
                    Step(high, b0, b1, ref c40, ref c41);
                }

                if (TRows.Value > 5)
                {
                    Step(high + one, b0, b1, ref c50, ref c51);
                }

                if (TRows.Value > 6)
                {
                    Step(high + two, b0, b1, ref c60, ref c61);
                }

                if (TRows.Value > 7)
                {
                    Step(high + three, b0, b1, ref c70, ref c71);
                }

                low += step;
                high += step;
                row += bRow;
            }

            Finish(0, c00, c01, c, cRow, second);
            Finish(1, c10, c11, c, cRow, second);
            Finish(2, c20, c21, c, cRow, second);
            Finish(3, c30, c31, c, cRow, second);
            Finish(4, c40, c41, c, cRow, second);
            Finish(5, c50, c51, c, cRow, second);
            Finish(6, c60, c61, c, cRow, second);
            Finish(7, c70, c71, c, cRow, second);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Step(T* a, TVector b0, TVector b1, ref TVector c0, ref TVector c1)
    {
        TVector left = TLanes.Broadcast(a);
        c0 = TLanes.MultiplyAdd(left, b0, c0);
        if (TColumns.Value > 1)
        {
            c1 = TLanes.MultiplyAdd(left, b1, c1);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Finish(int row, TVector c0, TVector c1, T* c, nint cRow, nint second)
    {
        if (TRows.Value > row)
        {
            TLanes.Store(c0, c + (row * cRow));
            if (TColumns.Value > 1)
            {
                TLanes.Store(c1, c + (row * cRow) + second);
            }
        }
    }
}
