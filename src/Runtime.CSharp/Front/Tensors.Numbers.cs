using Adjoint.Core;

namespace Adjoint.Front;

/// <content>More functions of numbers, element by element.</content>
public static partial class Tensors
{
    /// <summary>1/x; integers are cut towards zero.</summary>
    public static Expr Reciprocal(this Expr x) => Literals.Like("reciprocal", x, 1.0) / x;

    /// <summary>Radians in degrees.</summary>
    public static Expr Degrees(this Expr x) => x * (180.0 / Math.PI);

    /// <summary>Degrees in radians.</summary>
    public static Expr Radians(this Expr x) => x * (Math.PI / 180.0);

    /// <summary>√(x² + y²), without overflow; ∞ if either is infinite. The derivative at (0, 0) is 0.</summary>
    public static Expr Hypot(this Expr x, Expr y)
    {
        (Expr a, Expr b) = Broadcasting.Meet("hypot", x, y);
        Demand.Floating("hypot", a);
        Expr largest = a.Abs().Maximum(b.Abs()).StopGradient();
        Expr scale = largest.Greater(0).And(largest.IsFinite()).Where(largest, 1.0);
        Expr length = scale * RootOrZero((a / scale).Square() + (b / scale).Square());
        return a.IsInf().Or(b.IsInf()).Where(double.PositiveInfinity, length);
    }

    /// <summary>√(x² + width²): |x| rounded off at 0, smooth. At least |x|, by at most the width.</summary>
    public static Expr SmoothAbs(this Expr x, double width = 1e-3) => x.Hypot(Literals.Like("smooth_abs", x, width));

    /// <summary>sin(πx)/(πx), as NumPy's; 1 at 0, with derivatives of any order there.</summary>
    /// <remarks>Where |πx| is below a half by its series to the 16th power, whose first term left out is below 1e-19.</remarks>
    public static Expr Sinc(this Expr x)
    {
        Demand.Floating("sinc", x);
        Expr angle = x * Math.PI;
        Expr small = angle.Abs().Less(0.5);
        Expr squared = small.Where(angle, 0.0).Square();
        Expr series = squared.ZerosLike();
        for (int k = 8; k > 0; k--)
        {
            series = (1.0 + series) * squared / (-2.0 * k * ((2 * k) + 1));
        }

        Expr far = small.Where(1.0, angle);
        return small.Where(1.0 + series, far.Sin() / far);
    }

    /// <summary>0 below 0, 1 above, the given number at 0; derivative 0 in x.</summary>
    public static Expr Heaviside(this Expr x, Expr atZero)
    {
        (Expr a, Expr middle) = Broadcasting.Meet("heaviside", x, atZero);
        return a.IsNan().Where(a, a.Equal(0).Where(middle, a.Greater(0).Cast(a.DType)));
    }

    /// <summary>0 below 0, 1 above, a literal at 0; derivative 0.</summary>
    public static Expr Heaviside(this Expr x, double atZero) => x.Heaviside(Literals.Like("heaviside", x, atZero));

    /// <summary>Whether the sign bit is set: true of −0 and of negative NaN.</summary>
    public static Expr SignBit(this Expr x) => x.DType switch
    {
        DType.F64 => x.Bitcast(DType.I64).Less(0),
        DType.F32 => x.Bitcast(DType.I32).Less(0),
        DType.F16 or DType.BF16 => x.Bitcast(DType.I16).Less(0),
        _ => x.Less(0),
    };

    /// <summary>The first's absolute value with the second's sign, −0's too. The derivative is 1 where the signs agree, −1 elsewhere.</summary>
    public static Expr CopySign(this Expr x, Expr sign)
    {
        (Expr a, Expr b) = Broadcasting.Meet("copysign", x, sign);
        Demand.Floating("copysign", a);
        return a.SignBit().Equal(b.SignBit()).Where(a, -a);
    }

    /// <summary>The next number of the dtype after x towards y; has no derivative.</summary>
    public static Expr NextAfter(this Expr x, Expr y)
    {
        (Expr from, Expr to) = Broadcasting.Meet("nextafter", x, y);
        Demand.Floating("nextafter", from);
        DType whole = from.DType switch { DType.F64 => DType.I64, DType.F32 => DType.I32, _ => DType.I16 };
        Expr bits = from.Bitcast(whole);
        Expr outward = to.Greater(from).Equal(from.Greater(0));
        Expr step = outward.Where(Literals.Like("nextafter", bits, 1), -1.0);
        Expr moved = (bits + step).Bitcast(from.DType);
        Expr least = bits.OnesLike().Bitcast(from.DType);
        Expr first = to.Greater(0).Where(least, -least);
        Expr next = from.Equal(to).Where(to, from.Equal(0).Where(first, moved));
        return from.IsNan().Or(to.IsNan()).Where(double.NaN, next).StopGradient();
    }

    /// <summary>Rounded to so many decimals, ties to even; negative counts round to tens, hundreds. The derivative is 0.</summary>
    public static Expr Round(this Expr x, int decimals)
    {
        Demand.Floating("round", x);
        double power = Math.Pow(10, Math.Abs(decimals));
        return decimals >= 0 ? (x * power).Round() / power : (x / power).Round() * power;
    }

    /// <summary>√x, and 0 with derivative 0 at 0.</summary>
    internal static Expr RootOrZero(Expr squared)
    {
        Expr zero = squared.Equal(0);
        return zero.Where(0.0, zero.Where(1.0, squared).Sqrt());
    }
}
