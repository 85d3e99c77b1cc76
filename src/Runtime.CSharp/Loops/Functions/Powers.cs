using Adjoint.Core;

namespace Adjoint.Loops;

/// <summary>Powers and roots.</summary>
/// <remarks>
/// Method of the power: ln |x| as a sum of two numbers, whose error is below 2⁻⁹ of the last place of the first: with s = f/(2 + f),
/// ln(1 + f) = 2s + s³ (⅔ + s² P(s²)), products and sums that matter in two parts each (Dekker 1971); then the exponential of y ln |x|.
/// </remarks>
internal static class Powers
{
    private static readonly double[] SinglePart = [0.40000152587890625, 0.2854708731174469, 0.2341976761817932];

    private static readonly double[] DoublePart =
    [
        0.4000000000000227, 0.2857142857009123, 0.22222222521478188, 0.18181784225721948, 0.15386764072599018, 0.13256655811022264,
        0.13197874852885297,
    ];

    private static readonly double[] InverseRoot =
        [1.795290994898843, -1.5033666297136627, 1.026759557413207, -0.38879936171944224, 0.07438784717912375, -0.0056073362383877254];

    /// <summary>x to the power y.</summary>
    internal static LoopValue Pow(RealBuilder m, LoopValue x, LoopValue y)
    {
        LoopBuilder b = m.Builder;
        LoopValue a = m.Abs(x);
        LoopValue size = PowerOfMagnitude(m, a, y);
        LoopValue whole = b.Equal(b.Round(y), y);
        LoopValue half = m.Number(0.5) * y;
        LoopValue odd = b.And(whole, b.NotEqual(b.Round(half), half));
        LoopValue sign = m.Choose(odd, m.SignBit(x), m.Bits(0));
        LoopValue allowed = b.Or(whole, b.LessOrEqual(m.Number(0), x));
        LoopValue value = m.Choose(allowed, m.TurnSign(size, sign), m.NaN);
        LoopValue plain = b.And(b.And(m.Less(m.Number(0), a), m.Less(a, m.Infinity)), m.Less(m.Abs(y), m.Infinity));
        return b.Rare(b.Not(plain), [value], () => [Edges(m, x, y, a, sign)])[0];
    }

    /// <summary>∛x: x = 2^3q t with ½ ≤ t &lt; 4, a polynomial near 1/∛t made better by a cubic iteration, then one of Newton's for ∛t.</summary>
    internal static LoopValue Cbrt(RealBuilder m, LoopValue x)
    {
        LoopBuilder b = m.Builder;
        LoopValue a = m.Abs(x);
        LoopValue subnormal = m.Less(a, m.IsSingle ? 1.1754943508222875e-38 : 2.2250738585072014e-308);
        LoopValue bits = m.BitsOf(m.Choose(subnormal, a * m.Number(16777216, 18014398509481984), a));
        LoopValue exponent = m.OfInteger(b.ShiftRightLogical(bits, m.Fraction)) - m.Number(m.Bias);
        LoopValue third = m.BitsOf(m.Fma(exponent, m.Number(1.0 / 3), m.Shift));
        LoopValue scale = b.ShiftLeft(third, m.Fraction);
        LoopValue t = m.OfBits(b.Subtract(bits, b.Add(scale, b.Add(scale, scale))));
        LoopValue r = m.Polynomial(t, InverseRoot, InverseRoot);
        for (int i = m.IsSingle ? 1 : 0; i < 2; i++)
        {
            LoopValue h = m.Fma(-(r * r), r * t, m.Number(1));
            r = m.Fma(r * h, m.Fma(m.Number(2.0 / 9), h, m.Number(1.0 / 3)), r);
        }

        LoopValue root = t * r * r;
        LoopValue square = root * root;
        LoopValue lost = m.Fma(root, root, -square);
        LoopValue rest = m.Fma(-root, lost, m.Fma(-root, square, t));
        root = m.Fma(rest, m.Number(1.0 / 3) * (r * r), root);
        LoopValue value = m.OfBits(b.Add(m.BitsOf(root), scale)) * m.Choose(subnormal, m.Number(0.00390625, 3.814697265625e-06), m.Number(1));
        LoopValue plain = b.And(m.Less(m.Number(0), a), m.Less(a, m.Infinity));
        return m.Choose(plain, m.WithSign(value, x), x);
    }

    /// <summary>a to the power y for a positive and both finite.</summary>
    private static LoopValue PowerOfMagnitude(RealBuilder m, LoopValue a, LoopValue y)
    {
        (LoopValue high, LoopValue low) = LogInTwoParts(m, a);
        LoopValue product = y * high;
        double limit = m.IsSingle ? 120 : 800;
        LoopValue rest = m.Fma(y, low, m.Fma(y, high, -product));
        rest = m.Choose(m.Less(m.Abs(product), limit), rest, m.Number(0));
        product = m.AtLeast(m.AtMost(product, m.IsSingle ? 89 : 710), m.IsSingle ? -104 : -746);
        return Exponentials.ExpOfSum(m, product, rest);
    }

    /// <summary>ln a as a sum of two numbers, for a positive and finite.</summary>
    internal static (LoopValue High, LoopValue Low) LogInTwoParts(RealBuilder m, LoopValue a)
    {
        (LoopValue f, LoopValue k) = Logarithms.SplitAny(m, a);
        LoopValue two = m.Number(2);
        LoopValue u = two + f;
        LoopValue inverse = m.Number(1) / u;
        LoopValue s = f * inverse;
        LoopValue sLow = m.Fma(-s, f - (u - two), m.Fma(-s, u, f)) * inverse;

        LoopValue z = s * s;
        LoopValue zLow = m.Fma(s + s, sLow, m.Fma(s, s, -z));
        LoopValue part = z * m.Polynomial(z, SinglePart, DoublePart);
        LoopValue twoThirds = m.Number(2.0 / 3);
        LoopValue p = twoThirds + part;
        LoopValue pLow = part - (p - twoThirds) + m.Number(-1.9868215517249155e-08, 3.700743415417188e-17);

        LoopValue t = z * p;
        LoopValue tLow = m.Fma(zLow, p, m.Fma(z, pLow, m.Fma(z, p, -t)));
        LoopValue w = s * t;
        LoopValue wLow = m.Fma(sLow, t, m.Fma(s, tLow, m.Fma(s, t, -w)));

        LoopValue twice = s + s;
        LoopValue near = twice + w;
        LoopValue nearLow = twice - near + w + m.Fma(two, sLow, wLow);
        LoopValue whole = k * m.Number(6.9313812256e-01, 6.93147180369123816490e-01);
        LoopValue high = whole + near;
        LoopValue low = whole - high + near + m.Fma(k, m.Number(9.0580006145e-06, 1.90821492927058770002e-10), nearLow);
        return (high, low);
    }

    /// <summary>The power where x is 0, ∞ or NaN, or y is infinite or NaN (IEEE 754, pow).</summary>
    private static LoopValue Edges(RealBuilder m, LoopValue x, LoopValue y, LoopValue a, LoopValue sign)
    {
        LoopBuilder b = m.Builder;
        LoopValue one = m.Number(1);
        LoopValue vanishes = b.Xor(m.Less(one, a), m.Less(m.Number(0), y));
        LoopValue size = m.Choose(m.Equal(a, 1), one, m.Choose(vanishes, m.Number(0), m.Infinity));
        LoopValue value = m.Choose(b.Or(m.IsNaN(x), m.IsNaN(y)), m.NaN, m.TurnSign(size, sign));
        return m.Choose(b.Or(m.Equal(y, 0), m.Equal(x, 1)), one, value);
    }
}
