using System.Numerics;

namespace Adjoint.Primitives;

/// <summary>Elementary functions of complex numbers: principal branches with C99's cuts (Annex G; Kahan 1987, "Branch cuts").</summary>
/// <remarks>
/// On a cut the sign of the zero part says from which side it is met, so that f(conj z) = conj f(z) everywhere. What is exactly zero
/// stays zero beside an infinite factor: exp(710 + 0i) and sin(0 + 800i) have no NaN. Parts are good to a few units in the last place,
/// or of |f| where they cancel.
/// </remarks>
internal static class ComplexFunctions
{
    /// <summary>e^z. Where eˣ alone overflows it is multiplied in two halves.</summary>
    internal static Complex Exp(Complex z)
    {
        (double x, double y) = (z.Real, z.Imaginary);
        if (double.IsNegativeInfinity(x) && !double.IsFinite(y))
        {
            return Complex.Zero;
        }

        double half = x > 700 ? Math.Exp(x / 2) : 1;
        double rest = x > 700 ? half : Math.Exp(x);
        return new(Times(Times(Math.Cos(y), half), rest), Times(Times(Math.Sin(y), half), rest));
    }

    /// <summary>ln z; near the unit circle the real part is ½ ln(1 + (x² + y² − 1)).</summary>
    internal static Complex Log(Complex z)
    {
        double larger = Math.Max(Math.Abs(z.Real), Math.Abs(z.Imaginary));
        double smaller = Math.Min(Math.Abs(z.Real), Math.Abs(z.Imaginary));
        double excess = ((larger - 1) * (larger + 1)) + (smaller * smaller);
        double real = Math.Abs(excess) < 0.5 ? ElementaryFunctions.Log1p(excess) / 2 : Math.Log(Complex.Abs(z));
        return new(real, Math.Atan2(z.Imaginary, z.Real));
    }

    /// <summary>ln(1 + z): the real part is ½ ln(1 + (x(2 + x) + y²)) near 0, and ln |1 + z| elsewhere.</summary>
    internal static Complex Log1p(Complex z)
    {
        double excess = (z.Real * (2 + z.Real)) + (z.Imaginary * z.Imaginary);
        double real = Math.Abs(excess) < 0.5 ? ElementaryFunctions.Log1p(excess) / 2 : Math.Log(Complex.Abs(new(1 + z.Real, z.Imaginary)));
        return new(real, Math.Atan2(z.Imaginary, 1 + z.Real));
    }

    /// <summary>e^z − 1: the real part is expm1 x cos y − 2 sin²(y/2).</summary>
    internal static Complex Expm1(Complex z)
    {
        if (z.Real > 40)
        {
            return Exp(z);
        }

        double half = Math.Sin(z.Imaginary / 2);
        double real = (ElementaryFunctions.Expm1(z.Real) * Math.Cos(z.Imaginary)) - (2 * half * half);
        return new(real, Math.Exp(z.Real) * Math.Sin(z.Imaginary));
    }

    /// <summary>1/(1 + e⁻ᶻ), by the exponential that does not overflow.</summary>
    internal static Complex Logistic(Complex z)
    {
        Complex e = Exp(z.Real >= 0 ? -z : z);
        return z.Real >= 0 ? 1 / (1 + e) : e / (1 + e);
    }

    /// <summary>√z: real part at least 0, imaginary part with z's sign. Cut along the negative numbers.</summary>
    internal static Complex Sqrt(Complex z)
    {
        Complex root = Complex.Sqrt(z);
        return new(root.Real, Math.CopySign(root.Imaginary, z.Imaginary));
    }

    /// <summary>z^w = e^(w ln z); z⁰ = 1, and 0^w is 0 for Re w above 0, NaN otherwise.</summary>
    internal static Complex Pow(Complex z, Complex w) =>
        w == Complex.Zero ? Complex.One
        : z != Complex.Zero ? Exp(w * Log(z))
        : w.Real > 0 ? Complex.Zero : new(double.NaN, double.NaN);

    /// <summary>sin x cosh y + i cos x sinh y.</summary>
    internal static Complex Sin(Complex z) =>
        new(Times(Math.Sin(z.Real), Math.Cosh(z.Imaginary)), Times(Math.Cos(z.Real), Math.Sinh(z.Imaginary)));

    /// <summary>cos x cosh y − i sin x sinh y.</summary>
    internal static Complex Cos(Complex z) =>
        new(Times(Math.Cos(z.Real), Math.Cosh(z.Imaginary)), -Times(Math.Sin(z.Real), Math.Sinh(z.Imaginary)));

    /// <summary>sinh x cos y + i cosh x sin y.</summary>
    internal static Complex Sinh(Complex z) => Turned(Sin(new(-z.Imaginary, z.Real)));

    /// <summary>cosh x cos y + i sinh x sin y.</summary>
    internal static Complex Cosh(Complex z) => Cos(new(-z.Imaginary, z.Real));

    /// <summary>arcsin z, cut along the real numbers beyond ±1 (Hull, Fairgrieve and Tang 1997).</summary>
    internal static Complex Asin(Complex z)
    {
        Complex angle = Complex.Asin(z);
        return new(Math.CopySign(angle.Real, z.Real), Math.CopySign(angle.Imaginary, z.Imaginary));
    }

    /// <summary>arccos z, cut along the real numbers beyond ±1; its imaginary part has the sign that z's has not.</summary>
    internal static Complex Acos(Complex z)
    {
        Complex angle = Complex.Acos(z);
        return new(angle.Real, Math.CopySign(angle.Imaginary, -z.Imaginary));
    }

    /// <summary>arctan z, cut along the imaginary numbers beyond ±i; each part by itself, so that a small one keeps its digits.</summary>
    /// <remarks>DLMF §4.23, equations 36 and 37.</remarks>
    internal static Complex Atan(Complex z)
    {
        double x = z.Real;
        double y = Math.Abs(z.Imaginary);
        if (!double.IsFinite(x) || !double.IsFinite(y))
        {
            return Complex.Atan(z);
        }

        double distance = Complex.Abs(new(x, 1 - y));
        double ratio = 4 * (y / distance) / distance;
        double real = Math.Atan2(2 * x, ((1 - y) * (1 + y)) - (x * x)) / 2;
        return new(real, Math.CopySign(ElementaryFunctions.Log1p(ratio) / 4, z.Imaginary));
    }

    /// <summary>arsinh z = −i arcsin(iz) (DLMF §4.37).</summary>
    internal static Complex Asinh(Complex z) => Turned(Asin(new(-z.Imaginary, z.Real)));

    /// <summary>artanh z = −i arctan(iz) (DLMF §4.37).</summary>
    internal static Complex Atanh(Complex z) => Turned(Atan(new(-z.Imaginary, z.Real)));

    /// <summary>arcosh z = ±i arccos z, of real part at least 0; cut along the real numbers below 1 (DLMF §4.37).</summary>
    internal static Complex Acosh(Complex z)
    {
        Complex angle = Acos(z);
        return new(Math.Abs(angle.Imaginary), Math.CopySign(angle.Real, z.Imaginary));
    }

    /// <summary>−i z.</summary>
    private static Complex Turned(Complex z) => new(z.Imaginary, -z.Real);

    /// <summary>The product of a part that may be exactly zero and one that may be infinite.</summary>
    private static double Times(double part, double growth) =>
        part == 0 && double.IsInfinity(growth) ? part * Math.Sign(growth) : part * growth;
}
