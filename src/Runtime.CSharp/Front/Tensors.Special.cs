using Adjoint.Core;

namespace Adjoint.Front;

/// <content>Functions of statistics and combinatorics.</content>
public static partial class Tensors
{
    /// <summary>The normal distribution's function: the chance that a standard normal number is below x. Accurate in the left tail.</summary>
    public static Expr Ndtr(this Expr x)
    {
        Demand.Floating("ndtr", x);
        return 0.5 * (x * -Math.Sqrt(0.5)).Erfc();
    }

    /// <summary>The quantile of the normal distribution, on 0 to 1; −∞ at 0, ∞ at 1.</summary>
    public static Expr Ndtri(this Expr p)
    {
        Demand.Floating("ndtri", p);
        return ((2.0 * p) - 1.0).ErfInv() * Math.Sqrt(2);
    }

    /// <summary>ln of <see cref="Ndtr"/>, without underflow at the left and without cancellation at the right.</summary>
    /// <remarks>
    /// Left of −20 (−10 in f32) by the asymptotic series −x²/2 − ln(−x √(2π)) + ln(1 − 1/x² + 3/x⁴ − …) to x⁻¹⁶ (Abramowitz and Stegun
    /// 26.2.12), whose first term left out is below 2e-16 (2e-8). f16 and bf16 are computed in f32.
    /// </remarks>
    public static Expr LogNdtr(this Expr x)
    {
        Demand.Floating("log_ndtr", x);
        if (x.DType is DType.F16 or DType.BF16)
        {
            return x.Cast(DType.F32).LogNdtr().Cast(x.DType);
        }

        double cut = x.DType == DType.F64 ? -20 : -10;
        Expr left = x.Less(cut);
        Expr right = x.Greater(5);
        Expr far = left.Where(x, cut);
        Expr middle = left.Or(right).Where(0.0, x);
        Expr near = right.Where(x, 5.0);
        return left.Where(
            LeftTail(far),
            right.Where((-0.5 * (near * Math.Sqrt(0.5)).Erfc()).Log1p(), middle.Ndtr().Log()));
    }

    /// <summary>ln of Euler's beta function, ln(Γ(a) Γ(b)/Γ(a + b)).</summary>
    /// <remarks>A difference of logarithms of Γ: its absolute error is a few roundings of the largest of them.</remarks>
    public static Expr BetaLn(this Expr a, Expr b) => a.Lgamma() + b.Lgamma() - (a + b).Lgamma();

    /// <summary>ln of the number of ways to choose k of n, for real numbers too.</summary>
    public static Expr LogComb(this Expr n, Expr k) => -(n + 1.0).Log() - BetaLn(n - k + 1.0, k + 1.0);

    private static Expr LeftTail(Expr x)
    {
        Expr inverse = x.Pow(-2);
        double[] series = [-1, 3, -15, 105, -945, 10395, -135135, 2027025];
        Expr sum = series.Reverse().Aggregate(x.ZerosLike(), (total, term) => (total + term) * inverse);
        return (-0.5 * x * x) - (-x).Log() - (0.5 * Math.Log(2 * Math.PI)) + sum.Log1p();
    }
}
