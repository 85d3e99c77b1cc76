using Adjoint.Core;
using Adjoint.Primitives;

namespace Adjoint.Front;

/// <summary>Systems with the factors of their matrix: P A = L U.</summary>
internal static class LuSystem
{
    /// <summary>x with A x = b for matrices [.., n, n] and columns [.., n, k] of the same leading axes; linear in b, so it differentiates implicitly.</summary>
    internal static Expr Solve(Expr a, Expr b)
    {
        if (b.Shape.Size == 0)
        {
            return b;
        }

        Expr[] factored = Building.Apply(new Lu(), a.StopGradient());
        (Expr factors, Expr order) = (factored[0], factored[2]);
        return Differential.CustomLinearSolve(
            x => a.MatMul(x), right => Plain(factors, order, right), right => Transposed(factors, order, right), b);
    }

    /// <summary>A⁻¹ b = U⁻¹ L⁻¹ P b.</summary>
    internal static Expr Plain(Expr factors, Expr order, Expr b)
    {
        Expr moved = b.TakeAlongAxis(Everywhere(order, b), -2);
        return factors.TriangularSolve(factors.TriangularSolve(moved, unitDiagonal: true), lower: false);
    }

    /// <summary>A⁻ᵀ b = Pᵀ L⁻ᵀ U⁻ᵀ b.</summary>
    internal static Expr Transposed(Expr factors, Expr order, Expr b)
    {
        Expr inner = factors.TriangularSolve(b, lower: false, transpose: true);
        Expr moved = factors.TriangularSolve(inner, transpose: true, unitDiagonal: true);
        return moved.ZerosLike().PutAlongAxis(Everywhere(order, b), moved, -2);
    }

    /// <summary>The order of rows for each column.</summary>
    private static Expr Everywhere(Expr order, Expr b) => order.ExpandDims(-1).BroadcastTo(b.Shape.ToArray());
}
