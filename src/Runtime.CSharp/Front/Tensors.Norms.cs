using Adjoint.Core;

namespace Adjoint.Front;

/// <content>Norms. Without axes, of all elements. Where a norm is 0 its derivative is taken as 0, one of its subgradients.</content>
public static partial class Tensors
{
    /// <summary>Root of the sum of squared absolute values. The derivative where it is 0 is 0.</summary>
    public static Expr Norm(this Expr x, IReadOnlyList<int>? axes = null, bool keepAxes = false)
    {
        Demand.Differentiable("norm", x);
        Expr squared = x.DType.IsComplex() ? (x * x.Conj()).Real() : x.Square();
        return RootOrZero(squared.Sum(axes, keepAxes));
    }

    /// <summary>The p-norm (Σ|x|ᵖ)^(1/p) of vectors; ∞ and −∞ give the largest and smallest absolute value, 0 the number that are not 0.</summary>
    /// <remarks>
    /// Elements that are 0 have derivative 0 where p is positive; for 0 &lt; p &lt; 1 that is where the slope is infinite. Ties of ±∞ share evenly.
    /// </remarks>
    public static Expr Norm(this Expr x, double p, IReadOnlyList<int>? axes = null, bool keepAxes = false)
    {
        Demand.Differentiable("norm", x);
        return p switch
        {
            2 => x.Norm(axes, keepAxes),
            1 => x.Abs().Sum(axes, keepAxes),
            0 => x.NotEqual(x.ZerosLike()).Cast(x.DType.RealPart()).Sum(axes, keepAxes),
            double.PositiveInfinity => x.Abs().Max(axes, keepAxes),
            double.NegativeInfinity => x.Abs().Min(axes, keepAxes),
            double.NaN => throw new DomainException("norm: p is NaN.").Here(),
            _ => PowerNorm(x.Abs(), p, axes, keepAxes),
        };
    }

    /// <summary>A norm of the matrices of the last two axes.</summary>
    public static Expr MatrixNorm(this Expr x, MatrixNormKind kind = MatrixNormKind.Frobenius, bool keepAxes = false)
    {
        Demand.AtLeast("matrix_norm", x, 2);
        Expr norm = kind switch
        {
            MatrixNormKind.Frobenius => x.Norm([-2, -1], true),
            MatrixNormKind.One => x.Abs().Sum(-2, true).Max(-1, true),
            MatrixNormKind.MinusOne => x.Abs().Sum(-2, true).Min(-1, true),
            MatrixNormKind.Two => x.SvdVals().Max(-1, true).ExpandDims(-1),
            MatrixNormKind.MinusTwo => x.SvdVals().Min(-1, true).ExpandDims(-1),
            MatrixNormKind.Nuclear => x.SvdVals().Sum(-1, true).ExpandDims(-1),
            MatrixNormKind.Infinity => x.Abs().Sum(-1, true).Max(-2, true),
            _ => x.Abs().Sum(-1, true).Min(-2, true),
        };
        return keepAxes ? norm : norm.Squeeze(-2, -1);
    }

    /// <summary>Vectors along an axis over their p-norm, or over a small number where that is larger.</summary>
    public static Expr Normalise(this Expr x, int axis = -1, double p = 2, double least = 1e-12)
    {
        Expr norm = x.Norm(p, [axis], true).Maximum(least);
        return x / (x.DType.IsComplex() ? norm.Cast(x.DType) : norm);
    }

    private static Expr PowerNorm(Expr size, double p, IReadOnlyList<int>? axes, bool keepAxes)
    {
        if (p < 0)
        {
            return size.Pow(p).Sum(axes, keepAxes).Pow(1 / p);
        }

        Expr none = size.Equal(0);
        Expr sum = none.Where(0.0, none.Where(1.0, size).Pow(p)).Sum(axes, keepAxes);
        Expr zero = sum.Equal(0);
        return zero.Where(0.0, zero.Where(1.0, sum).Pow(1 / p));
    }
}
