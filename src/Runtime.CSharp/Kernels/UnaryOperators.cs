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

/// <summary>e^x, at most 4 ulp.</summary>
internal readonly struct Exp : IUnaryOp<float>, IUnaryOp<double>
{
    public static float Apply(float x) => MathF.Exp(x);

    public static Vector<float> Apply(Vector<float> x) => VectorMathSingle.Exp(x);

    public static double Apply(double x) => Math.Exp(x);

    public static Vector<double> Apply(Vector<double> x) => VectorMathDouble.Exp(x);
}

/// <summary>e^x − 1, at most 4 ulp.</summary>
internal readonly struct Expm1 : IUnaryOp<float>, IUnaryOp<double>
{
    public static float Apply(float x) => (float)ScalarMath.Expm1(x);

    public static Vector<float> Apply(Vector<float> x) => VectorMathSingle.Expm1(x);

    public static double Apply(double x) => ScalarMath.Expm1(x);

    public static Vector<double> Apply(Vector<double> x) => VectorMathDouble.Expm1(x);
}

/// <summary>ln x, at most 4 ulp.</summary>
internal readonly struct Log : IUnaryOp<float>, IUnaryOp<double>
{
    public static float Apply(float x) => MathF.Log(x);

    public static Vector<float> Apply(Vector<float> x) => VectorMathSingle.Log(x);

    public static double Apply(double x) => Math.Log(x);

    public static Vector<double> Apply(Vector<double> x) => VectorMathDouble.Log(x);
}

/// <summary>ln(1 + x), at most 4 ulp.</summary>
internal readonly struct Log1p : IUnaryOp<float>, IUnaryOp<double>
{
    public static float Apply(float x) => (float)ScalarMath.Log1p(x);

    public static Vector<float> Apply(Vector<float> x) => VectorMathSingle.Log1p(x);

    public static double Apply(double x) => ScalarMath.Log1p(x);

    public static Vector<double> Apply(Vector<double> x) => VectorMathDouble.Log1p(x);
}

/// <summary>tanh x, at most 4 ulp.</summary>
internal readonly struct Tanh : IUnaryOp<float>, IUnaryOp<double>
{
    public static float Apply(float x) => MathF.Tanh(x);

    public static Vector<float> Apply(Vector<float> x) => VectorMathSingle.Tanh(x);

    public static double Apply(double x) => Math.Tanh(x);

    public static Vector<double> Apply(Vector<double> x) => VectorMathDouble.Tanh(x);
}

/// <summary>1 / (1 + e^−x), at most 4 ulp.</summary>
internal readonly struct Logistic : IUnaryOp<float>, IUnaryOp<double>
{
    public static float Apply(float x) => (float)ScalarMath.Logistic(x);

    public static Vector<float> Apply(Vector<float> x) => VectorMathSingle.Logistic(x);

    public static double Apply(double x) => ScalarMath.Logistic(x);

    public static Vector<double> Apply(Vector<double> x) => VectorMathDouble.Logistic(x);
}

/// <summary>sin x, at most 4 ulp.</summary>
internal readonly struct Sin : IUnaryOp<float>, IUnaryOp<double>
{
    public static float Apply(float x) => MathF.Sin(x);

    public static Vector<float> Apply(Vector<float> x) => VectorMathSingle.Sin(x);

    public static double Apply(double x) => Math.Sin(x);

    public static Vector<double> Apply(Vector<double> x) => VectorMathDouble.Sin(x);
}

/// <summary>cos x, at most 4 ulp.</summary>
internal readonly struct Cos : IUnaryOp<float>, IUnaryOp<double>
{
    public static float Apply(float x) => MathF.Cos(x);

    public static Vector<float> Apply(Vector<float> x) => VectorMathSingle.Cos(x);

    public static double Apply(double x) => Math.Cos(x);

    public static Vector<double> Apply(Vector<double> x) => VectorMathDouble.Cos(x);
}
