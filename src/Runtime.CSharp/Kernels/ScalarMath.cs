namespace Adjoint.Kernels;

/// <summary>
/// What the runtime's mathematics lacks, one element at a time: for machines without vector instructions. Single
/// precision is computed in double and rounded once.
/// </summary>
internal static class ScalarMath
{
    /// <summary>e^x − 1 with relative accuracy near zero (Kahan's quotient).</summary>
    public static double Expm1(double x)
    {
        if (!(Math.Abs(x) < 1.0))
        {
            return Math.Exp(x) - 1.0;
        }

        double u = Math.Exp(x);
        return u == 1.0 ? x : (u - 1.0) * (x / Math.Log(u));
    }

    /// <summary>ln(1 + x) with relative accuracy near zero (Kahan's quotient).</summary>
    public static double Log1p(double x)
    {
        double u = 1.0 + x;
        return u == 1.0 ? x : double.IsPositiveInfinity(u) ? u : Math.Log(u) * (x / (u - 1.0));
    }

    /// <summary>1 / (1 + e^−x).</summary>
    public static double Logistic(double x)
    {
        double e = Math.Exp(-Math.Abs(x));
        return (x < 0.0 ? e : 1.0) / (1.0 + e);
    }

    /// <summary>What is left of x/y cut towards zero.</summary>
    public static double Remainder(double x, double y) => x % y;

    /// <summary>What is left of x/y cut towards zero.</summary>
    public static float Remainder(float x, float y) => x % y;
}
