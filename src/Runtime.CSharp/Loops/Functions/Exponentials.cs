namespace Adjoint.Loops;

/// <summary>The exponential and what is made of it.</summary>
/// <remarks>
/// Method: x = n ln 2 + r with |r| ≤ ½ ln 2, n rounded by adding 1.5 · 2^fraction, ln 2 in two parts; e^r − 1 = r + r² P(r) with P near the best
/// polynomial in relative error (Remez's exchange). Powers of two are put together from exponent bits.
/// </remarks>
internal static class Exponentials
{
    private static readonly double[] SinglePart =
        [0.5, 0.16666488349437714, 0.04166555777192116, 0.008372262120246887, 0.0014033947372809052];

    private static readonly double[] SinglePartOfOne =
        [0.5, 0.1666666567325592, 0.04166646674275398, 0.008333643898367882, 0.0013935073511675, 0.00019663374405354261];

    private static readonly double[] DoublePart =
    [
        0.5, 0.16666666666666602, 0.04166666666661961, 0.008333333333388057, 0.001388888892069665, 0.00019841269711320662,
        2.4801516116110734e-05, 2.755742122371389e-06, 2.7622342760664527e-07, 2.5047113852763538e-08,
    ];

    /// <summary>eˣ.</summary>
    internal static LoopValue Exp(RealBuilder m, LoopValue x) => Exp(m, m.AtLeast(m.AtMost(x, m.IsSingle ? 89 : 710), m.IsSingle ? -104 : -746), 0);

    /// <summary>eˣ · 2^plus for x that the least and the largest number hold between them with room to spare.</summary>
    internal static LoopValue Exp(RealBuilder m, LoopValue x, int plus)
    {
        (LoopValue p, LoopValue n) = Reduced(m, x, SinglePart);
        return Scaled(m, m.Number(1) + p, n, plus);
    }

    /// <summary>e^(high + low) · factor for high above what gives 0 and below what overflows by far; low is small beside 1.</summary>
    internal static LoopValue ExpOfSum(RealBuilder m, LoopValue high, LoopValue low, LoopValue? factor = null)
    {
        (LoopValue p, LoopValue n) = Reduced(m, high, SinglePart, low);
        LoopValue value = factor is null ? m.Number(1) + p : m.Fma(factor, p, factor);
        return Scaled(m, value, n, 0);
    }

    /// <summary>eˣ − 1.</summary>
    internal static LoopValue Expm1(RealBuilder m, LoopValue x)
    {
        LoopValue clamped = m.AtLeast(m.AtMost(x, m.IsSingle ? 89 : 710), m.IsSingle ? -20 : -40);
        LoopValue half = PartOfExpm1(m, clamped, 1);
        LoopValue tiny = m.Less(m.Abs(x), m.IsSingle ? 2.9802322387695312e-08 : 5.551115123125783e-17);
        return m.Choose(tiny, x, half + half);
    }

    /// <summary>1/(1 + e⁻ˣ).</summary>
    internal static LoopValue Logistic(RealBuilder m, LoopValue x)
    {
        LoopValue e = Exp(m, m.AtLeast(-m.Abs(x), m.IsSingle ? -104 : -746), 0);
        return m.Choose(m.Less(x, 0), e, m.Number(1)) / (m.Number(1) + e);
    }

    /// <summary>tanh x = (e²ˣ − 1)/(e²ˣ + 1).</summary>
    internal static LoopValue Tanh(RealBuilder m, LoopValue x)
    {
        LoopValue a = m.AtMost(m.Abs(x), m.IsSingle ? 10 : 20);
        LoopValue half = PartOfExpm1(m, a + a, 1);
        return m.WithSign(half / (half + m.Number(1)), x);
    }

    /// <summary>sinh x = (d + d/(d + 1))/2 with d = eˣ − 1.</summary>
    internal static LoopValue Sinh(RealBuilder m, LoopValue x)
    {
        LoopValue a = m.Abs(x);
        LoopValue quarter = PartOfExpm1(m, m.AtMost(a, m.IsSingle ? 89.5 : 710.625), 2);
        LoopValue half = quarter + (quarter / m.Fma(m.Number(4), quarter, m.Number(1)));
        LoopValue tiny = m.Less(a, m.IsSingle ? 0.000244140625 : 7.450580596923828e-09);
        return m.Choose(tiny, x, m.WithSign(half + half, x));
    }

    /// <summary>cosh x = (eˣ + e⁻ˣ)/2.</summary>
    internal static LoopValue Cosh(RealBuilder m, LoopValue x)
    {
        LoopValue half = Exp(m, m.AtMost(m.Abs(x), m.IsSingle ? 90 : 711), -1);
        return half + (m.Number(0.25) / half);
    }

    /// <summary>(eˣ − 1)/2^parts, parts 1 or 2, so that it does not overflow before its double does.</summary>
    private static LoopValue PartOfExpm1(RealBuilder m, LoopValue x, int parts)
    {
        (LoopValue p, LoopValue n) = Reduced(m, x, SinglePartOfOne);
        LoopValue scale = m.PowerOfTwo(n, -parts);
        return m.Fma(p, scale, scale - m.Number(parts == 1 ? 0.5 : 0.25));
    }

    /// <summary>e^r − 1 and n in the low bits of a word, where x + low = n ln 2 + r.</summary>
    private static (LoopValue Part, LoopValue Count) Reduced(RealBuilder m, LoopValue x, double[] single, LoopValue? low = null)
    {
        LoopValue shifted = m.Fma(x, m.Number(1.4426950408889634), m.Shift);
        LoopValue count = m.Shift - shifted;
        LoopValue r = m.Fma(count, m.Number(0.6931471824645996, 0.6931471805599453), x);
        r = m.Fma(count, m.Number(-1.9046542121259336e-09, 2.3190468138462996e-17), low is null ? r : r + low);
        LoopValue p = m.Polynomial(r, single, DoublePart);
        return (m.Fma(p, r * r, r), m.BitsOf(shifted));
    }

    /// <summary>y · 2^(n + plus), in two steps, so that neither power overflows nor vanishes before the product does.</summary>
    private static LoopValue Scaled(RealBuilder m, LoopValue y, LoopValue n, int plus)
    {
        LoopValue half = m.Builder.ShiftRightLogical(n, 1);
        return y * m.PowerOfTwo(half) * m.PowerOfTwo(m.Builder.Subtract(n, half), plus);
    }
}
