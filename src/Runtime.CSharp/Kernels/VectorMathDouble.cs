using System.Numerics;
using System.Runtime.CompilerServices;

namespace Adjoint.Kernels;

/// <summary>Elementary functions of double precision, a vector at a time.</summary>
/// <remarks>
/// Error: at most 4 ulp over all arguments, relative accuracy near zeros and the results at ±0, ±∞ and NaN included.
/// Method: as <see cref="VectorMathSingle"/>, with fdlibm's polynomials (Sun 1993) for logarithms, sine and cosine; the
/// reduction by three parts of π/2 serves |x| ≤ 2^30. The power is the runtime's own, element by element.
/// </remarks>
internal static unsafe class VectorMathDouble
{
    private const double Shift = 6755399441055744.0; // 1.5 · 2^52: adding it rounds to an integer that stands in the low bits.
    private const long ShiftBits = 0x4338000000000000;
    private const long OneBits = 0x3FF0000000000000;
    private const long RootHalfBits = 0x3FE6A09E00000000;
    private const double MaxReduced = 1073741824.0;

    public static Vector<double> Exp(Vector<double> x)
    {
        Vector<double> clamped = Vector.MaxNative(Broadcast(-746.0), Vector.MinNative(Broadcast(710.0), x));
        Vector<double> p = Reduced(clamped, out Vector<long> n);
        Vector<long> half = Vector.AsVectorInt64(Vector.AsVectorInt32(n) >> 1); // The low half of a lane is the count.
        half = (half << 32) >> 32;
        return (Vector<double>.One + p) * PowerOfTwo(half) * PowerOfTwo(n - half);
    }

    public static Vector<double> Expm1(Vector<double> x)
    {
        Vector<double> clamped = Vector.MaxNative(Broadcast(-40.0), Vector.MinNative(Broadcast(710.0), x));
        return Vector.CopySign(Expm1Clamped(clamped), x);
    }

    public static Vector<double> Tanh(Vector<double> x)
    {
        Vector<double> a = Vector.MinNative(Broadcast(20.0), Vector.Abs(x));
        Vector<double> e = Expm1Clamped(a + a);
        return Vector.CopySign(e / (e + Broadcast(2.0)), x);
    }

    /// <summary>1 / (1 + e^−x).</summary>
    public static Vector<double> Logistic(Vector<double> x)
    {
        Vector<double> e = Exp(-Vector.Abs(x));
        Vector<double> top = Vector.ConditionalSelect(Vector.LessThan(x, Vector<double>.Zero), e, Vector<double>.One);
        return top / (Vector<double>.One + e);
    }

    public static Vector<double> Log(Vector<double> x)
    {
        Vector<long> subnormal = Vector.LessThan(x, Broadcast(2.2250738585072014e-308));
        Vector<double> scaled = Vector.ConditionalSelect(subnormal, x * Broadcast(18014398509481984.0), x);
        Vector<double> f = Split(scaled, out Vector<long> k);
        Vector<double> exponent = Vector.ConvertToDouble(k - (subnormal & new Vector<long>(54)));
        return LogEdges(LogOfSplit(f, exponent, Vector<double>.Zero), x, x);
    }

    public static Vector<double> Log1p(Vector<double> x)
    {
        Vector<double> one = Vector<double>.One;
        Vector<double> u = one + x;
        Vector<double> f = Split(u, out Vector<long> k);
        Vector<double> lost = Vector.ConditionalSelect(Vector.GreaterThan(k, Vector<long>.One), one - (u - x), x - (u - one)) / u;
        Vector<long> small = Vector.GreaterThan(x, Broadcast(-0.2928932188134524)) & Vector.LessThan(x, Broadcast(0.4142135623730950));
        Vector<double> exponent = Vector.ConvertToDouble(Vector.AndNot(k, small));
        f = Vector.ConditionalSelect(small, x, f);
        lost = Vector.AndNot(lost, Vector.AsVectorDouble(small));
        return Vector.CopySign(LogEdges(LogOfSplit(f, exponent, lost), u, x), x);
    }

    public static Vector<double> Sin(Vector<double> x)
    {
        Vector<double> a = Vector.Abs(x);
        if (!Vector.LessThanOrEqualAll(a, Broadcast(MaxReduced)))
        {
            return Each(x, &Math.Sin);
        }

        Vector<double> f = Quadrant(a, out Vector<long> q);
        Vector<long> odd = -(q & Vector<long>.One);
        Vector<double> value = Vector.ConditionalSelect(odd, CosPolynomial(f), SinPolynomial(f));
        Vector<long> sign = ((q & new Vector<long>(2)) << 62) ^ (Vector.AsVectorInt64(x) & new Vector<long>(long.MinValue));
        return Vector.AsVectorDouble(Vector.AsVectorInt64(value) ^ sign);
    }

    public static Vector<double> Cos(Vector<double> x)
    {
        Vector<double> a = Vector.Abs(x);
        if (!Vector.LessThanOrEqualAll(a, Broadcast(MaxReduced)))
        {
            return Each(x, &Math.Cos);
        }

        Vector<double> f = Quadrant(a, out Vector<long> q);
        Vector<long> odd = -(q & Vector<long>.One);
        Vector<double> value = Vector.ConditionalSelect(odd, SinPolynomial(f), CosPolynomial(f));
        Vector<long> sign = ((q + Vector<long>.One) & new Vector<long>(2)) << 62;
        return Vector.AsVectorDouble(Vector.AsVectorInt64(value) ^ sign);
    }

    public static Vector<double> Pow(Vector<double> x, Vector<double> y)
    {
        Span<double> values = stackalloc double[Vector<double>.Count];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = Math.Pow(x[i], y[i]);
        }

        return new(values);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<double> Broadcast(double value) => new(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<double> Fma(Vector<double> a, Vector<double> b, Vector<double> c) => Vector.FusedMultiplyAdd(a, b, c);

    /// <summary>2^n for −1022 ≤ n ≤ 1023.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<double> PowerOfTwo(Vector<long> n) => Vector.AsVectorDouble((n << 52) + new Vector<long>(OneBits));

    /// <summary>e^r − 1, where x = n ln 2 + r and |r| ≤ ½ ln 2.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<double> Reduced(Vector<double> x, out Vector<long> n)
    {
        Vector<double> shifted = Fma(x, Broadcast(1.4426950408889634), Broadcast(Shift));
        Vector<double> count = Broadcast(Shift) - shifted;
        n = Vector.AsVectorInt64(shifted) - new Vector<long>(ShiftBits);
        Vector<double> r = Fma(count, Broadcast(0.6931471805599453), x);
        r = Fma(count, Broadcast(2.3190468138462996e-17), r);
        Vector<double> p = Fma(Broadcast(2.0915442297780116e-09), r, Broadcast(2.5106274733573296e-08));
        p = Fma(p, r, Broadcast(2.75572718102198e-07));
        p = Fma(p, r, Broadcast(2.755725283351691e-06));
        p = Fma(p, r, Broadcast(2.4801587327007187e-05));
        p = Fma(p, r, Broadcast(0.00019841269876864356));
        p = Fma(p, r, Broadcast(0.0013888888888883327));
        p = Fma(p, r, Broadcast(0.008333333333325544));
        p = Fma(p, r, Broadcast(0.04166666666666667));
        p = Fma(p, r, Broadcast(0.1666666666666667));
        p = Fma(p, r, Broadcast(0.5));
        return Fma(p, r * r, r);
    }

    /// <summary>e^x − 1 for −40 ≤ x ≤ 710, halved until the end so that 2^1024 does not overflow early.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<double> Expm1Clamped(Vector<double> x)
    {
        Vector<double> p = Reduced(x, out Vector<long> n);
        Vector<double> scale = PowerOfTwo(n - Vector<long>.One);
        Vector<double> half = Fma(p, scale, scale - Broadcast(0.5));
        return half + half;
    }

    /// <summary>m − 1, where u = m · 2^k and √½ ≤ m &lt; √2.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<double> Split(Vector<double> u, out Vector<long> k)
    {
        Vector<long> bits = Vector.AsVectorInt64(u) + new Vector<long>(OneBits - RootHalfBits);
        k = (bits >>> 52) - new Vector<long>(1023);
        return Vector.AsVectorDouble((bits & new Vector<long>(0x000FFFFFFFFFFFFF)) + new Vector<long>(RootHalfBits)) - Vector<double>.One;
    }

    /// <summary>ln(1 + f) + exponent · ln 2 + lost.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<double> LogOfSplit(Vector<double> f, Vector<double> exponent, Vector<double> lost)
    {
        Vector<double> s = f / (Broadcast(2.0) + f);
        Vector<double> z = s * s;
        Vector<double> w = z * z;
        Vector<double> odd = Fma(w, Broadcast(1.531383769920937332e-01), Broadcast(2.222219843214978396e-01));
        odd = w * Fma(w, odd, Broadcast(3.999999999940941908e-01));
        Vector<double> even = Fma(w, Broadcast(1.479819860511658591e-01), Broadcast(1.818357216161805012e-01));
        even = Fma(w, Fma(w, even, Broadcast(2.857142874366239149e-01)), Broadcast(6.666666666666735130e-01));
        Vector<double> r = Fma(z, even, odd);
        Vector<double> half = Broadcast(0.5) * f * f;
        Vector<double> low = Fma(s, half + r, Fma(exponent, Broadcast(1.90821492927058770002e-10), lost));
        return Fma(exponent, Broadcast(6.93147180369123816490e-01), low - half + f);
    }

    /// <summary>The logarithm where u is positive and finite; otherwise −∞, ∞ or NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<double> LogEdges(Vector<double> value, Vector<double> u, Vector<double> x)
    {
        Vector<double> infinity = Broadcast(double.PositiveInfinity);
        value = Vector.ConditionalSelect(Vector.Equals(u, Vector<double>.Zero), -infinity, value);
        value = Vector.ConditionalSelect(Vector.Equals(x, infinity), infinity, value);
        Vector<long> valid = Vector.GreaterThanOrEqual(u, Vector<double>.Zero);
        return Vector.ConditionalSelect(valid, value, Broadcast(double.NaN));
    }

    /// <summary>a − q · π/2 with |result| about π/4 at most; q is right in its low bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<double> Quadrant(Vector<double> a, out Vector<long> q)
    {
        Vector<double> shifted = Fma(a, Broadcast(0.6366197723675814), Broadcast(Shift));
        Vector<double> count = Broadcast(Shift) - shifted;
        q = Vector.AsVectorInt64(shifted);
        Vector<double> f = Fma(count, Broadcast(1.5707963267948966), a);
        f = Fma(count, Broadcast(6.123233995736766e-17), f);
        return Fma(count, Broadcast(-1.4973849048591698e-33), f);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<double> SinPolynomial(Vector<double> f)
    {
        Vector<double> z = f * f;
        Vector<double> p = Fma(Broadcast(1.58969099521155010221e-10), z, Broadcast(-2.50507602534068634195e-08));
        p = Fma(p, z, Broadcast(2.75573137070700676789e-06));
        p = Fma(p, z, Broadcast(-1.98412698298579493134e-04));
        p = Fma(p, z, Broadcast(8.33333333332248946124e-03));
        p = Fma(p, z, Broadcast(-1.66666666666666324348e-01));
        return Fma(p * z, f, f);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<double> CosPolynomial(Vector<double> f)
    {
        Vector<double> z = f * f;
        Vector<double> p = Fma(Broadcast(-1.13596475577881948265e-11), z, Broadcast(2.08757232129817482790e-09));
        p = Fma(p, z, Broadcast(-2.75573143513906633035e-07));
        p = Fma(p, z, Broadcast(2.48015872894767294178e-05));
        p = Fma(p, z, Broadcast(-1.38888888888741095749e-03));
        p = Fma(p, z, Broadcast(4.16666666666666019037e-02));
        return Fma(p * z, z, Fma(Broadcast(-0.5), z, Vector<double>.One));
    }

    private static Vector<double> Each(Vector<double> x, delegate*<double, double> function)
    {
        Span<double> values = stackalloc double[Vector<double>.Count];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = function(x[i]);
        }

        return new(values);
    }
}
