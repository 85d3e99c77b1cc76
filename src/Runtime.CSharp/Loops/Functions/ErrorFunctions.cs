namespace Adjoint.Loops;

/// <summary>The error function, its complement and its inverse.</summary>
/// <remarks>
/// Method: erf x = x + x P(x²) near 0; beyond, erfc x = e^(−x²) w Q(t) with w = 1/(x + 2) and t = 1 − 4w, after Shepherd and Laframboise (Math.
/// Comp. 36, 1981), the rounding of x² carried into the exponential; polynomials near the best in relative error. The inverse of f64 is M. J. Wichura's
/// (Algorithm AS 241, Appl. Statist. 37, 1988), his numerators divided by √2, and near 0 as what is added to the slope √π/2.
/// </remarks>
internal static class ErrorFunctions
{
    private static readonly double[] SingleNear =
    [
        0.12837916612625122, -0.3761262595653534, 0.1128358542919159, -0.026853812858462334, 0.005188327748328447, -0.0008010193705558777,
        7.853861461626366e-05,
    ];

    private static readonly double[] DoubleNear =
    [
        0.1283791670955126, -0.3761263890318375, 0.11283791670954857, -0.026866170645072893, 0.005223977624780861, -0.0008548326978741853,
        0.00012055331036886446, -1.4925593506565451e-05, 1.6460972811716624e-06, -1.6350025165777398e-07, 1.465787945858312e-08,
        -1.136566448471931e-09, 5.945259273827027e-11,
    ];

    private static readonly double[] SingleFar =
    [
        1.0215827226638794, -0.6871606707572937, 0.27947190403938293, -0.03644354268908501, -0.021506117656826973, 0.006493031978607178,
        0.003054618602618575, -0.0008928689640015364, -0.0005448784213513136, 0.00011855241609737277,
    ];

    private static readonly double[] DoubleFar =
    [
        1.021582705242023, -0.687160684413809, 0.27947209255603156, -0.03644223150710231, -0.02151066188771844, 0.0064791850763703755,
        0.0030906120062773783, -0.0008372962080844451, -0.0006630726937407856, 3.4372677549670255e-05, 0.0001444635582609469,
        3.414353554696745e-05, -2.1657317971976006e-05, -1.6112632303545586e-05, -1.256163542596654e-06, 3.6645139491429753e-06,
        2.269040945651089e-06, -1.0910381970575031e-07, -8.850146132423909e-07, -1.4431033308935572e-07, 1.866077363247014e-07,
    ];

    private static readonly double[] InverseCentre =
    [
        1.5014094114303589, 0.24664072692394257, -0.004177707713097334, -0.0012537074508145452, 0.00021860220294911414,
        -4.396785243443446e-06, -3.5288628623675322e-06, 3.437274358475406e-07, 2.8535060536682977e-08,
    ];

    private static readonly double[] InverseTail =
    [
        2.9332315921783447, 1.0033538341522217, 0.007459394633769989, -0.005660782568156719, 0.004126564133912325,
        -0.0028702733106911182, 0.0013185519492253661, -4.67927529825829e-05, -0.00016824016347527504,
    ];

    private static readonly double[] CentreTop =
    [
        0.4308725067326411, 15.635937945977815, 208.4467657675285, 1257.013421588575, 3409.9384089128685, 3579.348618453031,
        936.1916930614165, 0,
    ];

    private static readonly double[] CentreBottom =
    [
        1, 4.2313330701600911252e1, 6.8718700749205790830e2, 5.3941960214247511077e3, 2.1213794301586595867e4, 3.9307895800092710610e4,
        2.8729085735721942674e4, 5.2264952788528545610e3,
    ];

    private static readonly double[] ShoulderTop =
    [
        1.006522033603688, 3.274143290202006, 4.079650609331799, 2.579418287180049, 0.8983496455234804, 0.17096479033317635,
        0.016068184886544188, 0.0005476860319304465,
    ];

    private static readonly double[] ShoulderBottom =
    [
        1, 2.05319162663775882187e0, 1.67638483018380384940e0, 6.89767334985100004550e-1, 1.48103976427480074590e-1, 1.51986665636164571966e-2,
        5.47593808499534494600e-4, 1.05075007164441684324e-9,
    ];

    private static readonly double[] TailTop =
    [
        4.707849521913034, 3.8634793616288836, 1.2620629496172389, 0.209699991372496, 0.01876109113396867, 0.0008786939826138098,
        1.9173593302226658e-05, 1.4215210861921614e-07,
    ];

    private static readonly double[] TailBottom =
    [
        1, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2, 7.86869131145613259100e-4, 1.84631831751005468180e-5,
        1.42151175831644588870e-7, 2.04426310338993978564e-15,
    ];

    /// <summary>erf x.</summary>
    internal static LoopValue Erf(RealBuilder m, LoopValue x)
    {
        LoopValue a = m.Abs(x);
        LoopValue near = Near(m, a);
        LoopValue far = m.Number(1) - Beyond(m, m.AtMost(a, m.IsSingle ? 5 : 7));
        return m.WithSign(m.Choose(m.Less(a, 1), near, far), x);
    }

    /// <summary>1 − erf x.</summary>
    internal static LoopValue Erfc(RealBuilder m, LoopValue x)
    {
        LoopValue a = m.Abs(x);
        LoopValue one = m.Number(1);
        LoopValue beyond = Beyond(m, m.AtMost(a, m.IsSingle ? 10.1875 : 27.3125));
        beyond = m.Choose(m.Less(x, 0), m.Number(2) - beyond, beyond);
        LoopValue near = m.Fma(-x, m.Polynomial(x * x, SingleNear, DoubleNear), one - x);
        return m.Choose(m.Less(a, 0.5), near, beyond);
    }

    /// <summary>The y with erf y = x.</summary>
    internal static LoopValue ErfInv(RealBuilder m, LoopValue x)
    {
        LoopValue a = m.Abs(x);
        LoopValue value = m.IsSingle ? SingleInverse(m, a) : DoubleInverse(m, a);
        return m.WithSign(m.Choose(m.Less(a, 1), value, m.Choose(m.Equal(a, 1), m.Infinity, m.NaN)), x);
    }

    /// <summary>
    /// x times a polynomial in w − 2.5 where w = −ln(1 − x²) is below 5, which it is for all but 0.34 % of the numbers that are random between −1 and 1,
    /// in √w − 3.1 beyond (Giles, GPU Computing Gems, 2011).
    /// </summary>
    private static LoopValue SingleInverse(RealBuilder m, LoopValue a)
    {
        LoopValue w = -Logarithms.LogOfNormal(m, (m.Number(1) - a) * (m.Number(1) + a));
        LoopValue value = a * m.Horner(w - m.Number(2.5), InverseCentre);
        return m.Builder.Rare(m.Builder.Not(m.Less(w, 5)), [value], () => [a * m.Horner(m.Root(w) - m.Number(3.1), InverseTail)])[0];
    }

    /// <summary>A ratio of polynomials in 0.180625 − x²/4 up to 0.85, in r − 1.6 and r − 5 with r = √(−ln((1 − x)/2)) beyond.</summary>
    private static LoopValue DoubleInverse(RealBuilder m, LoopValue a)
    {
        LoopValue centre = m.Builder.LessOrEqual(a, m.Number(0.85));
        LoopValue r = m.Root(-Logarithms.LogOfNormal(m, m.Number(0.5) * (m.Number(1) - a)));
        LoopValue t = m.Choose(centre, m.Fma(m.Number(-0.25) * a, a, m.Number(0.180625)), r - m.Number(1.6));
        LoopValue value = Mixed(m, t, centre, CentreTop, ShoulderTop) / Mixed(m, t, centre, CentreBottom, ShoulderBottom);
        value = m.Choose(centre, a * m.Fma(a * a, value, m.Number(0.886226925452758)), value);
        return m.Builder.Rare(m.Greater(r, 5), [value], () => [Tail(m, r - m.Number(5))])[0];
    }

    private static LoopValue Tail(RealBuilder m, LoopValue t) =>
        m.Polynomial(t, TailTop, TailTop) / m.Polynomial(t, TailBottom, TailBottom);

    /// <summary>A polynomial with one set of coefficients or another.</summary>
    private static LoopValue Mixed(RealBuilder m, LoopValue t, LoopValue test, double[] yes, double[] no)
    {
        LoopValue sum = m.Choose(test, m.Number(yes[^1]), m.Number(no[^1]));
        for (int i = yes.Length - 2; i >= 0; i--)
        {
            sum = m.Fma(sum, t, yes[i] == no[i] ? m.Number(yes[i]) : m.Choose(test, m.Number(yes[i]), m.Number(no[i])));
        }

        return sum;
    }

    /// <summary>erf a for 0 ≤ a ≤ 1.</summary>
    private static LoopValue Near(RealBuilder m, LoopValue a) => m.Fma(a, m.Polynomial(a * a, SingleNear, DoubleNear), a);

    /// <summary>erfc a for a ≥ ½ up to where it is 0. What rounding takes from w is carried along.</summary>
    private static LoopValue Beyond(RealBuilder m, LoopValue a)
    {
        LoopValue two = m.Number(2);
        LoopValue sum = a + two;
        LoopValue w = m.Number(1) / sum;
        LoopValue lost = w * m.Fma(w, sum - two - a, m.Fma(-w, sum, m.Number(1)));
        LoopValue t = m.Fma(m.Number(-4), lost, m.Fma(m.Number(-4), w, m.Number(1)));
        LoopValue q = m.Polynomial(t, SingleFar, DoubleFar);
        LoopValue square = a * a;
        return Exponentials.ExpOfSum(m, -square, m.Fma(-a, a, square), m.Fma(q, w, q * lost));
    }
}
