using System.Buffers;
using System.Numerics;
using Adjoint.Core;
using Adjoint.Kernels;
using Adjoint.Kernels.Factors;
using Adjoint.Kernels.Libraries;

namespace Adjoint.Primitives;

/// <summary>Elimination of each matrix, by LAPACK on its transpose or by halves.</summary>
internal sealed unsafe class LuKernel<T>(Shape shape, Factorizations? library)
    : MatrixKernel(Matrices.Count(shape), (double)shape[^2].Value * shape[^1].Value * Math.Min(shape[^2].Value, shape[^1].Value) * 2 / 3)
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly int m = shape[^2].Value;
    private readonly int n = shape[^1].Value;

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
        else if (library is { } native)
        {
            fixed (T* from = given, to = factors)
            {
                fixed (int* exchanged = pivots)
                {
                    Native(native, from, to + start, exchanged);
                }
            }
        }
        else
        {
            Copy<T>(operands[0], results[0], index * size, size);
            LuFactor.Run(m, n, new Matrix<T>(factors, start, n, 1), pivots, parallel);
        }

        LuFactor.Order(pivots, results[2].Memory<int>().AsSpan(results[2].Start + (index * m), m));
    }

    /// <summary>LAPACK wants columns beside each other.</summary>
    private void Native(Factorizations native, T* from, T* to, int* pivots)
    {
        T[] rented = ArrayPool<T>.Shared.Rent(m * n);
        fixed (T* turned = rented)
        {
            Transposition.Run(from, turned, m, n, n, m);
            native.Calls.Lu(native.Library, m, n, turned, pivots);
            Transposition.Run(turned, to, n, m, m, n);
        }

        ArrayPool<T>.Shared.Return(rented);
    }
}
