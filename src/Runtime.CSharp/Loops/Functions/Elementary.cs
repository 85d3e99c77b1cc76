using System.Reflection;

namespace Adjoint.Loops;

/// <summary>Functions of a few instructions, and remainders.</summary>
internal static class Elementary
{
    private static readonly MethodInfo SingleRemainder = ((Func<float, float, float>)Kernels.ScalarMath.Remainder).Method;
    private static readonly MethodInfo DoubleRemainder = ((Func<double, double, double>)Kernels.ScalarMath.Remainder).Method;

    /// <summary>√x.</summary>
    internal static LoopValue Sqrt(RealBuilder m, LoopValue x) => m.Root(x);

    /// <summary>1/√x, two rounded operations.</summary>
    internal static LoopValue Rsqrt(RealBuilder m, LoopValue x) => m.Number(1) / m.Root(x);

    /// <summary>−1, 0 with its sign, or 1; NaN stays.</summary>
    internal static LoopValue Sign(RealBuilder m, LoopValue x) =>
        m.Choose(m.Greater(m.Abs(x), 0), m.WithSign(m.Number(1), x), x);

    /// <summary>x − y trunc(x/y), exactly: by one fused product where the quotient is below 2^fraction, otherwise by the runtime's long division.</summary>
    internal static LoopValue Rem(RealBuilder m, LoopValue x, LoopValue y)
    {
        LoopBuilder b = m.Builder;
        LoopValue a = m.Abs(x);
        LoopValue d = m.Abs(y);
        LoopValue quotient = a / d;
        LoopValue r = m.Fma(-b.Truncate(quotient), d, a);
        r = m.Choose(m.Less(r, 0), r + d, r);
        LoopValue plain = b.And(m.Less(quotient, m.IsSingle ? 8388608 : 4503599627370496), m.Less(d, double.PositiveInfinity));
        return b.Rare(b.Not(plain), [m.WithSign(r, x)], () => [b.Call(m.IsSingle ? SingleRemainder : DoubleRemainder, x, y)])[0];
    }
}
