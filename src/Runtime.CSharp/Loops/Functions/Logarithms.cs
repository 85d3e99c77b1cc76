namespace Adjoint.Loops;

/// <summary>Logarithms and the inverse hyperbolic functions.</summary>
/// <remarks>
/// Method: u = 2^k m with √½ ≤ m &lt; √2 and f = m − 1. In f32 ln(1 + f) = f − f²/2 + f³ P(f); in f64 it is f − s (f − R), after fdlibm (Sun 1993),
/// with s = f/(2 + f) and R a polynomial in s². Polynomials are near the best in relative error.
/// </remarks>
internal static class Logarithms
{
    private static readonly double[] SinglePart =
    [
        0.3333331346511841, -0.25000083446502686, 0.20002150535583496, -0.16663789749145508, 0.1421525627374649, -0.12481176853179932,
        0.12001150101423264, -0.1125631034374237, 0.05967285484075546,
    ];

    private static readonly double[] DoublePart =
    [
        6.666666666666735130e-01, 3.999999999940941908e-01, 2.857142874366239149e-01, 2.222219843214978396e-01, 1.818357216161805012e-01,
        1.531383769920937332e-01, 1.479819860511658591e-01,
    ];

    /// <summary>ln x.</summary>
    internal static LoopValue Log(RealBuilder m, LoopValue x)
    {
        (LoopValue f, LoopValue k) = SplitAny(m, x);
        return Edges(m, OfSplit(m, f, k, null), x, x);
    }

    /// <summary>ln x where x is positive, finite and no subnormal number; anything elsewhere.</summary>
    internal static LoopValue LogOfNormal(RealBuilder m, LoopValue x)
    {
        (LoopValue f, LoopValue biased) = Split(m, x);
        return OfSplit(m, f, m.OfInteger(biased) - m.Number(m.Bias), null);
    }

    /// <summary>ln(1 + x).</summary>
    internal static LoopValue Log1p(RealBuilder m, LoopValue x)
    {
        LoopValue value = Log1p(m, x, null);
        return m.Choose(m.Equal(x, 0), x, Edges(m, value, m.Number(1) + x, x));
    }

    /// <summary>asinh x = ±ln(1 + a + a²/(1 + √(a² + 1))), a = |x|; ln 2a where 1 is nothing beside a.</summary>
    internal static LoopValue Asinh(RealBuilder m, LoopValue x)
    {
        LoopValue a = m.Abs(x);
        LoopValue large = m.Greater(a, m.IsSingle ? 134217728 : 144115188075855872);
        LoopValue square = a * a;
        LoopValue sum = a + (square / (m.Number(1) + m.Root(m.Fma(a, a, m.Number(1)))));
        LoopValue value = Log1p(m, m.Choose(large, a, sum), large);
        value = m.Choose(m.Less(a, m.IsSingle ? 0.000244140625 : 7.450580596923828e-09), a, value);
        return m.WithSign(m.Choose(m.Less(a, double.PositiveInfinity), value, a), x);
    }

    /// <summary>acosh x = ln(1 + t + √(2t + t²)), t = x − 1; ln 2x where 1 is nothing beside x.</summary>
    internal static LoopValue Acosh(RealBuilder m, LoopValue x)
    {
        LoopValue t = x - m.Number(1);
        LoopValue large = m.Greater(x, m.IsSingle ? 134217728 : 144115188075855872);
        LoopValue value = Log1p(m, m.Choose(large, x, t + m.Root(m.Fma(t, t, t + t))), large);
        value = m.Choose(m.Less(x, 1), m.NaN, value);
        return m.Choose(m.Less(x, double.PositiveInfinity), value, x);
    }

    /// <summary>atanh x = ½ ln(1 + 2a/(1 − a)), a = |x|.</summary>
    internal static LoopValue Atanh(RealBuilder m, LoopValue x)
    {
        LoopValue a = m.Abs(x);
        LoopValue u = (a + a) / (m.Number(1) - a);
        LoopValue value = m.Number(0.5) * Log1p(m, u, null);
        value = m.Choose(m.Less(a, m.IsSingle ? 0.000244140625 : 7.450580596923828e-09), a, value);
        value = m.Choose(m.Less(a, 1), value, m.Choose(m.Equal(a, 1), m.Infinity, m.NaN));
        return m.WithSign(value, x);
    }

    /// <summary>m − 1 and k, where x = 2^k m, subnormal numbers included.</summary>
    internal static (LoopValue Fraction, LoopValue Exponent) SplitAny(RealBuilder m, LoopValue x)
    {
        LoopValue subnormal = m.Less(x, m.IsSingle ? 1.1754943508222875e-38 : 2.2250738585072014e-308);
        LoopValue scaled = m.Choose(subnormal, x * m.Number(33554432, 18014398509481984), x);
        (LoopValue f, LoopValue biased) = Split(m, scaled);
        LoopValue bias = m.Choose(subnormal, m.Number(m.Bias + (m.IsSingle ? 25 : 54)), m.Number(m.Bias));
        return (f, m.OfInteger(biased) - bias);
    }

    /// <summary>m − 1 and k with the bias added, where u = 2^k m, √½ ≤ m &lt; √2.</summary>
    private static (LoopValue Fraction, LoopValue Biased) Split(RealBuilder m, LoopValue u)
    {
        ulong rootHalf = m.IsSingle ? 0x3F3504F3UL : 0x3FE6A09E00000000UL;
        ulong one = (ulong)m.Bias << m.Fraction;
        LoopValue bits = m.Builder.Add(m.BitsOf(u), m.Bits(one - rootHalf));
        LoopValue rest = m.Builder.Add(m.Builder.And(bits, m.Bits((1UL << m.Fraction) - 1)), m.Bits(rootHalf));
        return (m.OfBits(rest) - m.Number(1), m.Builder.ShiftRightLogical(bits, m.Fraction));
    }

    /// <summary>ln(1 + f) + k ln 2 + lost.</summary>
    private static LoopValue OfSplit(RealBuilder m, LoopValue f, LoopValue k, LoopValue? lost)
    {
        LoopValue high = m.Number(6.9313812256e-01, 6.93147180369123816490e-01);
        LoopValue small = k * m.Number(9.0580006145e-06, 1.90821492927058770002e-10);
        LoopValue low = lost is null ? small : small + lost;
        LoopValue half = m.Number(0.5) * f * f;
        if (m.IsSingle)
        {
            low = m.Fma(m.Polynomial(f, SinglePart, SinglePart) * f, f * f, low);
        }
        else
        {
            LoopValue s = f / (m.Number(2) + f);
            LoopValue z = s * s;
            low = m.Fma(s, m.Fma(z, m.Polynomial(z, DoublePart, DoublePart), half), low);
        }

        return m.Fma(k, high, low - half + f);
    }

    /// <summary>ln(1 + x), and ln 2 more where doubled, for x ≥ −1 that is finite; anything elsewhere.</summary>
    private static LoopValue Log1p(RealBuilder m, LoopValue x, LoopValue? doubled)
    {
        LoopValue one = m.Number(1);
        LoopValue u = one + x;
        (LoopValue f, LoopValue biased) = Split(m, u);
        LoopValue k = m.OfInteger(biased) - m.Number(m.Bias);
        LoopValue lost = m.Choose(m.Greater(k, 1), one - (u - x), x - (u - one)) / u;
        LoopValue small = m.Builder.And(m.Greater(x, m.IsSingle ? -0.29289323091506958 : -0.2928932188134524), m.Less(x, m.IsSingle ? 0.41421353816986084 : 0.4142135623730950));
        k = m.Choose(small, m.Number(0), k);
        f = m.Choose(small, x, f);
        lost = m.Choose(small, m.Number(0), lost);
        return OfSplit(m, f, doubled is null ? k : k + m.Choose(doubled, one, m.Number(0)), lost);
    }

    /// <summary>The logarithm where u is positive and finite; otherwise −∞, ∞ or NaN.</summary>
    private static LoopValue Edges(RealBuilder m, LoopValue value, LoopValue u, LoopValue x)
    {
        value = m.Choose(m.Less(x, double.PositiveInfinity), value, x);
        return m.Choose(m.Greater(u, 0), value, m.Choose(m.Equal(u, 0), m.Number(double.NegativeInfinity), m.NaN));
    }
}
