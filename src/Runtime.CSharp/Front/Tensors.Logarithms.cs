using Adjoint.Core;

namespace Adjoint.Front;

/// <content>Powers and logarithms of other bases, and products with logarithms that are 0 where a factor is.</content>
public static partial class Tensors
{
    /// <summary>2 to the power x.</summary>
    public static Expr Exp2(this Expr x) => Literals.Like("exp2", x, 2.0).Pow(x);

    /// <summary>Logarithm to base 2; exact at powers of 2. NaN below 0, −∞ at 0.</summary>
    public static Expr Log2(this Expr x) => LogOf("log2", x, 2.0);

    /// <summary>Logarithm to base 10; exact at whole powers of 10 that the dtype holds. NaN below 0, −∞ at 0.</summary>
    public static Expr Log10(this Expr x) => LogOf("log10", x, 10.0);

    /// <summary>ln(exp x + exp y), without overflow; smooth everywhere, also at x = y.</summary>
    public static Expr LogAddExp(this Expr x, Expr y) => LogAdd("logaddexp", x, y, 1.0);

    /// <summary>log₂(2ˣ + 2ʸ), without overflow.</summary>
    public static Expr LogAddExp2(this Expr x, Expr y) => LogAdd("logaddexp2", x, y, Math.Log(2));

    /// <summary>x ln y, and 0 where x is 0, unless y is NaN.</summary>
    /// <remarks>Derivative: ln y and x/y; 0 in both where x = 0 and y is not a positive finite number.</remarks>
    public static Expr Xlogy(this Expr x, Expr y)
    {
        (Expr left, Expr right) = Broadcasting.Meet("xlogy", x, y);
        Demand.Floating("xlogy", left);
        return left * Hidden(left, right, right.Greater(0)).Where(1.0, right).Log();
    }

    /// <summary>x ln(1 + y), accurate for small y, and 0 where x is 0, unless y is NaN.</summary>
    /// <remarks>Derivative: ln(1 + y) and x/(1 + y); 0 in both where x = 0 and 1 + y is not a positive finite number.</remarks>
    public static Expr Xlog1py(this Expr x, Expr y)
    {
        (Expr left, Expr right) = Broadcasting.Meet("xlog1py", x, y);
        Demand.Floating("xlog1py", left);
        return left * Hidden(left, right, right.Greater(-1)).Where(0.0, right).Log1p();
    }

    /// <summary>−x ln x; 0 at 0, −∞ below. The derivative at 0 is ∞.</summary>
    public static Expr Entr(this Expr x)
    {
        Demand.Floating("entr", x);
        Expr positive = x.Greater(0);
        Expr inside = positive.Where(x, 1.0);
        Expr edge = x.Equal(0).Where(x, 1.0).Sqrt();
        return x.IsNan().Where(x, x.Less(0).Where(double.NegativeInfinity, positive.Where(-(inside * inside.Log()), edge)));
    }

    /// <summary>x ln(x/y), the summand of relative entropy; 0 where x is 0 and y at least 0, ∞ where either is below or only y is 0.</summary>
    /// <remarks>Derivative: ln(x/y) + 1 and −x/y. At x = 0 that in x is −∞, that in y 0; outside the domain both are 0.</remarks>
    public static Expr RelEntr(this Expr x, Expr y)
    {
        (Expr left, Expr right) = Broadcasting.Meet("rel_entr", x, y);
        Demand.Floating("rel_entr", left);
        Expr inside = left.Greater(0).And(right.Greater(0));
        Expr p = inside.Where(left, 1.0);
        Expr q = inside.Where(right, 1.0);
        Expr edge = left.Equal(0).And(right.GreaterOrEqual(0));
        Expr outside = left.IsNan().Or(right.IsNan()).Where(Literals.Like("rel_entr", left, double.NaN), double.PositiveInfinity);
        return inside.Where(p * (p / q).Log(), edge.Where(-edge.Where(left, 1.0).Sqrt(), outside));
    }

    /// <summary>ln(x/(1 − x)), the inverse of the sigmoid, on 0 to 1; accurate near 0. −∞ at 0, ∞ at 1, NaN outside.</summary>
    public static Expr Logit(this Expr x) => x.Log() - (-x).Log1p();

    /// <summary>Where x is 0 and so hides ln y, which has no finite value; NaN is not hidden.</summary>
    private static Expr Hidden(Expr x, Expr y, Expr inside) => x.Equal(0).And(inside.And(y.IsFinite()).Or(y.IsNan()).Not());

    /// <summary>The quotient of logarithms, put right where it is nearly whole and the power is x itself.</summary>
    private static Expr LogOf(string operation, Expr x, double radix)
    {
        Demand.Floating(operation, x);
        Expr quotient = x.Log() / Math.Log(radix);
        Expr near = quotient.Round().StopGradient();
        Expr exact = quotient.IsFinite().And(Literals.Like(operation, x, radix).Pow(near).Equal(x));
        return quotient + exact.Where(near - quotient, 0.0).StopGradient();
    }

    /// <summary>The larger plus ln(1 + exp(−distance)): each side is one smooth formula, so derivatives of any order agree at ties.</summary>
    private static Expr LogAdd(string operation, Expr x, Expr y, double unit)
    {
        (Expr left, Expr right) = Broadcasting.Meet(operation, x, y);
        Demand.Floating(operation, left);
        Expr first = left.GreaterOrEqual(right);
        (Expr larger, Expr smaller) = (first.Where(left, right), first.Where(right, left));
        Expr same = larger.Equal(smaller).And(larger.IsFinite().Not());
        Expr distance = same.Where(0.0, smaller - larger);
        return larger + ((distance * unit).Exp().Log1p() / unit);
    }
}
