using System.Buffers;
using System.Numerics;

namespace Adjoint.Kernels.Factors;

/// <summary>A = V diag(w) Vᵀ of a symmetric matrix: tridiagonal by reflections, then diagonal by rotations.</summary>
/// <remarks>
/// Implicit QL steps with Wilkinson's shift (Golub and Van Loan 2013, sections 8.3.1 and 8.3.5; Parlett 1998, chapter 8). Backward stable:
/// eigenvalues err by a small multiple of n eps |A|.
/// </remarks>
internal static class EighFactor
{
    private const int MostSteps = 60;

    /// <summary>The rows of a [n, n], whose lower triangle is read, become eigenvectors; w the eigenvalues, ascending. Whether it converged.</summary>
    internal static bool Run<T>(int n, in Matrix<T> a, Span<T> w)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T[] rented = ArrayPool<T>.Shared.Rent((n * n) + (3 * n));
        var z = new Matrix<T>(rented, 0, n, 1);
        Span<T> beside = rented.AsSpan(n * n, n), taus = rented.AsSpan((n * n) + n, n), work = rented.AsSpan((n * n) + (2 * n), n);
        Mirror(n, a);
        Tridiagonal(n, a, w, beside, taus, work);
        Gather(n, a, taus, z);
        bool converged = true;
        for (int i = 0; i < n && converged; i++)
        {
            converged = Diagonal(n, i, w, beside, z);
        }

        Sort(n, w, z, a);
        ArrayPool<T>.Shared.Return(rented);
        return converged;
    }

    /// <summary>Copies the lower triangle above the diagonal.</summary>
    private static void Mirror<T>(int n, in Matrix<T> a)
        where T : unmanaged
    {
        for (int i = 0; i < n; i++)
        {
            for (int j = i + 1; j < n; j++)
            {
                a.At(i, j) = a.At(j, i);
            }
        }
    }

    /// <summary>d and e become the diagonals; row i of a keeps the vector of the reflection of step i from i + 1 on.</summary>
    private static void Tridiagonal<T>(int n, in Matrix<T> a, Span<T> d, Span<T> e, Span<T> taus, Span<T> p)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (int k = 0; k < n; k++)
        {
            d[k] = a.At(k, k);
            Span<T> v = a.Row(k, k + 1, n);
            (T tau, T beta) = v.Length == 0 ? (T.Zero, T.Zero) : Reflect(v);
            (taus[k], e[k]) = (tau, beta);
            if (tau == T.Zero)
            {
                continue;
            }

            Span<T> sums = p[..v.Length];
            for (int i = 0; i < v.Length; i++)
            {
                sums[i] = tau * Rows.Dot<T>(a.Row(k + 1 + i, k + 1, n), v);
            }

            Rows.Add(sums, -tau * Rows.Dot<T>(sums, v) / (T.One + T.One), v);
            for (int i = 0; i < v.Length; i++)
            {
                Span<T> row = a.Row(k + 1 + i, k + 1, n);
                Rows.Add(row, -v[i], sums);
                Rows.Add(row, -sums[i], v);
            }
        }
    }

    /// <summary>x becomes v with (I − τ v vᵀ) x = β e₁.</summary>
    private static (T Tau, T Beta) Reflect<T>(Span<T> x)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T largest = T.Zero;
        foreach (T element in x)
        {
            largest = T.Max(largest, T.Abs(element));
        }

        if (x.Length == 1 || largest == T.Zero)
        {
            return (T.Zero, x[0]);
        }

        Rows.Scale(x, T.One / largest);
        T first = x[0], beta = -T.CopySign(T.Sqrt(Rows.Dot<T>(x, x)), first);
        Rows.Scale(x[1..], T.One / (first - beta));
        x[0] = T.One;
        return ((beta - first) / beta, largest * beta);
    }

    /// <summary>z becomes Qᵀ: the reflections one after the other, from the last.</summary>
    private static void Gather<T>(int n, in Matrix<T> a, ReadOnlySpan<T> taus, in Matrix<T> z)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (int i = 0; i < n; i++)
        {
            z.Row(i, 0, n).Clear();
            z.At(i, i) = T.One;
        }

        for (int k = n - 2; k >= 0; k--)
        {
            ReadOnlySpan<T> v = a.Row(k, k + 1, n);
            for (int i = k + 1; i < n && taus[k] != T.Zero; i++)
            {
                Span<T> row = z.Row(i, k + 1, n);
                Rows.Add(row, -taus[k] * Rows.Dot<T>(row, v), v);
            }
        }
    }

    /// <summary>Steps until element l stands alone; the rows of z turn along.</summary>
    private static bool Diagonal<T>(int n, int l, Span<T> d, Span<T> e, in Matrix<T> z)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (int step = 0; step < MostSteps; step++)
        {
            int end = l;
            while (end < n - 1 && T.Abs(e[end]) > T.Epsilon && T.Abs(e[end]) + T.Abs(d[end]) + T.Abs(d[end + 1]) != T.Abs(d[end]) + T.Abs(d[end + 1]))
            {
                end++;
            }

            if (end == l)
            {
                return true;
            }

            Step(l, end, d, e, z, n);
        }

        return false;
    }

    private static void Step<T>(int l, int end, Span<T> d, Span<T> e, in Matrix<T> z, int n)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T two = T.One + T.One, g = (d[l + 1] - d[l]) / (two * e[l]), s = T.One, c = T.One, shift = T.Zero;
        g = d[end] - d[l] + (e[l] / (g + T.CopySign(T.Hypot(g, T.One), g)));
        for (int i = end - 1; i >= l; i--)
        {
            T f = s * e[i], b = c * e[i], r = T.Hypot(f, g);
            e[i + 1] = r;
            if (r == T.Zero)
            {
                d[i + 1] -= shift;
                e[end] = T.Zero;
                return;
            }

            (s, c) = (f / r, g / r);
            g = d[i + 1] - shift;
            r = ((d[i] - g) * s) + (two * c * b);
            shift = s * r;
            d[i + 1] = g + shift;
            g = (c * r) - b;
            Rows.Turn(z.Row(i + 1, 0, n), z.Row(i, 0, n), c, s);
        }

        d[l] -= shift;
        e[l] = g;
        e[end] = T.Zero;
    }

    /// <summary>Puts eigenvalues in ascending order, and their vectors into the rows of a.</summary>
    private static void Sort<T>(int n, Span<T> w, in Matrix<T> z, in Matrix<T> a)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int[] order = [.. Enumerable.Range(0, n)];
        T[] values = w.ToArray();
        Array.Sort(values, order);
        values.CopyTo(w);
        for (int i = 0; i < n; i++)
        {
            z.Row(order[i], 0, n).CopyTo(a.Row(i, 0, n));
        }
    }
}
