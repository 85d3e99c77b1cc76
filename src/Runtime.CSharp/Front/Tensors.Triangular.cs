using Adjoint.Core;
using Adjoint.Primitives;

namespace Adjoint.Front;

/// <content>Systems of equations whose matrix is triangular.</content>
public static partial class Tensors
{
    /// <summary>x with A x = b, or with x A = b, for a triangular matrix A, by substitution.</summary>
    /// <param name="a">Matrices [.., n, n], floating or complex; what lies outside the triangle is not read.</param>
    /// <param name="b">Right-hand sides, [.., n, k], or [.., k, n] where A stands at the right; leading axes are those of a.</param>
    /// <param name="lower">The triangle is the lower one; otherwise the upper.</param>
    /// <param name="left">A stands at the left of x; otherwise at its right.</param>
    /// <param name="transpose">A is the transpose of the triangle.</param>
    /// <param name="conjugate">A is conjugated.</param>
    /// <param name="unitDiagonal">The diagonal counts as ones and is not read.</param>
    /// <remarks>
    /// A zero on the diagonal gives infinities and NaN. Derivatives are those of x = A⁻¹ b, by one more substitution: they pass to the triangle of
    /// a and to b. Substitution is backward stable row by row (Higham 2002, theorem 8.5). f16 and bf16 are solved in f32 and rounded once.
    /// </remarks>
    /// <exception cref="ShapeException">The matrices are not square, or do not fit the right-hand sides.</exception>
    public static Expr TriangularSolve(
        this Expr a,
        Expr b,
        bool lower = true,
        bool left = true,
        bool transpose = false,
        bool conjugate = false,
        bool unitDiagonal = false)
    {
        Demand.Differentiable("triangular_solve", a);
        Broadcasting.SameDType("triangular_solve", a, b);
        bool fits = a.Rank >= 2 && a.Rank == b.Rank && a.Shape[^1] == a.Shape[^2] && b.Shape[left ? ^2 : ^1] == a.Shape[^1];
        if (!fits || !a.Shape.ToArray().SkipLast(2).SequenceEqual(b.Shape.ToArray().SkipLast(2)))
        {
            throw new ShapeException($"triangular_solve: the matrix is {a.Type}, the right-hand side {b.Type}; [.., n, n] and "
                + $"{(left ? "[.., n, k]" : "[.., k, n]")} of the same leading axes are wanted. ExpandDims for a single vector?").Here();
        }

        var solve = new TriangularSolve(left, lower, transpose, conjugate && a.DType.IsComplex(), unitDiagonal);
        return Matrix.InWide((x, y) => Building.Apply(solve, x, y)[0], a, b);
    }
}
