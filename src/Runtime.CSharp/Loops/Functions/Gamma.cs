namespace Adjoint.Loops;

/// <summary>The logarithm of the gamma function and its derivative.</summary>
/// <remarks>
/// Method of ln Γ, by formulas of the NIST Digital Library of Mathematical Functions: from 1.5 to 2.5 a polynomial times the distance from the
/// zero at 2; to either side of it the recurrence (5.5.1), whose product is one logarithm in two parts; Stirling's series (5.11.1) from 8.5 on.
/// ψ is a polynomial times the distance from its zero, in two parts, from 1 to 2; the recurrence (5.5.2) around it; its asymptotic series
/// (5.11.2) from 8 on, in f32 from 5. Negative arguments are reflected (5.5.3, 5.5.4): there the error is small beside the terms, not beside a value near a zero.
/// Polynomials are near the best in relative error.
/// </remarks>
internal static class Gamma
{
    private static readonly double[] SingleNearTwo =
    [
        0.42278432846069336, 0.32246702909469604, -0.06735222041606903, 0.020581603050231934, -0.007387429475784302, 0.0028790473006665707,
        -0.0011778289917856455, 0.0005698472377844155, -0.00026987254386767745,
    ];

    private static readonly double[] DoubleNearTwo =
    [
        0.42278433509846713, 0.3224670334241133, -0.06735230105319576, 0.020580808427765898, -0.007385551028925924, 0.0028905103318450026,
        -0.0011927539013033743, 0.0005096694950351122, -0.00022315497271258665, 9.94579451439811e-05, -4.4923767732369184e-05,
        2.0503537314474936e-05, -9.456100356723485e-06, 4.393546905950056e-06, -1.974769621553399e-06, 8.998482921363031e-07,
        -5.806730498353558e-07, 2.9775037867426414e-07,
    ];

    private static readonly double[] SingleStirling = [0.0833333358168602, -0.002777681453153491, 0.0007795928395353258];

    private static readonly double[] DoubleStirling =
    [
        0.08333333333333333, -0.002777777777772591, 0.0007936507895572317, -0.0005952366667401465, 0.000841493528525947,
        -0.0018924114965368482, 0.005123865967172633,
    ];

    private static readonly double[] SingleNearZero =
    [
        0.9510558843612671, -0.42362749576568604, 0.24054262042045593, -0.1483987718820572, 0.0949820727109909, -0.0620572566986084,
        0.040879517793655396, -0.02577991597354412, 0.01697945035994053, -0.016386287286877632, 0.011120396666228771,
    ];

    private static readonly double[] DoubleNearZero =
    [
        0.9510558760318328, -0.4236274212814572, 0.24054248424077762, -0.14840492305487754, 0.0949887244544898, -0.06192213318932712,
        0.04076083383554744, -0.02697580007494785, 0.017907251838001008, -0.011908145706755668, 0.007926953627683945, -0.005280911436968987,
        0.0035189247767561005, -0.0023375002129416424, 0.0015570907765867445, -0.0010778814831477821, 0.0007217669415676427,
        -0.00035436676208218864, 0.0002301667344056631, -0.00037873039898720826, 0.00025734009055040967,
    ];

    private static readonly double[] SingleSeries = [-0.08333329111337662, 0.008326800540089607, -0.0036768994759768248];

    private static readonly double[] DoubleSeries =
    [
        -0.08333333333333316, 0.00833333333304092, -0.003968253804397318, 0.004166622966790523, -0.007569477748136311,
        0.020589004025301578, -0.06153731888148708,
    ];

    /// <summary>ln |Γ(x)|.</summary>
    internal static LoopValue Lgamma(RealBuilder m, LoopValue x)
    {
        LoopValue below = m.Less(x, 0);
        LoopValue value = LogOfPositive(m, m.Choose(below, m.Number(1) - x, x));
        value = m.Builder.Rare(below, [value], () =>
        {
            (LoopValue sine, _, _) = Turn(m, x);
            LoopValue reflected = m.Number(1.1447298858494002) - Logarithms.Log(m, sine) - value;

            // Γ(x) is 1/x up to a factor 1 − γx; the sine of so small an angle may be subnormal.
            return [m.Choose(m.Less(m.Abs(x), 1e-18), -Logarithms.Log(m, m.Abs(x)), reflected)];
        })[0];
        value = m.Choose(m.Equal(x, 0), m.Infinity, value);
        return m.Choose(m.Less(m.Abs(x), double.PositiveInfinity), value, m.Abs(x));
    }

    /// <summary>ψ(x) = (ln Γ)′(x).</summary>
    internal static LoopValue Digamma(RealBuilder m, LoopValue x)
    {
        LoopValue below = m.Less(x, 0);
        LoopValue a = m.Choose(below, m.Number(1) - x, x);
        LoopValue value = m.Choose(m.Less(a, m.IsSingle ? 5 : 8), DigammaOfSmall(m, a), DigammaOfLarge(m, a));
        value = m.Choose(m.Less(a, double.PositiveInfinity), value, a);
        value = m.Builder.Rare(below, [value], () =>
        {
            (LoopValue sine, LoopValue cosine, LoopValue part) = Turn(m, x);
            LoopValue cotangent = m.OfBits(m.Builder.Xor(m.BitsOf(cosine / sine), m.SignBit(part)));
            LoopValue turned = m.Fma(m.Number(-3.141592653589793), cotangent, value);
            return [m.Choose(m.Equal(part, 0), m.NaN, turned)];
        })[0];
        return m.Choose(m.Equal(x, 0), m.NaN, value);
    }

    /// <summary>ln Γ(a) for a &gt; 0 that is finite.</summary>
    private static LoopValue LogOfPositive(RealBuilder m, LoopValue a)
    {
        LoopBuilder b = m.Builder;
        LoopValue one = m.Number(1);
        LoopValue rest = a;
        LoopValue product = one;
        for (int i = 0; i < 6; i++)
        {
            LoopValue above = b.LessOrEqual(m.Number(2.5), rest);
            LoopValue less = rest - one;
            product = m.Choose(above, product * less, product);
            rest = m.Choose(above, less, rest);
        }

        LoopValue tiny = m.Less(a, 0.5);
        LoopValue low = m.Less(a, 1.5);
        LoopValue t = m.Choose(tiny, a, m.Choose(low, a - one, rest - m.Number(2)));
        product = m.Choose(tiny, m.Fma(a, a, a), m.Choose(low, a, product));
        LoopValue large = m.Less(m.Number(8.5), a);
        (LoopValue log, LoopValue logLow) = Powers.LogInTwoParts(m, m.Choose(large, a, product));
        LoopValue sign = m.Choose(low, m.Bits(1UL << (m.Width - 1)), m.Bits(0));
        LoopValue near = m.Fma(t, m.Polynomial(t, SingleNearTwo, DoubleNearTwo), m.TurnSign(log, sign)) + m.TurnSign(logLow, sign);
        return m.Choose(large, Stirling(m, a, log, logLow), near);
    }

    /// <summary>(a − ½)(ln a − 1) + ½ ln 2π − ½ + 1/12a − …, from the logarithm in two parts.</summary>
    private static LoopValue Stirling(RealBuilder m, LoopValue a, LoopValue log, LoopValue logLow)
    {
        LoopValue factor = a - m.Number(0.5);
        LoopValue less = log - m.Number(1);
        LoopValue most = factor * less;
        LoopValue inverse = m.Number(1) / a;
        LoopValue rest = m.Fma(inverse, m.Polynomial(inverse * inverse, SingleStirling, DoubleStirling), m.Number(0.41893853320467274));
        LoopValue lost = m.Fma(factor, logLow, m.Fma(factor, less, -most));
        return m.Choose(m.Less(most, double.PositiveInfinity), most + (lost + rest), most);
    }

    /// <summary>ψ(a) for a &gt; 0 below 8, in f32 below 5: from 1 to 2, and what the recurrence adds.</summary>
    private static LoopValue DigammaOfSmall(RealBuilder m, LoopValue a)
    {
        LoopValue one = m.Number(1);
        LoopValue low = m.Less(a, 1);
        LoopValue top = m.Choose(low, m.Number(-1), m.Number(0));
        LoopValue bottom = m.Choose(low, a, one);
        LoopValue rest = m.Choose(low, a + one, a);
        for (int i = 0; i < (m.IsSingle ? 3 : 6); i++)
        {
            LoopValue above = m.Builder.And(m.Builder.LessOrEqual(m.Number(2), rest), m.Builder.LessOrEqual(one, a));
            LoopValue less = rest - one;
            top = m.Choose(above, m.Fma(top, less, bottom), top);
            bottom = m.Choose(above, bottom * less, bottom);
            rest = m.Choose(above, less, rest);
        }

        LoopValue distance = rest - m.Number(1.4616321325302124, 1.4616321449683622) - m.Number(1.2438149938918909e-08, 9.549995429965697e-17);
        LoopValue near = m.Polynomial(rest - m.Number(1.5), SingleNearZero, DoubleNearZero);
        LoopValue inverse = one / bottom;
        LoopValue added = top * inverse;
        LoopValue lost = m.Fma(-added, bottom, top) * inverse;
        lost = m.Choose(m.Less(m.Abs(lost), double.PositiveInfinity), lost, m.Number(0));
        return m.Fma(distance, near, added) + lost;
    }

    /// <summary>ln a − 1/2a − 1/12a² + …</summary>
    private static LoopValue DigammaOfLarge(RealBuilder m, LoopValue a)
    {
        LoopValue inverse = m.Number(1) / a;
        LoopValue square = inverse * inverse;
        LoopValue series = m.Fma(square, m.Polynomial(square, SingleSeries, DoubleSeries), m.Number(-0.5) * inverse);
        return Logarithms.Log(m, a) + series;
    }

    /// <summary>|sin πx| and |cos πx|, the latter with the sign of the tangent left to the part that x is above the nearest integer.</summary>
    private static (LoopValue Sine, LoopValue Cosine, LoopValue Part) Turn(RealBuilder m, LoopValue x)
    {
        LoopValue part = x - m.Builder.Round(x);
        LoopValue d = m.Abs(part);
        LoopValue far = m.Greater(d, 0.25);
        LoopValue u = m.Choose(far, m.Number(0.5) - d, d);
        LoopValue angle = m.Fma(u, m.Number(3.141592653589793), u * m.Number(-8.742278000372482e-08, 1.2246467991473532e-16));
        LoopValue sine = Trigonometric.Sine(m, angle);
        LoopValue cosine = Trigonometric.Cosine(m, angle);
        return (m.Choose(far, cosine, sine), m.Choose(far, sine, cosine), part);
    }
}
