using System.Numerics;
using Adjoint.Core;
using Adjoint.Kernels;
using Adjoint.Kernels.Factors;
using Adjoint.Kernels.Libraries;

namespace Adjoint.Primitives;

/// <summary>Elimination of each matrix, by panels of LAPACK's or by halves.</summary>
internal sealed unsafe class LuKernel<T>(Shape shape, Factorizations? library)
    : MatrixKernel(Matrices.Count(shape), (double)shape[^2].Value * shape[^1].Value * Math.Min(shape[^2].Value, shape[^1].Value) * 2 / 3)
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly int m = shape[^2].Value;
    private readonly int n = shape[^1].Value;
    private readonly FactorScratch? scratch = FactorScratch.Of<T>(library, Factorization.Lu, shape[^2].Value, shape[^1].Value);

    /// <inheritdoc/>
    public override bool MayOverwrite(int operand, int result) => result == 0;

    private protected override void One(int index, NDArray[] operands, NDArray[] results, IParallel parallel)
    {
        int size = m * n, k = Math.Min(m, n), start = results[0].Start + (index * size);
        T[] factors = results[0].Memory<T>();
        Span<int> pivots = results[1].Memory<int>().AsSpan(results[1].Start + (index * k), k);
        ReadOnlySpan<T> given = operands[0].Span<T>().Slice(index * size, size);
        if (!Finite.All(given))
        {
            factors.AsSpan(start, size).Fill(T.NaN);
            LuFactor.Order([], pivots);
        }
        else
        {
            Copy<T>(operands[0], results[0], index * size, size);
            Eliminate(factors, start, pivots, parallel);
        }

        LuFactor.Order(pivots, results[2].Memory<int>().AsSpan(results[2].Start + (index * m), m));
    }

    private void Eliminate(T[] factors, int start, Span<int> pivots, IParallel parallel)
    {
        if (library is not { } native || scratch is null)
        {
            LuFactor.Run(m, n, new Matrix<T>(factors, start, n, 1), pivots, parallel);
            return;
        }

        byte[] space = scratch.Rent();
        fixed (T* a = factors)
        {
            fixed (int* exchanged = pivots)
            {
                fixed (byte* work = space)
                {
                    native.Calls.Lu(native.Library, m, n, a + start, exchanged, work, space.Length);
                }
            }
        }

        FactorScratch.Return(space);
    }
}
