namespace Adjoint.Loops;

/// <summary>Sine, cosine and tangent.</summary>
/// <remarks>
/// Method: x = q π/2 + f with |f| about π/4 at most, by Cody and Waite's reduction with π/2 in three parts, where |x| ≤ 65536 in f32 and 2³⁰ in
/// f64, which fused products make exact; beyond that by <see cref="HugeArguments"/>. Polynomials in f²: Cephes' in f32 (Moshier 1992), fdlibm's in
/// f64 (Sun 1993).
/// </remarks>
internal static class Trigonometric
{
    private static readonly double[] SingleSine = [-1.6666654611e-1, 8.3321608736e-3, -1.9515295891e-4];

    private static readonly double[] DoubleSine =
    [
        -1.66666666666666324348e-01, 8.33333333332248946124e-03, -1.98412698298579493134e-04, 2.75573137070700676789e-06,
        -2.50507602534068634195e-08, 1.58969099521155010221e-10,
    ];

    private static readonly double[] SingleCosine = [4.166664568298827e-2, -1.388731625493765e-3, 2.443315711809948e-5];

    private static readonly double[] DoubleCosine =
    [
        4.16666666666666019037e-02, -1.38888888888741095749e-03, 2.48015872894767294178e-05, -2.75573143513906633035e-07,
        2.08757232129817482790e-09, -1.13596475577881948265e-11,
    ];

    /// <summary>sin x.</summary>
    internal static LoopValue Sin(RealBuilder m, LoopValue x)
    {
        (LoopValue f, LoopValue q) = Quadrant(m, m.Abs(x));
        LoopValue value = m.Choose(IsOdd(m, q), Cosine(m, f), Sine(m, f));
        return m.TurnSign(value, m.Builder.Xor(SignOfHalf(m, q), m.SignBit(x)));
    }

    /// <summary>cos x.</summary>
    internal static LoopValue Cos(RealBuilder m, LoopValue x)
    {
        (LoopValue f, LoopValue q) = Quadrant(m, m.Abs(x));
        LoopValue value = m.Choose(IsOdd(m, q), Sine(m, f), Cosine(m, f));
        return m.TurnSign(value, SignOfHalf(m, m.Builder.Add(q, m.Bits(1))));
    }

    /// <summary>tan x.</summary>
    internal static LoopValue Tan(RealBuilder m, LoopValue x)
    {
        (LoopValue f, LoopValue q) = Quadrant(m, m.Abs(x));
        LoopValue sine = Sine(m, f);
        LoopValue cosine = CarefulCosine(m, f);
        LoopValue odd = IsOdd(m, q);
        LoopValue sign = m.Builder.Xor(m.Builder.ShiftLeft(q, m.Width - 1), m.SignBit(x));
        return m.TurnSign(m.Choose(odd, cosine, sine) / m.Choose(odd, sine, cosine), sign);
    }

    /// <summary>f with a = q π/2 + f for a ≥ 0; q is right in its lowest bits. NaN for ∞ and NaN.</summary>
    private static (LoopValue Angle, LoopValue Count) Quadrant(RealBuilder m, LoopValue a)
    {
        LoopValue shifted = m.Fma(a, m.Number(0.6366197723675814), m.Shift);
        LoopValue count = m.Shift - shifted;
        LoopValue f = m.Fma(count, m.Number(1.5707963705062866, 1.5707963267948966), a);
        f = m.Fma(count, m.Number(-4.371138828673793e-08, 6.123233995736766e-17), f);
        f = m.Fma(count, m.Number(-1.7151245100058819e-15, -1.4973849048591698e-33), f);
        LoopValue huge = m.Builder.Not(m.Builder.LessOrEqual(a, m.Number(65536, 1073741824)));
        System.Collections.Immutable.ImmutableArray<LoopValue> both =
            m.Builder.Rare(huge, [f, m.BitsOf(shifted)], () => HugeArguments.Reduce(m, a));
        return (both[0], both[1]);
    }

    private static LoopValue IsOdd(RealBuilder m, LoopValue q) => m.Builder.NotEqual(m.Builder.And(q, m.Bits(1)), m.Bits(0));

    /// <summary>The sign bit where the second bit is set.</summary>
    private static LoopValue SignOfHalf(RealBuilder m, LoopValue q) => m.Builder.ShiftLeft(m.Builder.And(q, m.Bits(2)), m.Width - 2);

    /// <summary>sin f for |f| up to π/4.</summary>
    internal static LoopValue Sine(RealBuilder m, LoopValue f)
    {
        LoopValue z = f * f;
        return m.Fma(m.Polynomial(z, SingleSine, DoubleSine) * z, f, f);
    }

    /// <summary>cos f for |f| up to π/4.</summary>
    internal static LoopValue Cosine(RealBuilder m, LoopValue f)
    {
        LoopValue z = f * f;
        return m.Fma(m.Polynomial(z, SingleCosine, DoubleCosine) * z, z, m.Fma(m.Number(-0.5), z, m.Number(1)));
    }

    /// <summary>The cosine with what rounding takes from 1 − f²/2 put back.</summary>
    private static LoopValue CarefulCosine(RealBuilder m, LoopValue f)
    {
        LoopValue z = f * f;
        LoopValue half = m.Number(-0.5);
        LoopValue most = m.Fma(half, z, m.Number(1));
        LoopValue lost = m.Fma(half, z, m.Number(1) - most);
        return most + m.Fma(m.Polynomial(z, SingleCosine, DoubleCosine) * z, z, lost);
    }
}
