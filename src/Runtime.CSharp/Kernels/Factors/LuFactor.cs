using System.Numerics;

namespace Adjoint.Kernels.Factors;

/// <summary>P A = L U in place with the largest pivots, by halves of the columns (Toledo 1997).</summary>
/// <remarks>Error: |P A − L U| ≤ min(m, n) eps |L| |U| (Higham 2002, theorem 9.3). Of equal candidates the first row is the pivot.</remarks>
internal static class LuFactor
{
    private const int Narrow = 16;

    /// <summary>a, of m rows and n columns beside each other, becomes L and U; pivots[i] is the row that was exchanged with row i.</summary>
    internal static void Run<T>(int m, int n, in Matrix<T> a, Span<int> pivots, IParallel parallel)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int k = Math.Min(m, n);
        if (k <= Narrow)
        {
            Plain(m, n, a, pivots);
            return;
        }

        int half = k / 2;
        Matrix<T> beside = a.From(0, half), below = a.From(half, 0), rest = a.From(half, half);
        Run(m, half, a, pivots[..half], parallel);
        Exchange(beside, n - half, pivots[..half]);
        Substitution.Left(half, n - half, a, upper: false, unit: true, beside, parallel);
        Blocks.Subtract(m - half, n - half, half, below, beside, rest, parallel);
        Run(m - half, n - half, rest, pivots[half..], parallel);
        Exchange(below, half, pivots[half..]);
        foreach (ref int pivot in pivots[half..])
        {
            pivot += half;
        }
    }

    /// <summary>The order of rows that exchanges give: row i of P A is row order[i] of A.</summary>
    internal static void Order(ReadOnlySpan<int> pivots, Span<int> order)
    {
        for (int i = 0; i < order.Length; i++)
        {
            order[i] = i;
        }

        for (int i = 0; i < pivots.Length; i++)
        {
            (order[i], order[pivots[i]]) = (order[pivots[i]], order[i]);
        }
    }

    private static void Plain<T>(int m, int n, in Matrix<T> a, Span<int> pivots)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (int j = 0; j < pivots.Length; j++)
        {
            int pivot = j;
            for (int i = j + 1; i < m; i++)
            {
                pivot = T.Abs(a.At(i, j)) > T.Abs(a.At(pivot, j)) ? i : pivot;
            }

            pivots[j] = pivot;
            Swap(a.Row(j, 0, n), a.Row(pivot, 0, n));
            T largest = a.At(j, j);
            for (int i = j + 1; i < m && largest != T.Zero; i++)
            {
                T factor = a.At(i, j) /= largest;
                Rows.Add(a.Row(i, j + 1, n), -factor, a.Row(j, j + 1, n));
            }
        }
    }

    private static void Exchange<T>(in Matrix<T> a, int columns, ReadOnlySpan<int> pivots)
        where T : unmanaged
    {
        for (int i = 0; i < pivots.Length; i++)
        {
            Swap(a.Row(i, 0, columns), a.Row(pivots[i], 0, columns));
        }
    }

    private static void Swap<T>(Span<T> x, Span<T> y)
    {
        for (int i = 0; i < x.Length; i++)
        {
            (x[i], y[i]) = (y[i], x[i]);
        }
    }
}
