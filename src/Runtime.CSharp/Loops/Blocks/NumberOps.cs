using System.Numerics;
using Adjoint.Kernels;

namespace Adjoint.Loops.Blocks;

/// <summary>A function of single numbers.</summary>
internal interface IEach<TFrom, TTo>
{
    static abstract TTo Apply(TFrom x);
}

/// <summary>A function of two single numbers.</summary>
internal interface IEachPair<T>
{
    static abstract T Apply(T x, T y);
}

/// <summary>|x| of integers: the least is its own.</summary>
internal readonly struct WholeAbsolute<T> : IEach<T, T>
    where T : IBinaryInteger<T>
{
    public static T Apply(T x) => T.IsNegative(x) ? -x : x;
}

/// <summary>The quotient of integers cut towards zero; 0 where y is 0, which lanes that are not asked may hold.</summary>
internal readonly struct WholeQuotient<T> : IEachPair<T>
    where T : IBinaryInteger<T>
{
    public static T Apply(T x, T y) => T.IsZero(y) ? T.Zero : T.IsNegative(y) && y == -T.One ? -x : x / y;
}

/// <summary>What is left of the quotient of integers; 0 where y is 0.</summary>
internal readonly struct WholeRemainder<T> : IEachPair<T>
    where T : IBinaryInteger<T>
{
    public static T Apply(T x, T y) => T.IsZero(y) || (T.IsNegative(y) && y == -T.One) ? T.Zero : x % y;
}

/// <summary>x shifted left by y.</summary>
internal readonly struct LeftShift<T> : IEachPair<T>
    where T : IBinaryInteger<T>
{
    public static T Apply(T x, T y) => x << int.CreateTruncating(y);
}

/// <summary>x shifted right by y, by its sign.</summary>
internal readonly struct RightShift<T> : IEachPair<T>
    where T : IBinaryInteger<T>
{
    public static T Apply(T x, T y) => x >> int.CreateTruncating(y);
}

/// <summary>x shifted right by y, filled with zeros.</summary>
internal readonly struct RightShiftLogical<T> : IEachPair<T>
    where T : IBinaryInteger<T>
{
    public static T Apply(T x, T y) => x >>> int.CreateTruncating(y);
}

/// <summary>Bits in both.</summary>
internal readonly struct BitAnd<T> : IBinaryOp<T>
    where T : unmanaged, IBinaryInteger<T>
{
    public static T Apply(T x, T y) => x & y;

    public static Vector<T> Apply(Vector<T> x, Vector<T> y) => x & y;
}

/// <summary>Bits in one.</summary>
internal readonly struct BitOr<T> : IBinaryOp<T>
    where T : unmanaged, IBinaryInteger<T>
{
    public static T Apply(T x, T y) => x | y;

    public static Vector<T> Apply(Vector<T> x, Vector<T> y) => x | y;
}

/// <summary>Bits in one alone.</summary>
internal readonly struct BitXor<T> : IBinaryOp<T>
    where T : unmanaged, IBinaryInteger<T>
{
    public static T Apply(T x, T y) => x ^ y;

    public static Vector<T> Apply(Vector<T> x, Vector<T> y) => x ^ y;
}

/// <summary>The bits not in x.</summary>
internal readonly struct BitNot<T> : IUnaryOp<T>
    where T : unmanaged, IBinaryInteger<T>
{
    public static T Apply(T x) => ~x;

    public static Vector<T> Apply(Vector<T> x) => ~x;
}

/// <summary>Not x, of bools in bytes.</summary>
internal readonly struct BoolNot : IUnaryOp<byte>
{
    public static byte Apply(byte x) => (byte)(x ^ 1);

    public static Vector<byte> Apply(Vector<byte> x) => x ^ Vector<byte>.One;
}

/// <summary>x = y, of bools in bytes.</summary>
internal readonly struct BoolEqual : IBinaryOp<byte>
{
    public static byte Apply(byte x, byte y) => (byte)(x ^ y ^ 1);

    public static Vector<byte> Apply(Vector<byte> x, Vector<byte> y) => x ^ y ^ Vector<byte>.One;
}

/// <summary>x &lt; y, of bools in bytes.</summary>
internal readonly struct BoolLess : IBinaryOp<byte>
{
    public static byte Apply(byte x, byte y) => (byte)((x ^ 1) & y);

    public static Vector<byte> Apply(Vector<byte> x, Vector<byte> y) => Vector.AndNot(y, x);
}

/// <summary>x ≤ y, of bools in bytes.</summary>
internal readonly struct BoolLessOrEqual : IBinaryOp<byte>
{
    public static byte Apply(byte x, byte y) => (byte)((x ^ 1) | y);

    public static Vector<byte> Apply(Vector<byte> x, Vector<byte> y) => (x ^ Vector<byte>.One) | y;
}

/// <summary>x &lt; y ? x : y.</summary>
internal readonly struct NativeMinimum<T> : IBinaryOp<T>
    where T : unmanaged, INumber<T>
{
    public static T Apply(T x, T y) => x < y ? x : y;

    public static Vector<T> Apply(Vector<T> x, Vector<T> y) => NativeOrder.Minimum(x, y);
}

/// <summary>x &gt; y ? x : y.</summary>
internal readonly struct NativeMaximum<T> : IBinaryOp<T>
    where T : unmanaged, INumber<T>
{
    public static T Apply(T x, T y) => x > y ? x : y;

    public static Vector<T> Apply(Vector<T> x, Vector<T> y) => NativeOrder.Maximum(x, y);
}

/// <summary>The nearest integer below.</summary>
internal readonly struct RoundDown<T> : IEach<T, T>
    where T : IFloatingPointIeee754<T>
{
    public static T Apply(T x) => T.Floor(x);
}

/// <summary>The nearest integer above.</summary>
internal readonly struct RoundUp<T> : IEach<T, T>
    where T : IFloatingPointIeee754<T>
{
    public static T Apply(T x) => T.Ceiling(x);
}

/// <summary>The integer part.</summary>
internal readonly struct CutOff<T> : IEach<T, T>
    where T : IFloatingPointIeee754<T>
{
    public static T Apply(T x) => T.Truncate(x);
}

/// <summary>The nearest integer, ties to even.</summary>
internal readonly struct RoundNear<T> : IEach<T, T>
    where T : IFloatingPointIeee754<T>
{
    public static T Apply(T x) => T.Round(x);
}
