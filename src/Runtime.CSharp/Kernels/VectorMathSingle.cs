using System.Numerics;
using System.Runtime.CompilerServices;

namespace Adjoint.Kernels;

/// <summary>Elementary functions of single precision, a vector at a time.</summary>
/// <remarks>
/// Error: at most 4 ulp over all arguments, relative accuracy near zeros and the results at ±0, ±∞ and NaN included.
/// Method: e^x − 1 by reduction to |r| ≤ ½ ln 2 and a near-minimax polynomial; logarithms after fdlibm (Sun 1993);
/// sine and cosine by Cody and Waite's reduction with three parts of π/2, exact for |x| ≤ 65536, and Cephes'
/// polynomials (Moshier 1992), the runtime's own functions beyond.
/// </remarks>
internal static unsafe class VectorMathSingle
{
    private const float Shift = 12582912f; // 1.5 · 2^23: adding it rounds to an integer that stands in the low bits.
    private const int ShiftBits = 0x4B400000;
    private const int OneBits = 0x3F800000;
    private const int RootHalfBits = 0x3F3504F3;
    private const float MaxReduced = 65536f;

    public static Vector<float> Exp(Vector<float> x)
    {
        Vector<float> clamped = Vector.MaxNative(Broadcast(-104f), Vector.MinNative(Broadcast(89f), x));
        Vector<float> p = Reduced(clamped, out Vector<int> n);
        Vector<int> half = n >> 1;
        return (Vector<float>.One + p) * PowerOfTwo(half) * PowerOfTwo(n - half);
    }

    public static Vector<float> Expm1(Vector<float> x)
    {
        Vector<float> clamped = Vector.MaxNative(Broadcast(-20f), Vector.MinNative(Broadcast(89f), x));
        return Vector.CopySign(Expm1Clamped(clamped), x);
    }

    public static Vector<float> Tanh(Vector<float> x)
    {
        Vector<float> a = Vector.MinNative(Broadcast(10f), Vector.Abs(x));
        Vector<float> e = Expm1Clamped(a + a);
        return Vector.CopySign(e / (e + Broadcast(2f)), x);
    }

    /// <summary>1 / (1 + e^−x).</summary>
    public static Vector<float> Logistic(Vector<float> x)
    {
        Vector<float> e = Exp(-Vector.Abs(x));
        Vector<float> top = Vector.ConditionalSelect(Vector.LessThan(x, Vector<float>.Zero), e, Vector<float>.One);
        return top / (Vector<float>.One + e);
    }

    public static Vector<float> Log(Vector<float> x)
    {
        Vector<int> subnormal = Vector.LessThan(x, Broadcast(1.17549435e-38f));
        Vector<float> scaled = Vector.ConditionalSelect(subnormal, x * Broadcast(33554432f), x);
        Vector<float> f = Split(scaled, out Vector<int> k);
        Vector<float> exponent = Vector.ConvertToSingle(k - (subnormal & new Vector<int>(25)));
        return LogEdges(LogOfSplit(f, exponent, Vector<float>.Zero), x, x);
    }

    public static Vector<float> Log1p(Vector<float> x)
    {
        Vector<float> one = Vector<float>.One;
        Vector<float> u = one + x;
        Vector<float> f = Split(u, out Vector<int> k);
        Vector<float> lost = Vector.ConditionalSelect(Vector.GreaterThan(k, Vector<int>.One), one - (u - x), x - (u - one)) / u;
        Vector<int> small = Vector.GreaterThan(x, Broadcast(-0.29289323f)) & Vector.LessThan(x, Broadcast(0.41421354f));
        Vector<float> exponent = Vector.ConvertToSingle(Vector.AndNot(k, small));
        f = Vector.ConditionalSelect(small, x, f);
        lost = Vector.AndNot(lost, Vector.AsVectorSingle(small));
        return Vector.CopySign(LogEdges(LogOfSplit(f, exponent, lost), u, x), x);
    }

    public static Vector<float> Sin(Vector<float> x)
    {
        Vector<float> a = Vector.Abs(x);
        if (!Vector.LessThanOrEqualAll(a, Broadcast(MaxReduced)))
        {
            return Each(x, &MathF.Sin);
        }

        Vector<float> f = Quadrant(a, out Vector<int> q);
        Vector<int> odd = -(q & Vector<int>.One);
        Vector<float> value = Vector.ConditionalSelect(odd, CosPolynomial(f), SinPolynomial(f));
        Vector<int> sign = ((q & new Vector<int>(2)) << 30) ^ (Vector.AsVectorInt32(x) & new Vector<int>(int.MinValue));
        return Vector.AsVectorSingle(Vector.AsVectorInt32(value) ^ sign);
    }

    public static Vector<float> Cos(Vector<float> x)
    {
        Vector<float> a = Vector.Abs(x);
        if (!Vector.LessThanOrEqualAll(a, Broadcast(MaxReduced)))
        {
            return Each(x, &MathF.Cos);
        }

        Vector<float> f = Quadrant(a, out Vector<int> q);
        Vector<int> odd = -(q & Vector<int>.One);
        Vector<float> value = Vector.ConditionalSelect(odd, SinPolynomial(f), CosPolynomial(f));
        Vector<int> sign = ((q + Vector<int>.One) & new Vector<int>(2)) << 30;
        return Vector.AsVectorSingle(Vector.AsVectorInt32(value) ^ sign);
    }

    /// <summary>x^y through double precision; the runtime's own where x is not positive or x or y not finite.</summary>
    public static Vector<float> Pow(Vector<float> x, Vector<float> y)
    {
        Vector<float> infinity = Broadcast(float.PositiveInfinity);
        Vector<int> plain = Vector.GreaterThan(x, Vector<float>.Zero) & Vector.LessThan(x, infinity);
        plain &= Vector.LessThan(Vector.Abs(y), infinity);
        if (plain != Vector<int>.AllBitsSet)
        {
            return Each(x, y, &MathF.Pow);
        }

        Vector.Widen(x, out Vector<double> x0, out Vector<double> x1);
        Vector.Widen(y, out Vector<double> y0, out Vector<double> y1);
        return Vector.Narrow(VectorMathDouble.Exp(y0 * VectorMathDouble.Log(x0)), VectorMathDouble.Exp(y1 * VectorMathDouble.Log(x1)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> Broadcast(float value) => new(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> Fma(Vector<float> a, Vector<float> b, Vector<float> c) => Vector.FusedMultiplyAdd(a, b, c);

    /// <summary>2^n for −126 ≤ n ≤ 127.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> PowerOfTwo(Vector<int> n) => Vector.AsVectorSingle((n << 23) + new Vector<int>(OneBits));

    /// <summary>e^r − 1, where x = n ln 2 + r and |r| ≤ ½ ln 2.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> Reduced(Vector<float> x, out Vector<int> n)
    {
        Vector<float> shifted = Fma(x, Broadcast(1.442695f), Broadcast(Shift));
        Vector<float> count = Broadcast(Shift) - shifted;
        n = Vector.AsVectorInt32(shifted) - new Vector<int>(ShiftBits);
        Vector<float> r = Fma(count, Broadcast(0.6931471824645996f), x);
        r = Fma(count, Broadcast(-1.9046542121259336e-09f), r);
        Vector<float> p = Fma(Broadcast(0.0001989198131397769f), r, Broadcast(0.0013934541928270264f));
        p = Fma(p, r, Broadcast(0.008333310024225292f));
        p = Fma(p, r, Broadcast(0.04166645680967788f));
        p = Fma(p, r, Broadcast(0.16666666682534356f));
        p = Fma(p, r, Broadcast(0.5000000014286223f));
        return Fma(p, r * r, r);
    }

    /// <summary>e^x − 1 for −20 ≤ x ≤ 89, halved until the end so that 2^128 does not overflow early.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> Expm1Clamped(Vector<float> x)
    {
        Vector<float> p = Reduced(x, out Vector<int> n);
        Vector<float> scale = PowerOfTwo(n - Vector<int>.One);
        Vector<float> half = Fma(p, scale, scale - Broadcast(0.5f));
        return half + half;
    }

    /// <summary>m − 1, where u = m · 2^k and √½ ≤ m &lt; √2.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> Split(Vector<float> u, out Vector<int> k)
    {
        Vector<int> bits = Vector.AsVectorInt32(u) + new Vector<int>(OneBits - RootHalfBits);
        k = (bits >> 23) - new Vector<int>(127);
        return Vector.AsVectorSingle((bits & new Vector<int>(0x007FFFFF)) + new Vector<int>(RootHalfBits)) - Vector<float>.One;
    }

    /// <summary>ln(1 + f) + exponent · ln 2 + lost.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> LogOfSplit(Vector<float> f, Vector<float> exponent, Vector<float> lost)
    {
        Vector<float> s = f / (Broadcast(2f) + f);
        Vector<float> z = s * s;
        Vector<float> w = z * z;
        Vector<float> odd = w * Fma(w, Broadcast(0.24279078841f), Broadcast(0.40000972152f));
        Vector<float> r = Fma(z, Fma(w, Broadcast(0.28498786688f), Broadcast(0.66666662693f)), odd);
        Vector<float> half = Broadcast(0.5f) * f * f;
        Vector<float> low = Fma(s, half + r, Fma(exponent, Broadcast(9.0580006145e-06f), lost));
        return Fma(exponent, Broadcast(6.9313812256e-01f), low - half + f);
    }

    /// <summary>The logarithm where u is positive and finite; otherwise −∞, ∞ or NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> LogEdges(Vector<float> value, Vector<float> u, Vector<float> x)
    {
        Vector<float> infinity = Broadcast(float.PositiveInfinity);
        value = Vector.ConditionalSelect(Vector.Equals(u, Vector<float>.Zero), -infinity, value);
        value = Vector.ConditionalSelect(Vector.Equals(x, infinity), infinity, value);
        Vector<int> valid = Vector.GreaterThanOrEqual(u, Vector<float>.Zero);
        return Vector.ConditionalSelect(valid, value, Broadcast(float.NaN));
    }

    /// <summary>a − q · π/2 with |result| about π/4 at most; q is right in its low bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> Quadrant(Vector<float> a, out Vector<int> q)
    {
        Vector<float> shifted = Fma(a, Broadcast(0.63661975f), Broadcast(Shift));
        Vector<float> count = Broadcast(Shift) - shifted;
        q = Vector.AsVectorInt32(shifted);
        Vector<float> f = Fma(count, Broadcast(1.5707963705062866f), a);
        f = Fma(count, Broadcast(-4.371138828673793e-08f), f);
        return Fma(count, Broadcast(-1.7151245100058819e-15f), f);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> SinPolynomial(Vector<float> f)
    {
        Vector<float> z = f * f;
        Vector<float> p = Fma(Broadcast(-1.9515295891e-4f), z, Broadcast(8.3321608736e-3f));
        p = Fma(p, z, Broadcast(-1.6666654611e-1f));
        return Fma(p * z, f, f);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> CosPolynomial(Vector<float> f)
    {
        Vector<float> z = f * f;
        Vector<float> p = Fma(Broadcast(2.443315711809948e-5f), z, Broadcast(-1.388731625493765e-3f));
        p = Fma(p, z, Broadcast(4.166664568298827e-2f));
        return Fma(p * z, z, Fma(Broadcast(-0.5f), z, Vector<float>.One));
    }

    private static Vector<float> Each(Vector<float> x, delegate*<float, float> function)
    {
        Span<float> values = stackalloc float[Vector<float>.Count];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = function(x[i]);
        }

        return new(values);
    }

    private static Vector<float> Each(Vector<float> x, Vector<float> y, delegate*<float, float, float> function)
    {
        Span<float> values = stackalloc float[Vector<float>.Count];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = function(x[i], y[i]);
        }

        return new(values);
    }
}
