using System.Numerics;

namespace Adjoint.Kernels;

/// <summary>An elementwise function of one operand; the scalar member serves machines without vectors.</summary>
internal interface IUnaryOp<T>
{
    static abstract T Apply(T x);

    static abstract Vector<T> Apply(Vector<T> x);
}

/// <summary>An elementwise function of two operands; the scalar member serves machines without vectors.</summary>
internal interface IBinaryOp<T>
{
    static abstract T Apply(T x, T y);

    static abstract Vector<T> Apply(Vector<T> x, Vector<T> y);
}

/// <summary>A comparison; the vector member gives lanes of all ones or all zeros.</summary>
internal interface IComparison<T>
{
    static abstract bool Apply(T x, T y);

    static abstract Vector<T> Apply(Vector<T> x, Vector<T> y);
}

/// <summary>x + y.</summary>
internal readonly struct Add<T> : IBinaryOp<T>
    where T : unmanaged, INumber<T>
{
    public static T Apply(T x, T y) => x + y;

    public static Vector<T> Apply(Vector<T> x, Vector<T> y) => x + y;
}

/// <summary>x − y.</summary>
internal readonly struct Subtract<T> : IBinaryOp<T>
    where T : unmanaged, INumber<T>
{
    public static T Apply(T x, T y) => x - y;

    public static Vector<T> Apply(Vector<T> x, Vector<T> y) => x - y;
}

/// <summary>x · y.</summary>
internal readonly struct Multiply<T> : IBinaryOp<T>
    where T : unmanaged, INumber<T>
{
    public static T Apply(T x, T y) => x * y;

    public static Vector<T> Apply(Vector<T> x, Vector<T> y) => x * y;
}

/// <summary>x / y for floating types.</summary>
internal readonly struct Divide<T> : IBinaryOp<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    public static T Apply(T x, T y) => x / y;

    public static Vector<T> Apply(Vector<T> x, Vector<T> y) => x / y;
}

/// <summary>The greater one, as IEEE 754 maximum: NaN if either is, and +0 over −0.</summary>
internal readonly struct Maximum<T> : IBinaryOp<T>
    where T : unmanaged, INumber<T>
{
    public static T Apply(T x, T y) => T.Max(x, y);

    public static Vector<T> Apply(Vector<T> x, Vector<T> y) => Vector.Max(x, y);
}

/// <summary>The lesser one, as IEEE 754 minimum: NaN if either is, and −0 under +0.</summary>
internal readonly struct Minimum<T> : IBinaryOp<T>
    where T : unmanaged, INumber<T>
{
    public static T Apply(T x, T y) => T.Min(x, y);

    public static Vector<T> Apply(Vector<T> x, Vector<T> y) => Vector.Min(x, y);
}

/// <summary>The operator with its operands exchanged.</summary>
internal readonly struct Swapped<T, TOp> : IBinaryOp<T>
    where T : unmanaged
    where TOp : struct, IBinaryOp<T>
{
    public static T Apply(T x, T y) => TOp.Apply(y, x);

    public static Vector<T> Apply(Vector<T> x, Vector<T> y) => TOp.Apply(y, x);
}

/// <summary>x = y; false where either is NaN.</summary>
internal readonly struct Equal<T> : IComparison<T>
    where T : unmanaged, INumber<T>
{
    public static bool Apply(T x, T y) => x == y;

    public static Vector<T> Apply(Vector<T> x, Vector<T> y) => Vector.Equals(x, y);
}

/// <summary>x ≠ y; true where either is NaN.</summary>
internal readonly struct NotEqual<T> : IComparison<T>
    where T : unmanaged, INumber<T>
{
    public static bool Apply(T x, T y) => x != y;

    public static Vector<T> Apply(Vector<T> x, Vector<T> y) => ~Vector.Equals(x, y);
}

/// <summary>x &lt; y; false where either is NaN.</summary>
internal readonly struct Less<T> : IComparison<T>
    where T : unmanaged, INumber<T>
{
    public static bool Apply(T x, T y) => x < y;

    public static Vector<T> Apply(Vector<T> x, Vector<T> y) => Vector.LessThan(x, y);
}

/// <summary>x ≤ y; false where either is NaN.</summary>
internal readonly struct LessOrEqual<T> : IComparison<T>
    where T : unmanaged, INumber<T>
{
    public static bool Apply(T x, T y) => x <= y;

    public static Vector<T> Apply(Vector<T> x, Vector<T> y) => Vector.LessThanOrEqual(x, y);
}

/// <summary>x &gt; y; false where either is NaN.</summary>
internal readonly struct Greater<T> : IComparison<T>
    where T : unmanaged, INumber<T>
{
    public static bool Apply(T x, T y) => x > y;

    public static Vector<T> Apply(Vector<T> x, Vector<T> y) => Vector.GreaterThan(x, y);
}

/// <summary>x ≥ y; false where either is NaN.</summary>
internal readonly struct GreaterOrEqual<T> : IComparison<T>
    where T : unmanaged, INumber<T>
{
    public static bool Apply(T x, T y) => x >= y;

    public static Vector<T> Apply(Vector<T> x, Vector<T> y) => Vector.GreaterThanOrEqual(x, y);
}
