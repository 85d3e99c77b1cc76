using Adjoint.Core;

namespace Adjoint.Front;

/// <content>Systems of linear equations.</content>
public static partial class Tensors
{
    /// <summary>x with a x = b, for a square matrix a [n, n] and b a vector [n] or several as columns [n, m]: of b's shape.</summary>
    /// <remarks>
    /// By elimination with partial pivoting (Golub and Van Loan 2013, section 3.4), n³ operations in n steps: for n up to some hundreds.
    /// Of a singular matrix the result is infinite or NaN. Differentiable in a and b, to any order, by solving again with a or its transpose.
    /// For many systems: Vmap.
    /// </remarks>
    /// <exception cref="ShapeException">a is no square matrix, or b has another number of rows.</exception>
    /// <exception cref="DTypeException">The elements are neither floating nor complex.</exception>
    public static Expr Solve(this Expr a, Expr b)
    {
        if (!a.DType.IsFloating() && !a.DType.IsComplex())
        {
            throw new DTypeException($"solve: the matrix is {a.Type}, neither floating nor complex. Cast it?").Here();
        }

        if (a.DType != b.DType)
        {
            throw new DTypeException($"solve: dtypes differ; the matrix is {a.Type}, the right-hand side {b.Type}. Cast one of them.").Here();
        }

        if (a.Rank != 2 || a.Shape[0] != a.Shape[1])
        {
            throw new ShapeException($"solve: {a.Type} is no square matrix. Use Vmap for many of them.").Here();
        }

        return b.Rank is 1 or 2 && b.Shape[0] == a.Shape[0]
            ? DenseSolve.Solve(a, b)
            : throw new ShapeException(
                $"solve: the matrix is {a.Type}, the right-hand side {b.Type}; it must have {a.Shape[0]} rows, in one or two axes.").Here();
    }
}
