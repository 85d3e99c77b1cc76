using System.Numerics;
using Adjoint.Core;
using Adjoint.Kernels;
using Adjoint.Kernels.Factors;
using Adjoint.Kernels.Libraries;

namespace Adjoint.Primitives;

/// <summary>Triangular systems, by BLAS or by halves. A single right-hand side reads the triangle once, whoever does it: managed.</summary>
internal sealed unsafe class TriangularKernel<T>(TriangularSolve solve, Shape right, Factorizations? library)
    : MatrixKernel(Matrices.Count(right), (double)right[^2].Value * right[^1].Value * right[solve.Left ? ^2 : ^1].Value / 2)
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly int n = right[solve.Left ? ^2 : ^1].Value;
    private readonly int k = right[solve.Left ? ^1 : ^2].Value;

    /// <inheritdoc/>
    public override bool MayOverwrite(int operand, int result) => operand == 1;

    private protected override void One(int index, NDArray[] operands, NDArray[] results, IParallel parallel)
    {
        int start = results[0].Start + (index * n * k), triangle = operands[0].Start + (index * n * n);
        Copy<T>(operands[1], results[0], index * n * k, n * k);
        T[] a = operands[0].Memory<T>(), x = results[0].Memory<T>();
        if (k > 1 && library is { } native)
        {
            fixed (T* matrix = a, place = x)
            {
                native.Calls.Solve(native.Library, Shape(), matrix + triangle, place + start);
            }

            return;
        }

        var whole = new Matrix<T>(a, triangle, n, 1);
        Matrix<T> t = solve.Transposed ? whole.Transposed : whole;
        bool upper = solve.LowerTriangle == solve.Transposed;
        if (solve.Left)
        {
            Substitution.Left(n, k, t, upper, solve.UnitDiagonal, new(x, start, k, 1), parallel);
        }
        else
        {
            Substitution.Right(k, n, t, upper, solve.UnitDiagonal, new(x, start, n, 1), parallel);
        }
    }

    private NativeTriangle Shape() => new()
    {
        Count = 1,
        N = n,
        K = k,
        Left = solve.Left ? 1 : 0,
        Lower = solve.LowerTriangle ? 1 : 0,
        Transposed = solve.Transposed ? 1 : 0,
        Unit = solve.UnitDiagonal ? 1 : 0,
    };
}
