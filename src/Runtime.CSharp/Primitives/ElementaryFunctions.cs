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
}
