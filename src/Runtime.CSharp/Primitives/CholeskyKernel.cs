using System.Numerics;
using Adjoint.Core;
using Adjoint.Kernels;
using Adjoint.Kernels.Factors;
using Adjoint.Kernels.Libraries;

namespace Adjoint.Primitives;

/// <summary>Cholesky's factorization of each matrix, by LAPACK or by halves.</summary>
internal sealed unsafe class CholeskyKernel<T>(Shape shape, Factorizations? library) : MatrixKernel(Matrices.Count(shape), Math.Pow(shape[^1].Value, 3) / 3)
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly int n = shape[^1].Value;

    /// <inheritdoc/>
    public override bool MayOverwrite(int operand, int result) => true;

    private protected override void One(int index, NDArray[] operands, NDArray[] results, IParallel parallel)
    {
        int size = n * n, start = results[0].Start + (index * size);
        T[] l = results[0].Memory<T>();
        Copy<T>(operands[0], results[0], index * size, size);
        bool done = true;
        if (library is { } native)
        {
            fixed (T* place = l)
            {
                done = native.Calls.Cholesky(native.Library, n, place + start);
            }
        }
        else
        {
            CholeskyFactor.Run(n, new Matrix<T>(l, start, n, 1), parallel);
        }

        Settle(l.AsSpan(start, size), done);
    }

    /// <summary>Zeros above the diagonal; NaN below where the diagonal is not positive and finite.</summary>
    private void Settle(Span<T> l, bool isDefinite)
    {
        for (int i = 0; i < n; i++)
        {
            T last = l[(i * n) + i];
            isDefinite &= last > T.Zero && T.IsFinite(last);
            l[((i * n) + i + 1)..((i + 1) * n)].Clear();
        }

        for (int i = 0; i < n && !isDefinite; i++)
        {
            l.Slice(i * n, i + 1).Fill(T.NaN);
        }
    }
}
