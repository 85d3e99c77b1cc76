using System.Buffers;
using System.Numerics;
using Adjoint.Core;
using Adjoint.Kernels;
using Adjoint.Kernels.Factors;
using Adjoint.Kernels.Libraries;

namespace Adjoint.Primitives;

/// <summary>Eigenvalues and vectors of each symmetric matrix, by LAPACK or by reflections and rotations; then each vector gets its sign.</summary>
internal sealed unsafe class EighKernel<T>(Shape shape, Factorizations? library) : MatrixKernel(Matrices.Count(shape), 5 * Math.Pow(shape[^1].Value, 3))
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly int n = shape[^1].Value;
    private readonly FactorScratch? scratch = FactorScratch.Of<T>(library, Factorization.Eigh, shape[^1].Value, shape[^1].Value);

    private protected override void One(int index, NDArray[] operands, NDArray[] results, IParallel parallel)
    {
        int w = results[0].Start + (index * n), v = results[1].Start + (index * n * n);
        T[] values = results[0].Memory<T>(), vectors = results[1].Memory<T>(), rented = ArrayPool<T>.Shared.Rent(Math.Max(n * n, 1));
        operands[0].Span<T>().Slice(index * n * n, n * n).CopyTo(rented);
        bool done = IsFinite(rented);
        if (done && library is { } native && scratch is { } memory)
        {
            done = Native(native, memory, rented, values, w);
        }
        else if (done)
        {
            done = EighFactor.Run(n, new Matrix<T>(rented, 0, n, 1), values.AsSpan(w, n));
        }

        if (done)
        {
            Settle(rented, vectors, v);
        }
        else
        {
            values.AsSpan(w, n).Fill(T.NaN);
            vectors.AsSpan(v, n * n).Fill(T.NaN);
        }

        ArrayPool<T>.Shared.Return(rented);
    }

    /// <summary>Only the lower triangle counts, but what is not finite above it makes all NaN too, as evaluation does.</summary>
    private bool IsFinite(T[] a) => Finite.All<T>(a.AsSpan(0, n * n));

    private bool Native(Factorizations native, FactorScratch memory, T[] a, T[] values, int w)
    {
        byte[] space = memory.Rent();
        bool done;
        fixed (T* matrix = a, eigenvalues = values)
        {
            fixed (byte* work = space)
            {
                done = native.Calls.Eigh(native.Library, n, matrix, eigenvalues + w, work, space.Length);
            }
        }

        FactorScratch.Return(space);
        return done;
    }

    /// <summary>Rows, each with its sign, become columns.</summary>
    private void Settle(T[] rows, T[] vectors, int v)
    {
        for (int i = 0; i < n; i++)
        {
            Signs.Settle(rows.AsSpan(i * n, n));
        }

        fixed (T* from = rows, to = vectors)
        {
            Transposition.Run(from, to + v, n, n, n, n);
        }
    }
}
