using Adjoint.Core;
using Adjoint.Primitives;

namespace Adjoint.Front;

/// <content>Symmetric positive definite matrices.</content>
public static partial class Tensors
{
    /// <summary>The lower triangular L with a = L Lᴴ.</summary>
    /// <param name="a">Matrices [.., n, n], symmetric (complex: Hermitian) and positive definite; floating or complex.</param>
    /// <param name="symmetrize">
    /// Take (a + aᴴ) / 2, so that derivatives are symmetric; otherwise the lower triangle alone is read, and gets all of the derivative.
    /// </param>
    /// <remarks>
    /// What is not positive definite gives NaN in the lower triangle. Derivatives: Smith 1995, Murray 2016. f16 and bf16 are factored in f32.
    /// </remarks>
    /// <exception cref="ShapeException">The matrices are not square.</exception>
    /// <exception cref="DTypeException">The elements are neither floating nor complex.</exception>
    public static Expr Cholesky(this Expr a, bool symmetrize = true)
    {
        Matrix.Square("cholesky", a);
        return Matrix.InWide(
            x => Building.Apply(new Cholesky(), symmetrize ? 0.5 * (x + x.ConjTranspose()) : x)[0], a);
    }

    /// <summary>x with a x = b, by Cholesky's factor l of a.</summary>
    /// <param name="l">Lower triangular matrices [.., n, n] with a = l lᴴ, as <see cref="Cholesky"/> gives them.</param>
    /// <param name="b">Right-hand sides [.., n, k], or vectors [.., n].</param>
    /// <exception cref="ShapeException">The matrices are not square, or do not fit the right-hand sides.</exception>
    public static Expr CholeskySolve(this Expr l, Expr b)
    {
        Matrix.Square("cholesky_solve", l);
        return b.Rank == l.Rank - 1 ? l.CholeskySolve(b.ExpandDims(-1)).Squeeze(-1)
            : l.TriangularSolve(l.TriangularSolve(b), transpose: true, conjugate: true);
    }
}
