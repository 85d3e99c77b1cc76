using Adjoint.Core;
using Adjoint.Primitives;

namespace Adjoint.Front;

/// <content>Systems of linear equations, and what elimination gives besides.</content>
public static partial class Tensors
{
    /// <summary>x with a x = b, for square matrices a [.., n, n] and b a vector [n] or columns [.., n, k]; leading axes broadcast.</summary>
    /// <remarks>
    /// By elimination with partial pivoting, backward stable in practice (Higham 2002, theorem 9.4). Of a singular matrix the result is infinite or
    /// NaN. Differentiable in a and b, to any order, by solving again with the factors of a. f16 and bf16 are solved in f32 and rounded once.
    /// </remarks>
    /// <exception cref="ShapeException">a holds no square matrices, or b has another number of rows.</exception>
    /// <exception cref="DTypeException">The elements are neither floating nor complex, or their dtypes differ.</exception>
    public static Expr Solve(this Expr a, Expr b)
    {
        Matrix.Square("solve", a);
        Broadcasting.SameDType("solve", a, b);
        int rows = b.Rank == 0 ? 0 : b.Rank == 1 ? -1 : -2;
        if (rows == 0 || b.Shape[b.Rank + rows] != a.Shape[^1])
        {
            throw new ShapeException(
                $"solve: the matrix is {a.Type}, the right-hand side {b.Type}; it must have {a.Shape[^1]} rows, a vector or along the last but one axis.").Here();
        }

        if (b.Rank == 1)
        {
            return a.Solve(b.ExpandDims(1)).Squeeze(-1);
        }

        if (a.Rank == 2 && b.Rank > 2)
        {
            return Differential.Vmap(one => a.Solve(one), 0)(b);
        }

        Shape leading = Broadcasting.Common("solve", Matrices.Leading(a.Shape), Matrices.Leading(b.Shape));
        return Matrix.InWide(LuSystem.Solve, Spread(a, leading), Spread(b, leading));
    }

    /// <summary>Matrices repeated to these leading axes.</summary>
    private static Expr Spread(Expr matrices, Shape leading) =>
        matrices.BroadcastTo(Matrices.With(leading.Concat(Shape.Of(1, 1)), matrices.Shape[^2], matrices.Shape[^1]).ToArray());

    /// <summary>P a = L U with the largest pivots, for matrices [.., m, n]: L and U in one, and the order of rows.</summary>
    /// <returns>
    /// The factors [.., m, n], L below the diagonal (its own is 1) and U from there on; and the order i32 [.., m]: row i of P a is row order[i].
    /// </returns>
    /// <remarks>A matrix that is not finite gives NaN. Derivatives: de Hoog, Anderssen and Lukas 2011.</remarks>
    public static (Expr Factors, Expr Order) Lu(this Expr a)
    {
        Matrix.Of("lu", a);
        Expr[] results = Matrix.AllInWide(x => Building.Apply(new Lu(), x), a);
        return (results[0], results[2]);
    }

    /// <summary>x with a x = b, by what <see cref="Lu"/> gives of square matrices a [.., n, n]; b is a vector [n] or [.., n, k].</summary>
    public static Expr LuSolve(this Expr factors, Expr order, Expr b)
    {
        Matrix.Square("lu_solve", factors);
        return b.Rank == 1 ? factors.LuSolve(order, b.ExpandDims(1)).Squeeze(-1) : LuSystem.Plain(factors, order, b);
    }

    /// <summary>The inverses of square matrices [.., n, n]. Solve is faster and more accurate where a product with the inverse is wanted.</summary>
    public static Expr Inv(this Expr a)
    {
        Matrix.Square("inv", a);
        return a.Solve(Eye(a.DType, a.Shape[^1].Value).BroadcastTo(a.Shape.ToArray()));
    }

    /// <summary>The determinants of square matrices [.., n, n]: [..].</summary>
    /// <remarks>
    /// Up to order 3 by cofactors, differentiable everywhere; beyond by elimination, whose derivative det(a) tr(a⁻¹ da) is NaN where a is singular.
    /// </remarks>
    public static Expr Det(this Expr a)
    {
        Matrix.Square("det", a);
        int n = a.Shape[^1].Value;
        if (n is > 0 and <= 3)
        {
            return Determinants.ByCofactors(a);
        }

        (Expr sign, Expr diagonal) = Determinants.Pivots(a);
        return sign * diagonal.Prod(-1);
    }

    /// <summary>Signs of the determinants of square matrices [.., n, n] and the logarithms of their absolute values, both [..].</summary>
    /// <returns>The sign, 0 where a is singular (of complex numbers one of absolute value 1), and the logarithm, −∞ there.</returns>
    /// <remarks>The derivative of the logarithm is tr(a⁻¹ da).</remarks>
    public static (Expr Sign, Expr LogAbsoluteValue) SlogDet(this Expr a)
    {
        Matrix.Square("slogdet", a);
        (Expr sign, Expr diagonal) = Determinants.Pivots(a);
        Expr direction = sign * diagonal.Sign().Prod(-1);
        return (direction, a.DType.IsComplex() ? diagonal.Abs().Log().Sum(-1) : Determinants.Logarithm(a));
    }
}
