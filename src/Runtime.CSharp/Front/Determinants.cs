using Adjoint.Core;
using Adjoint.Primitives;

namespace Adjoint.Front;

/// <summary>Determinants: by cofactors, and from the pivots of elimination.</summary>
internal static class Determinants
{
    /// <summary>Of order 1 to 3, written out along the first row.</summary>
    internal static Expr ByCofactors(Expr a)
    {
        Expr At(int i, int j) => a[Slice.Ellipsis, i, j];
        Expr Minor(int i, int j) => (At(1, i) * At(2, j)) - (At(1, j) * At(2, i));
        return a.Shape[^1].Value switch
        {
            1 => At(0, 0),
            2 => (At(0, 0) * At(1, 1)) - (At(0, 1) * At(1, 0)),
            _ => (At(0, 0) * Minor(1, 2)) - (At(0, 1) * Minor(0, 2)) + (At(0, 2) * Minor(0, 1)),
        };
    }

    /// <summary>The sign of the order of rows, and the diagonal of U.</summary>
    internal static (Expr Sign, Expr Diagonal) Pivots(Expr a)
    {
        Expr[] results = Matrix.AllInWide(x => Building.Apply(new Lu(), x), a);
        int n = a.Shape[^1].Value;
        Expr moved = results[1].NotEqual(Tensors.Iota(DType.I32, n)).Cast(DType.I32).Sum(-1);
        Expr isOdd = moved.Remainder(moved.OnesLike() * 2).Equal(1);
        Expr one = results[0].Diagonal().Sum(-1).ZerosLike() + 1.0;
        return (isOdd.Where(-one, one), results[0].Diagonal());
    }

    /// <summary>ln |det a| of real matrices; its derivative solves instead of differentiating the factors.</summary>
    internal static Expr Logarithm(Expr a) => Differential.CustomJvp(
        Plain, (x, dx) => (Plain(x), x.Solve(dx).Trace()))(a);

    private static Expr Plain(Expr a) => Pivots(a).Diagonal.Abs().Log().Sum(-1);
}
