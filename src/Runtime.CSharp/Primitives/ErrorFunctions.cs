namespace Adjoint.Primitives;

/// <summary>The error function, its complement and its inverse, in f64.</summary>
/// <remarks>
/// Rational approximations: erf and erfc of W. J. Cody, "Rational Chebyshev approximations for the error function", Math. Comp. 23
/// (1969); the inverse of M. J. Wichura, "Algorithm AS 241: the percentage points of the normal distribution", Appl. Statist. 37 (1988).
/// </remarks>
internal static class ErrorFunctions
{
    /// <summary>2/√π, the slope of erf at 0.</summary>
    internal const double Slope = 1.1283791670955126;

    private const double RecipSqrtPi = 0.56418958354775629;

    private static readonly double[] NearP =
    [
        1.85777706184603153e-1, 3.16112374387056560e0, 1.13864154151050156e2, 3.77485237685302021e2,
        3.20937758913846947e3,
    ];

    private static readonly double[] NearQ =
    [
        1, 2.36012909523441209e1, 2.44024637934444173e2, 1.28261652607737228e3, 2.84423683343917062e3,
    ];

    private static readonly double[] MiddleP =
    [
        2.15311535474403846e-8, 5.64188496988670089e-1, 8.88314979438837594e0, 6.61191906371416295e1,
        2.98635138197400131e2, 8.81952221241769090e2, 1.71204761263407058e3, 2.05107837782607147e3,
        1.23033935479799725e3,
    ];

    private static readonly double[] MiddleQ =
    [
        1, 1.57449261107098347e1, 1.17693950891312499e2, 5.37181101862009858e2, 1.62138957456669019e3,
        3.29079923573345963e3, 4.36261909014324716e3, 3.43936767414372164e3, 1.23033935480374942e3,
    ];

    private static readonly double[] FarP =
    [
        1.63153871373020978e-2, 3.05326634961232344e-1, 3.60344899949804439e-1, 1.25781726111229246e-1,
        1.60837851487422766e-2, 6.58749161529837803e-4,
    ];

    private static readonly double[] FarQ =
    [
        1, 2.56852019228982242e0, 1.87295284992346725e0, 5.27905102951428412e-1, 6.05183413124413191e-2,
        2.33520497626869185e-3,
    ];

    private static readonly double[] CentreP =
    [
        2.5090809287301226727e3, 3.3430575583588128105e4, 6.7265770927008700853e4, 4.5921953931549871457e4,
        1.3731693765509461125e4, 1.9715909503065514427e3, 1.3314166789178437745e2, 3.3871328727963666080e0,
    ];

    private static readonly double[] CentreQ =
    [
        5.2264952788528545610e3, 2.8729085735721942674e4, 3.9307895800092710610e4, 2.1213794301586595867e4,
        5.3941960214247511077e3, 6.8718700749205790830e2, 4.2313330701600911252e1, 1,
    ];

    private static readonly double[] ShoulderP =
    [
        7.74545014278341407640e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1, 1.27045825245236838258e0,
        3.64784832476320460504e0, 5.76949722146069140550e0, 4.63033784615654529590e0, 1.42343711074968357734e0,
    ];

    private static readonly double[] ShoulderQ =
    [
        1.05075007164441684324e-9, 5.47593808499534494600e-4, 1.51986665636164571966e-2, 1.48103976427480074590e-1,
        6.89767334985100004550e-1, 1.67638483018380384940e0, 2.05319162663775882187e0, 1,
    ];

    private static readonly double[] TailP =
    [
        2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.24266094738807843860e-3, 2.65321895265761230930e-2,
        2.96560571828504891230e-1, 1.78482653991729133580e0, 5.46378491116411436990e0, 6.65790464350110377720e0,
    ];

    private static readonly double[] TailQ =
    [
        2.04426310338993978564e-15, 1.42151175831644588870e-7, 1.84631831751005468180e-5, 7.86869131145613259100e-4,
        1.48753612908506148525e-2, 1.36929880922735805310e-1, 5.99832206555887937690e-1, 1,
    ];

    /// <summary>erf x = 2/√π ∫₀ˣ e^(−t²) dt.</summary>
    internal static double Erf(double x) => Math.Abs(x) <= 0.46875
        ? x * Ratio(NearP, NearQ, x * x)
        : Math.CopySign(1 - ErfcBeyond(Math.Abs(x)), x);

    /// <summary>1 − erf x, without cancellation for large x.</summary>
    internal static double Erfc(double x) =>
        Math.Abs(x) <= 0.46875 ? 1 - (x * Ratio(NearP, NearQ, x * x))
        : x < 0 ? 2 - ErfcBeyond(-x)
        : ErfcBeyond(x);

    /// <summary>The y with erf y = x.</summary>
    internal static double ErfInv(double x)
    {
        if (Math.Abs(x) <= 0.85)
        {
            double near = 0.180625 - (0.25 * x * x);
            return x / 2 * Ratio(CentreP, CentreQ, near) / Math.Sqrt(2);
        }

        double r = Math.Sqrt(-Math.Log((1 - Math.Abs(x)) / 2));
        double quantile = double.IsInfinity(r) ? r : r <= 5 ? Ratio(ShoulderP, ShoulderQ, r - 1.6) : Ratio(TailP, TailQ, r - 5);
        return Math.CopySign(quantile / Math.Sqrt(2), x);
    }

    private static double ErfcBeyond(double x)
    {
        if (double.IsNaN(x) || x > 27.3)
        {
            return double.IsNaN(x) ? x : 0;
        }

        // x² is split so that its rounding does not reach the exponential.
        double square = x * x;
        double scale = Math.Exp(-square) * (1 - Math.FusedMultiplyAdd(x, x, -square));
        if (x <= 4)
        {
            return scale * Ratio(MiddleP, MiddleQ, x);
        }

        double inverse = 1 / square;
        return scale / x * (RecipSqrtPi - (inverse * Ratio(FarP, FarQ, inverse)));
    }

    private static double Ratio(double[] p, double[] q, double x) => Polynomial(p, x) / Polynomial(q, x);

    private static double Polynomial(double[] highestFirst, double x)
    {
        double sum = 0;
        foreach (double coefficient in highestFirst)
        {
            sum = (sum * x) + coefficient;
        }

        return sum;
    }
}
