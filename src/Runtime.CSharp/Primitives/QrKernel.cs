using System.Buffers;
using System.Numerics;
using System.Numerics.Tensors;
using Adjoint.Core;
using Adjoint.Kernels;
using Adjoint.Kernels.Factors;
using Adjoint.Kernels.Libraries;

namespace Adjoint.Primitives;

/// <summary>Q R of each matrix, by LAPACK or by blocks of reflections; then the diagonal of R gets its sign.</summary>
internal sealed unsafe class QrKernel<T>(Shape shape, Factorizations? library)
    : MatrixKernel(Matrices.Count(shape), 2.0 * shape[^2].Value * shape[^1].Value * Math.Min(shape[^2].Value, shape[^1].Value))
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly int m = shape[^2].Value;
    private readonly int n = shape[^1].Value;
    private readonly FactorScratch? scratch = FactorScratch.Of<T>(library, Factorization.Qr, shape[^2].Value, shape[^1].Value);

    private protected override void One(int index, NDArray[] operands, NDArray[] results, IParallel parallel)
    {
        int k = Math.Min(m, n), q = results[0].Start + (index * m * k), r = results[1].Start + (index * k * n);
        T[] qs = results[0].Memory<T>(), rs = results[1].Memory<T>();
        ReadOnlySpan<T> given = operands[0].Span<T>().Slice(index * m * n, m * n);
        if (!Finite.All(given))
        {
            qs.AsSpan(q, m * k).Fill(T.NaN);
            rs.AsSpan(r, k * n).Fill(T.NaN);
            return;
        }

        T[] rented = ArrayPool<T>.Shared.Rent(m * n);
        given.CopyTo(rented);
        Matrix<T> left = new(qs, q, k, 1), right = new(rs, r, n, 1);
        if (library is { } native && scratch is { } memory)
        {
            Native(native, memory, rented, qs, q, rs, r);
        }
        else
        {
            QrFactor.Run(m, n, new Matrix<T>(rented, 0, n, 1), left, right, parallel);
        }

        ArrayPool<T>.Shared.Return(rented);
        Settle(k, left, right);
    }

    private void Native(Factorizations native, FactorScratch memory, T[] a, T[] qs, int q, T[] rs, int r)
    {
        byte[] space = memory.Rent();
        fixed (T* from = a, left = qs, right = rs)
        {
            fixed (byte* work = space)
            {
                native.Calls.Qr(native.Library, m, n, from, left + q, right + r, work, space.Length);
            }
        }

        FactorScratch.Return(space);
    }

    /// <summary>Rows of R, and columns of Q, change their sign where the diagonal is negative.</summary>
    private void Settle(int k, in Matrix<T> q, in Matrix<T> r)
    {
        T[] rented = ArrayPool<T>.Shared.Rent(Math.Max(k, 1));
        Span<T> signs = rented.AsSpan(0, k);
        for (int i = 0; i < k; i++)
        {
            signs[i] = T.IsNegative(r.At(i, i)) ? -T.One : T.One;
            if (signs[i] < T.Zero)
            {
                Rows.Scale(r.Row(i, i, n), -T.One);
            }
        }

        for (int i = 0; i < m; i++)
        {
            TensorPrimitives.Multiply(q.Row(i, 0, k), signs, q.Row(i, 0, k));
        }

        ArrayPool<T>.Shared.Return(rented);
    }
}
