using System.Numerics;

namespace Adjoint.Kernels;

/// <summary>−x.</summary>
internal readonly struct Negate<T> : IUnaryOp<T>
    where T : unmanaged, INumber<T>
{
    public static T Apply(T x) => -x;

    public static Vector<T> Apply(Vector<T> x) => -x;
}

/// <summary>|x|.</summary>
internal readonly struct Absolute<T> : IUnaryOp<T>
    where T : unmanaged, INumber<T>
{
    public static T Apply(T x) => T.Abs(x);

    public static Vector<T> Apply(Vector<T> x) => Vector.Abs(x);
}

/// <summary>x².</summary>
internal readonly struct Square<T> : IUnaryOp<T>
    where T : unmanaged, INumber<T>
{
    public static T Apply(T x) => x * x;

    public static Vector<T> Apply(Vector<T> x) => x * x;
}

/// <summary>√x, correctly rounded.</summary>
internal readonly struct SquareRoot<T> : IUnaryOp<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    public static T Apply(T x) => T.Sqrt(x);

    public static Vector<T> Apply(Vector<T> x) => Vector.SquareRoot(x);
}

/// <summary>1 / √x: two rounded operations.</summary>
internal readonly struct ReciprocalSquareRoot<T> : IUnaryOp<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    public static T Apply(T x) => T.One / T.Sqrt(x);

    public static Vector<T> Apply(Vector<T> x) => Vector<T>.One / Vector.SquareRoot(x);
}

/// <summary>1 / x.</summary>
internal readonly struct Reciprocal<T> : IUnaryOp<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    public static T Apply(T x) => T.One / x;

    public static Vector<T> Apply(Vector<T> x) => Vector<T>.One / x;
}

/// <summary>1 where x is positive, −1 where it is negative, x itself where it is ±0 or NaN.</summary>
internal readonly struct Sign<T> : IUnaryOp<T>
    where T : unmanaged, INumber<T>
{
    public static T Apply(T x) => x > T.Zero ? T.One : x < T.Zero ? -T.One : x;

    public static Vector<T> Apply(Vector<T> x) => Vector.ConditionalSelect(
        Vector.GreaterThan(x, Vector<T>.Zero),
        Vector<T>.One,
        Vector.ConditionalSelect(Vector.LessThan(x, Vector<T>.Zero), -Vector<T>.One, x));
}
