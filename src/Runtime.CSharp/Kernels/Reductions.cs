using System.Numerics;

namespace Adjoint.Kernels;

/// <summary>An associative operator and the value that changes nothing.</summary>
internal interface IReduction<T> : IBinaryOp<T>
{
    /// <summary>op(Identity, x) = x, bit for bit.</summary>
    static abstract T Identity { get; }

    /// <summary>The result over no elements.</summary>
    static abstract T Empty { get; }
}

/// <summary>Sum; 0 over no elements. Integers wrap.</summary>
internal readonly struct Sum<T> : IReduction<T>
    where T : unmanaged, INumber<T>
{
    public static T Identity => -T.Zero;

    public static T Empty => T.Zero;

    public static T Apply(T x, T y) => x + y;

    public static Vector<T> Apply(Vector<T> x, Vector<T> y) => x + y;
}

/// <summary>Product; 1 over no elements. Integers wrap.</summary>
internal readonly struct Product<T> : IReduction<T>
    where T : unmanaged, INumber<T>
{
    public static T Identity => T.One;

    public static T Empty => T.One;

    public static T Apply(T x, T y) => x * y;

    public static Vector<T> Apply(Vector<T> x, Vector<T> y) => x * y;
}

/// <summary>Greatest element, NaN if there is one; −∞ or the least integer over no elements.</summary>
internal readonly struct Greatest<T> : IReduction<T>
    where T : unmanaged, INumber<T>, IMinMaxValue<T>
{
    public static T Identity =>
        typeof(T) == typeof(float) || typeof(T) == typeof(double) ? T.CreateChecked(double.NegativeInfinity) : T.MinValue;

    public static T Empty => Identity;

    public static T Apply(T x, T y) => T.Max(x, y);

    public static Vector<T> Apply(Vector<T> x, Vector<T> y) => Vector.Max(x, y);
}

/// <summary>Least element, NaN if there is one; ∞ or the greatest integer over no elements.</summary>
internal readonly struct Least<T> : IReduction<T>
    where T : unmanaged, INumber<T>, IMinMaxValue<T>
{
    public static T Identity =>
        typeof(T) == typeof(float) || typeof(T) == typeof(double) ? T.CreateChecked(double.PositiveInfinity) : T.MaxValue;

    public static T Empty => Identity;

    public static T Apply(T x, T y) => T.Min(x, y);

    public static Vector<T> Apply(Vector<T> x, Vector<T> y) => Vector.Min(x, y);
}
