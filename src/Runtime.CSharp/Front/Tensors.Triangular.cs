using Adjoint.Core;

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
    /// a and to b. Substitution is backward stable row by row (Higham 2002, theorem 8.5).
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

        Expr triangle = lower ? a.Tril() : a.Triu();
        Expr whole = unitDiagonal ? triangle.FillDiagonal(1) : triangle;
        Expr matrix = conjugate ? whole.Conj() : whole;
        return (left, transpose) switch
        {
            (true, false) => Substitution(matrix, b, lower),
            (true, true) => Substitution(matrix.SwapAxes(-1, -2), b, !lower),
            (false, true) => Substitution(matrix, b.SwapAxes(-1, -2), lower).SwapAxes(-1, -2),
            (false, false) => Substitution(matrix.SwapAxes(-1, -2), b.SwapAxes(-1, -2), !lower).SwapAxes(-1, -2),
        };
    }

    private static Expr Substitution(Expr matrix, Expr b, bool lower) => Differential.CustomLinearSolve(
        x => matrix.MatMul(x),
        right => Substitute(matrix, right, lower),
        right => Substitute(matrix.SwapAxes(-1, -2), right, !lower),
        b);

    /// <summary>Row by row, from the end of the triangle where one unknown stands alone; rows not known yet are zeros.</summary>
    private static Expr Substitute(Expr matrix, Expr b, bool lower)
    {
        long n = matrix.Shape[^1].Value;
        return n == 0 ? b : Flow.Fori(0, n, (step, x) =>
        {
            Expr i = lower ? step : n - 1L - step;
            Expr row = matrix[Slice.Ellipsis, i, Slice.All];
            Expr known = row.ExpandDims(-2).MatMul(x).Squeeze(-2);
            Expr next = (b[Slice.Ellipsis, i, Slice.All] - known) / row[Slice.Ellipsis, i].ExpandDims(-1);
            return x.At(Slice.Ellipsis, i, Slice.All).Set(next);
        }, b.ZerosLike());
    }
}
