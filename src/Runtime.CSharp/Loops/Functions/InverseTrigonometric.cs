namespace Adjoint.Loops;

/// <summary>Arc sine, arc cosine, arc tangent, and the angle of a point.</summary>
/// <remarks>
/// Method: asin x = x + x³ P(x²) up to ½, and π/2 − 2 asin √((1 − x)/2) beyond; atan of a ratio of at most 1 by t + t³ P(t²) up to tan π/8, and
/// π/4 + atan((n − d)/(n + d)) beyond. Polynomials are near the best in relative error, π has two parts.
/// </remarks>
internal static class InverseTrigonometric
{
    private static readonly double[] SingleArcSine =
        [0.16666659712791443, 0.07500521838665009, 0.04451373592019081, 0.03183276206254959, 0.014350401237607002, 0.037632156163454056];

    private static readonly double[] DoubleArcSine =
    [
        0.1666666666666676, 0.07499999999970756, 0.04464285717465494, 0.030381942705632867, 0.022372215050526726, 0.017351610844802544,
        0.013980835015950667, 0.011398790182576527, 0.010780957063980738, 0.003703673136914352, 0.021714283568990383,
        -0.021008988424855487, 0.03263498567982806,
    ];

    private static readonly double[] SingleArcTangent =
        [-0.33333316445350647, 0.19998525083065033, -0.1424429714679718, 0.10598265379667282, -0.0608733706176281];

    private static readonly double[] DoubleArcTangent =
    [
        -0.3333333333333319, 0.19999999999952184, -0.14285714280054126, 0.11111110776302653, -0.09090897551070275, 0.07692056524717276,
        -0.06663061935349622, 0.05847581568081096, -0.05037911876605331, 0.03802901030820541, -0.01786809648586479,
    ];

    /// <summary>arcsin x.</summary>
    internal static LoopValue Asin(RealBuilder m, LoopValue x)
    {
        LoopValue a = m.Abs(x);
        LoopValue large = m.Greater(a, 0.5);
        LoopValue half = ArcSine(m, a, large);
        LoopValue turned = HalfPi(m) - (half + half - HalfPiLow(m));
        return m.WithSign(m.Choose(large, turned, half), x);
    }

    /// <summary>arccos x.</summary>
    internal static LoopValue Acos(RealBuilder m, LoopValue x)
    {
        LoopValue a = m.Abs(x);
        LoopValue large = m.Greater(a, 0.5);
        LoopValue half = ArcSine(m, a, large);
        LoopValue twice = half + half;
        LoopValue negative = m.Less(x, 0);
        LoopValue far = m.Choose(negative, (HalfPi(m) + HalfPi(m)) - (twice - (HalfPiLow(m) + HalfPiLow(m))), twice);
        LoopValue near = HalfPi(m) - (m.Choose(negative, -half, half) - HalfPiLow(m));
        return m.Choose(large, far, near);
    }

    /// <summary>arctan x.</summary>
    internal static LoopValue Atan(RealBuilder m, LoopValue x) => m.WithSign(AngleOf(m, m.Abs(x), m.Number(1), null), x);

    /// <summary>The angle of the point (x, y), from −π to π.</summary>
    internal static LoopValue Atan2(RealBuilder m, LoopValue y, LoopValue x)
    {
        LoopValue a = m.Abs(y);
        LoopValue b = m.Abs(x);
        LoopValue infinity = m.Infinity;
        LoopValue bothInfinite = m.Builder.And(m.Builder.Equal(a, infinity), m.Builder.Equal(b, infinity));
        LoopValue bothZero = m.Builder.And(m.Equal(a, 0), m.Equal(b, 0));
        LoopValue larger = m.Builder.MaximumNative(a, b);
        LoopValue big = m.Greater(larger, m.IsSingle ? 8.507059173023462e+37 : 4.49423283715579e+307);
        LoopValue tiny = m.Less(larger, m.IsSingle ? 1.0842021724855044e-19 : 1e-200);
        LoopValue scale = m.Choose(big, m.Number(0.25), m.Choose(tiny, m.Number(1099511627776), m.Number(1)));
        LoopValue one = m.Number(1);
        a = m.Choose(bothInfinite, one, a * scale);
        b = m.Choose(bothInfinite, one, m.Choose(bothZero, one, b * scale));
        LoopValue left = m.Builder.NotEqual(m.SignBit(x), m.Bits(0));
        return m.WithSign(AngleOf(m, a, b, left), y);
    }

    /// <summary>asin a for a ≤ ½, asin √((1 − a)/2) where it is larger.</summary>
    private static LoopValue ArcSine(RealBuilder m, LoopValue a, LoopValue large)
    {
        LoopValue z = m.Choose(large, m.Number(0.5) * (m.Number(1) - a), a * a);
        LoopValue s = m.Choose(large, m.Root(z), a);
        return m.Fma(m.Polynomial(z, SingleArcSine, DoubleArcSine) * z, s, s);
    }

    /// <summary>The angle whose tangent is y/x, both not negative, turned to the other side of π/2 where left.</summary>
    private static LoopValue AngleOf(RealBuilder m, LoopValue y, LoopValue x, LoopValue? left)
    {
        LoopValue steep = m.Less(x, y);
        LoopValue low = m.Choose(steep, x, y);
        LoopValue high = m.Choose(steep, y, x);
        LoopValue middle = m.Less(m.Number(0.41421356237309503) * high, low);
        LoopValue t = m.Choose(middle, low - high, low) / m.Choose(middle, low + high, high);
        LoopValue z = t * t;
        LoopValue zero = m.Number(0);
        LoopValue rest = m.Polynomial(z, SingleArcTangent, DoubleArcTangent) * z * t;

        // The angle is a multiple of π/4 plus or minus t + rest.
        LoopValue turned = m.Choose(steep, m.Number(2), zero);
        LoopValue eighths = m.Choose(middle, m.Number(1), turned);
        LoopValue minus = steep;
        if (left is not null)
        {
            eighths = m.Choose(left, m.Number(4) - eighths, eighths);
            minus = m.Builder.Xor(steep, left);
        }

        LoopValue sign = m.Choose(minus, m.Bits(1UL << (m.Width - 1)), m.Bits(0));
        t = m.TurnSign(t, sign);
        rest = m.TurnSign(rest, sign);
        LoopValue quarter = m.Number(0.5) * HalfPi(m);
        LoopValue quarterLow = m.Number(0.5) * HalfPiLow(m);
        return m.Fma(eighths, quarter, t + m.Fma(eighths, quarterLow, rest));
    }

    private static LoopValue HalfPi(RealBuilder m) => m.Number(1.5707963267948966);

    private static LoopValue HalfPiLow(RealBuilder m) => m.Number(-4.371139000186241e-08, 6.123233995736766e-17);
}
