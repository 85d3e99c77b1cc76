namespace Adjoint.Kernels;

/// <summary>Functions of single numbers that rare paths of functions call.</summary>
internal static class ScalarMath
{
    /// <summary>ln(1 + x) with relative accuracy near zero (Kahan's quotient; Goldberg 1991, theorem 4).</summary>
    public static double Log1p(double x)
    {
        double u = 1.0 + x;
        return u == 1.0 ? x : double.IsPositiveInfinity(u) ? u : Math.Log(u) * (x / (u - 1.0));
    }

    /// <summary>What is left of x/y cut towards zero.</summary>
    public static double Remainder(double x, double y) => x % y;

    /// <summary>What is left of x/y cut towards zero.</summary>
    public static float Remainder(float x, float y) => x % y;
}
