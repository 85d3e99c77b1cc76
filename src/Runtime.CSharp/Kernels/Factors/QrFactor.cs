using System.Buffers;
using System.Numerics;

namespace Adjoint.Kernels.Factors;

/// <summary>A = Q R by reflections, in blocks of columns: those of a block act together as I − V T Vᵀ (Schreiber and Van Loan 1989).</summary>
/// <remarks>Backward stable, and Q is orthonormal to rounding (Higham 2002, theorem 19.4). The diagonal of R has any sign.</remarks>
internal static class QrFactor
{
    private const int Width = 32;

    /// <summary>q [m, k] and r [k, n] of a [m, n], k = min(m, n), all row-major; a is overwritten.</summary>
    internal static void Run<T>(int m, int n, in Matrix<T> a, in Matrix<T> q, in Matrix<T> r, IParallel parallel)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int k = Math.Min(m, n);
        var blocks = new List<Reflections<T>>();
        for (int p = 0; p < k; p += Width)
        {
            int width = Math.Min(Width, k - p);
            var block = Reflections<T>.Of(m - p, width, a.From(p, p));
            block.Apply(n - p - width, a.From(p, p + width), true, parallel);
            blocks.Add(block);
        }

        for (int i = 0; i < k; i++)
        {
            r.Row(i, 0, i).Clear();
            a.Row(i, i, n).CopyTo(r.Row(i, i, n));
        }

        for (int i = 0; i < m; i++)
        {
            q.Row(i, 0, k).Clear();
            if (i < k)
            {
                q.At(i, i) = T.One;
            }
        }

        for (int i = blocks.Count - 1; i >= 0; i--)
        {
            blocks[i].Apply(k - (i * Width), q.From(i * Width, i * Width), false, parallel);
            blocks[i].Return();
        }
    }
}

/// <summary>Some reflections one after the other: H₁ H₂ … = I − V T Vᵀ, V of unit lower trapezoidal shape.</summary>
internal sealed class Reflections<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly int rows;
    private readonly int width;
    private readonly Matrix<T> v;
    private readonly Matrix<T> t;

    private Reflections(int rows, int width)
    {
        this.rows = rows;
        this.width = width;
        v = new(ArrayPool<T>.Shared.Rent(rows * width), 0, width, 1);
        t = new(ArrayPool<T>.Shared.Rent(width * width), 0, width, 1);
    }

    /// <summary>Those that make the first columns of a upper triangular, which they become.</summary>
    internal static Reflections<T> Of(int rows, int width, in Matrix<T> a)
    {
        var made = new Reflections<T>(rows, width);
        Span<T> sums = stackalloc T[64];
        for (int j = 0; j < width; j++)
        {
            T tau = Reflect(rows, j, a);
            made.Keep(j, tau, a);
            Span<T> row = sums[..(width - j - 1)];
            row.Clear();
            for (int i = j; i < rows; i++)
            {
                Rows.Add(row, made.v.At(i, j), a.Row(i, j + 1, width));
            }

            for (int i = j; i < rows; i++)
            {
                Rows.Add(a.Row(i, j + 1, width), -tau * made.v.At(i, j), row);
            }
        }

        return made;
    }

    /// <summary>C becomes H C, or Hᵀ C, where C has so many columns.</summary>
    internal void Apply(int columns, in Matrix<T> c, bool transposed, IParallel parallel)
    {
        if (columns <= 0)
        {
            return;
        }

        T[] rented = ArrayPool<T>.Shared.Rent(2 * width * columns);
        Matrix<T> inner = new(rented, 0, columns, 1), turned = new(rented, width * columns, columns, 1);
        Gemm.Multiply(width, columns, rows, v.Transposed, c, inner, parallel);
        Gemm.Multiply(width, columns, width, transposed ? t.Transposed : t, inner, turned, parallel);
        Blocks.Subtract(rows, columns, width, v, turned, c, parallel);
        ArrayPool<T>.Shared.Return(rented);
    }

    /// <summary>Gives the memory back.</summary>
    internal void Return()
    {
        ArrayPool<T>.Shared.Return(v.Data);
        ArrayPool<T>.Shared.Return(t.Data);
    }

    /// <summary>The reflection of a column from its diagonal element on: below it lies v, which begins with 1; there R. Gives its factor.</summary>
    private static T Reflect(int rows, int j, in Matrix<T> a)
    {
        T largest = T.Zero, sum = T.Zero;
        for (int i = j; i < rows; i++)
        {
            largest = T.Max(largest, T.Abs(a.At(i, j)));
        }

        if (largest == T.Zero)
        {
            return T.Zero;
        }

        for (int i = j; i < rows; i++)
        {
            T part = a.At(i, j) / largest;
            sum += part * part;
        }

        T first = a.At(j, j), beta = -T.CopySign(largest * T.Sqrt(sum), first);
        for (int i = j + 1; i < rows; i++)
        {
            a.At(i, j) /= first - beta;
        }

        a.At(j, j) = beta;
        return (beta - first) / beta;
    }

    /// <summary>Takes v of a column over, and its column of T: −τ T (Vᵀ v).</summary>
    private void Keep(int j, T tau, in Matrix<T> a)
    {
        Span<T> products = stackalloc T[64];
        products = products[..j];
        products.Clear();
        for (int i = 0; i < rows; i++)
        {
            T element = i < j ? T.Zero : i == j ? T.One : a.At(i, j);
            v.At(i, j) = element;
            if (i >= j)
            {
                Rows.Add(products, element, v.Row(i, 0, j));
            }
        }

        for (int i = 0; i < width; i++)
        {
            t.At(i, j) = i == j ? tau : i > j ? T.Zero : -tau * Rows.Dot<T>(t.Row(i, i, j), products[i..]);
        }
    }
}
