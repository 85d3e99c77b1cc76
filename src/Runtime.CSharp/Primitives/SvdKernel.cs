using System.Buffers;
using System.Numerics;
using Adjoint.Core;
using Adjoint.Kernels;
using Adjoint.Kernels.Factors;
using Adjoint.Kernels.Libraries;

namespace Adjoint.Primitives;

/// <summary>Singular values and vectors of each matrix, by LAPACK or by rotations; then each pair of vectors gets its sign.</summary>
internal sealed unsafe class SvdKernel<T>(Shape shape, Factorizations? library)
    : MatrixKernel(Matrices.Count(shape), 10.0 * shape[^2].Value * shape[^1].Value * Math.Min(shape[^2].Value, shape[^1].Value))
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly int m = shape[^2].Value;
    private readonly int n = shape[^1].Value;
    private readonly FactorScratch? scratch = FactorScratch.Of<T>(library, Factorization.Svd, shape[^2].Value, shape[^1].Value);

    private protected override void One(int index, NDArray[] operands, NDArray[] results, IParallel parallel)
    {
        int k = Math.Min(m, n), size = m * n;
        Matrix<T> u = new(results[0].Memory<T>(), results[0].Start + (index * m * k), k, 1);
        Span<T> s = results[1].Memory<T>().AsSpan(results[1].Start + (index * k), k);
        Matrix<T> vt = new(results[2].Memory<T>(), results[2].Start + (index * k * n), n, 1);
        ReadOnlySpan<T> given = operands[0].Span<T>().Slice(index * size, size);
        T[] rented = ArrayPool<T>.Shared.Rent(Math.Max(size, 1));
        given.CopyTo(rented);
        bool done = Finite.All(given);
        if (done && k > 0)
        {
            done = library is { } native && scratch is { } memory ? Native(native, memory, rented, u, s, vt) : Managed(k, rented, u, s, vt);
        }

        ArrayPool<T>.Shared.Return(rented);
        if (done)
        {
            Signs.SettleColumns(m, k, u, n, vt);
            return;
        }

        u.Data.AsSpan(u.Offset, m * k).Fill(T.NaN);
        s.Fill(T.NaN);
        vt.Data.AsSpan(vt.Offset, k * n).Fill(T.NaN);
    }

    private bool Native(Factorizations native, FactorScratch memory, T[] a, in Matrix<T> u, Span<T> s, in Matrix<T> vt)
    {
        byte[] space = memory.Rent();
        bool done;
        fixed (T* matrix = a, left = u.Data, values = s, right = vt.Data)
        {
            fixed (byte* work = space)
            {
                done = native.Calls.Svd(native.Library, m, n, matrix, left + u.Offset, values, right + vt.Offset, work, space.Length);
            }
        }

        FactorScratch.Return(space);
        return done;
    }

    /// <summary>Lines are the shorter side's: rows of a wide matrix, columns of a tall one.</summary>
    private bool Managed(int k, T[] a, in Matrix<T> u, Span<T> s, in Matrix<T> vt)
    {
        T[] turns = ArrayPool<T>.Shared.Rent(k * k), turned = ArrayPool<T>.Shared.Rent(m * n);
        bool done;
        fixed (T* matrix = a, lines = turned, left = turns, us = u.Data, vs = vt.Data)
        {
            if (m >= n)
            {
                Transposition.Run(matrix, lines, m, n, n, m);
                done = SvdFactor.Run(k, m, new Matrix<T>(turned, 0, m, 1), s, new Matrix<T>(turns, 0, k, 1));
                Transposition.Run(lines, us + u.Offset, n, m, m, n);
                new ReadOnlySpan<T>(left, k * k).CopyTo(new(vs + vt.Offset, k * k));
            }
            else
            {
                done = SvdFactor.Run(k, n, new Matrix<T>(a, 0, n, 1), s, new Matrix<T>(turns, 0, k, 1));
                Transposition.Run(left, us + u.Offset, k, k, k, k);
                new ReadOnlySpan<T>(matrix, k * n).CopyTo(new(vs + vt.Offset, k * n));
            }
        }

        ArrayPool<T>.Shared.Return(turns);
        ArrayPool<T>.Shared.Return(turned);
        return done;
    }
}
