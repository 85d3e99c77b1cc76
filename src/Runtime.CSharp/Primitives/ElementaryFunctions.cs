using System.Numerics;

namespace Adjoint.Primitives;

/// <summary>Elementary functions that the base library lacks, or has without care for cancellation.</summary>
internal static class ElementaryFunctions
{
    /// <summary>eˣ − 1: the error of rounding eˣ is divided out (Kahan; Higham 2002, §1.14.1). A few units in the last place.</summary>
    internal static double Expm1(double x)
    {
        double u = Math.Exp(x);
        double below = u - 1;
        return u == 1 || x == 0 ? x
            : below == -1 || double.IsInfinity(u) ? below
            : below * x / Math.Log(u);
    }

    /// <summary>ln(1 + x): the error of rounding 1 + x is divided out (Goldberg 1991, theorem 4). A few units in the last place.</summary>
    internal static double Log1p(double x)
    {
        double u = 1 + x;
        return u == 1 ? x
            : double.IsPositiveInfinity(u) ? u
            : Math.Log(u) * (x / (u - 1));
    }

    /// <summary>1/(1 + e⁻ˣ), by the exponential that does not overflow.</summary>
    internal static double Logistic(double x)
    {
        double e = Math.Exp(-Math.Abs(x));
        return x >= 0 ? 1 / (1 + e) : e / (1 + e);
    }

    /// <summary>1/(1 + e⁻ᶻ), by the exponential that does not overflow.</summary>
    internal static Complex Logistic(Complex z)
    {
        Complex e = Complex.Exp(z.Real >= 0 ? -z : z);
        return z.Real >= 0 ? 1 / (1 + e) : e / (1 + e);
    }

    /// <summary>e^z − 1: the real part is expm1 x cos y − 2 sin²(y/2).</summary>
    internal static Complex Expm1(Complex z)
    {
        double half = Math.Sin(z.Imaginary / 2);
        double real = (Expm1(z.Real) * Math.Cos(z.Imaginary)) - (2 * half * half);
        return new(real, Math.Exp(z.Real) * Math.Sin(z.Imaginary));
    }

    /// <summary>ln(1 + z): the real part is ½ ln(1 + (x(2 + x) + y²)) near 0, and ln |1 + z| elsewhere.</summary>
    internal static Complex Log1p(Complex z)
    {
        double excess = (z.Real * (2 + z.Real)) + (z.Imaginary * z.Imaginary);
        double real = Math.Abs(excess) < 0.5 ? Log1p(excess) / 2 : Math.Log(Complex.Abs(1 + z));
        return new(real, Math.Atan2(z.Imaginary, 1 + z.Real));
    }

    /// <summary>arsinh z = −i arcsin(iz) (DLMF §4.37).</summary>
    internal static Complex Asinh(Complex z) => Rotate(Complex.Asin(new(-z.Imaginary, z.Real)));

    /// <summary>arctan z, each part by itself, so that a small imaginary part keeps its digits (DLMF §4.23, eqs. 36 and 37).</summary>
    internal static Complex Atan(Complex z)
    {
        double x = z.Real;
        double y = Math.Abs(z.Imaginary);
        return double.IsFinite(x) && double.IsFinite(y)
            ? new(
                Math.Atan2(2 * x, ((1 - y) * (1 + y)) - (x * x)) / 2,
                Math.CopySign(Log1p(4 * y / ((x * x) + ((1 - y) * (1 - y)))) / 4, z.Imaginary))
            : Complex.Atan(z);
    }

    /// <summary>artanh z = ½ (ln(1 + z) − ln(1 − z)) (DLMF §4.37).</summary>
    internal static Complex Atanh(Complex z) => (Log1p(z) - Log1p(-z)) / 2;

    /// <summary>arcosh z = ln(z + √(z + 1) √(z − 1)) (DLMF §4.37).</summary>
    internal static Complex Acosh(Complex z) => Complex.Log(z + (Complex.Sqrt(z + 1) * Complex.Sqrt(z - 1)));

    private static Complex Rotate(Complex z) => new(z.Imaginary, -z.Real);
}
