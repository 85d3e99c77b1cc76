using System.Numerics;

namespace Adjoint.Kernels.Factors;

/// <summary>Singular values and vectors by rotations between pairs of rows until all are orthogonal (one-sided Jacobi; Hestenes 1958).</summary>
/// <remarks>Small singular values are as accurate as the matrix allows (Demmel and Veselić 1992). Some sweeps over all pairs: dear for large matrices.</remarks>
internal static class SvdFactor
{
    private const int MostSweeps = 60;

    /// <summary>
    /// Of b [k, n] with k ≤ n: the rows become orthonormal, s their lengths, descending, and left [k, k] has the rows that b was turned by:
    /// b = leftᵀ diag(s) b'. Whether it converged.
    /// </summary>
    internal static bool Run<T>(int k, int n, in Matrix<T> b, Span<T> s, in Matrix<T> left)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (int i = 0; i < k; i++)
        {
            left.Row(i, 0, k).Clear();
            left.At(i, i) = T.One;
        }

        T scale = Scaled(k, n, b);
        bool turned = true;
        for (int sweep = 0; sweep < MostSweeps && turned; sweep++)
        {
            turned = false;
            for (int i = 0; i < k; i++)
            {
                for (int j = i + 1; j < k; j++)
                {
                    turned |= Turn(b.Row(i, 0, n), b.Row(j, 0, n), left.Row(i, 0, k), left.Row(j, 0, k));
                }
            }
        }

        for (int i = 0; i < k; i++)
        {
            s[i] = T.Sqrt(Rows.Dot<T>(b.Row(i, 0, n), b.Row(i, 0, n)));
        }

        Sort(k, n, b, s, left);
        Normalise(k, n, b, s);
        Rows.Scale(s, scale);
        return !turned;
    }

    /// <summary>Brings the largest element to 1, so that squares neither overflow nor vanish.</summary>
    private static T Scaled<T>(int k, int n, in Matrix<T> b)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T largest = T.Zero;
        for (int i = 0; i < k; i++)
        {
            foreach (T element in b.Row(i, 0, n))
            {
                largest = T.Max(largest, T.Abs(element));
            }
        }

        for (int i = 0; i < k && largest > T.Zero; i++)
        {
            foreach (ref T element in b.Row(i, 0, n))
            {
                element /= largest;
            }
        }

        return largest;
    }

    /// <summary>Turns two rows so that they are orthogonal, the longer one first. Whether they weren't.</summary>
    private static bool Turn<T>(Span<T> x, Span<T> y, Span<T> u, Span<T> v)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T xx = Rows.Dot<T>(x, x), yy = Rows.Dot<T>(y, y), xy = Rows.Dot<T>(x, y);
        T small = T.BitIncrement(T.One) - T.One;
        if (xy == T.Zero || T.Abs(xy) <= small * T.Sqrt(T.CreateChecked(x.Length)) * T.Sqrt(xx) * T.Sqrt(yy))
        {
            return false;
        }

        T two = T.One + T.One, zeta = (xx - yy) / (two * xy);
        T t = T.CopySign(T.One, zeta) / (T.Abs(zeta) + T.Hypot(T.One, zeta));
        T c = T.One / T.Hypot(T.One, t), sine = c * t;
        Rows.Turn(x, y, c, sine);
        Rows.Turn(u, v, c, sine);
        return true;
    }

    private static void Sort<T>(int k, int n, in Matrix<T> b, Span<T> s, in Matrix<T> left)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (int i = 0; i < k; i++)
        {
            int most = i;
            for (int j = i + 1; j < k; j++)
            {
                most = s[j] > s[most] ? j : most;
            }

            if (most != i)
            {
                (s[i], s[most]) = (s[most], s[i]);
                Swap(b.Row(i, 0, n), b.Row(most, 0, n));
                Swap(left.Row(i, 0, k), left.Row(most, 0, k));
            }
        }
    }

    /// <summary>Rows over their lengths; those without length become any that complete the others.</summary>
    private static void Normalise<T>(int k, int n, in Matrix<T> b, Span<T> s)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T least = k == 0 ? T.Zero : s[0] * T.CreateChecked(n) * (T.BitIncrement(T.One) - T.One);
        int unit = 0;
        for (int i = 0; i < k; i++)
        {
            Span<T> row = b.Row(i, 0, n);
            if (s[i] > least)
            {
                Rows.Scale(row, T.One / s[i]);
                continue;
            }

            for (T length = T.Zero; length * length * T.CreateChecked(4 * n) < T.One && unit < n; unit++)
            {
                row.Clear();
                row[unit] = T.One;
                Orthogonal(i, n, b, row);
                Orthogonal(i, n, b, row);
                length = T.Sqrt(Rows.Dot<T>(row, row));
                Rows.Scale(row, T.One / T.Max(length, T.CreateChecked(1e-30)));
            }
        }
    }

    /// <summary>Takes from a row what lies along those before it.</summary>
    private static void Orthogonal<T>(int count, int n, in Matrix<T> b, Span<T> row)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<T> other = b.Row(i, 0, n);
            Rows.Add(row, -Rows.Dot<T>(row, other), other);
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
