using System.Numerics;

namespace Adjoint.Kernels.Factors;

/// <summary>Triangular systems in place, by halves of the triangle: what is known is taken from the rest by a product.</summary>
/// <remarks>Row by row the error is that of a triangle within n eps |T| (Higham 2002, theorem 8.5). A zero on the diagonal divides.</remarks>
internal static class Substitution
{
    /// <summary>T X = B: b, of n rows and k columns beside each other, becomes X. The other triangle of t is not read.</summary>
    internal static void Left<T>(int n, int k, in Matrix<T> t, bool upper, bool unit, in Matrix<T> b, IParallel parallel)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (n <= Blocks.Smallest || IsVector(k, b))
        {
            PlainLeft(n, k, t, upper, unit, b);
            return;
        }

        int half = Blocks.Half(n), rest = n - half;
        Matrix<T> second = t.From(half, half), below = b.From(half, 0);
        if (upper)
        {
            Left(rest, k, second, true, unit, below, parallel);
            Blocks.Subtract(half, k, rest, t.From(0, half), below, b, parallel);
            Left(half, k, t, true, unit, b, parallel);
        }
        else
        {
            Left(half, k, t, false, unit, b, parallel);
            Blocks.Subtract(rest, k, half, t.From(half, 0), b, below, parallel);
            Left(rest, k, second, false, unit, below, parallel);
        }
    }

    /// <summary>X T = B: b, of k rows and n columns beside each other, becomes X. The other triangle of t is not read.</summary>
    internal static void Right<T>(int k, int n, in Matrix<T> t, bool upper, bool unit, in Matrix<T> b, IParallel parallel)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (n <= Blocks.Smallest)
        {
            PlainRight(k, n, t, upper, unit, b);
            return;
        }

        int half = Blocks.Half(n), rest = n - half;
        Matrix<T> second = t.From(half, half), beside = b.From(0, half);
        if (upper)
        {
            Right(k, half, t, true, unit, b, parallel);
            Blocks.Subtract(k, rest, half, b, t.From(0, half), beside, parallel);
            Right(k, rest, second, true, unit, beside, parallel);
        }
        else
        {
            Right(k, rest, second, false, unit, beside, parallel);
            Blocks.Subtract(k, half, rest, beside, t.From(half, 0), b, parallel);
            Right(k, half, t, false, unit, b, parallel);
        }
    }

    private static bool IsVector<T>(int k, in Matrix<T> b)
        where T : unmanaged => k == 1 && b.RowStride == 1;

    private static void PlainLeft<T>(int n, int k, in Matrix<T> t, bool upper, bool unit, in Matrix<T> b)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (IsVector(k, b))
        {
            // One right-hand side is one row on the other side of the transpose.
            PlainRight(1, n, t.Transposed, !upper, unit, b with { RowStride = n });
            return;
        }

        for (int step = 0; step < n; step++)
        {
            int i = upper ? n - 1 - step : step;
            int from = upper ? i + 1 : 0, to = upper ? n : i;
            Span<T> row = b.Row(i, 0, k);
            for (int j = from; j < to; j++)
            {
                Rows.Add(row, -t.At(i, j), b.Row(j, 0, k));
            }

            Divide(row, t, i, unit);
        }
    }

    private static void PlainRight<T>(int k, int n, in Matrix<T> t, bool upper, bool unit, in Matrix<T> b)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Matrix<T> columns = t.Transposed;
        bool dots = columns.ColumnStride == 1;
        for (int row = 0; row < k; row++)
        {
            Span<T> x = b.Row(row, 0, n);
            for (int step = 0; step < n; step++)
            {
                int j = upper ? step : n - 1 - step;
                if (dots)
                {
                    int from = upper ? 0 : j + 1, to = upper ? j : n;
                    x[j] -= Rows.Dot<T>(x[from..to], columns.Row(j, from, to));
                    Divide(x.Slice(j, 1), t, j, unit);
                }
                else
                {
                    Divide(x.Slice(j, 1), t, j, unit);
                    int from = upper ? j + 1 : 0, to = upper ? n : j;
                    Rows.Add(x[from..to], -x[j], t.Row(j, from, to));
                }
            }
        }
    }

    private static void Divide<T>(Span<T> x, in Matrix<T> t, int place, bool unit)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (!unit)
        {
            T pivot = t.At(place, place);
            for (int i = 0; i < x.Length; i++)
            {
                x[i] /= pivot;
            }
        }
    }
}
