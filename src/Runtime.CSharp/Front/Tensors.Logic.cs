using Adjoint.Core;

namespace Adjoint.Front;

/// <content>Questions about numbers, and logic.</content>
public static partial class Tensors
{
    /// <summary>Whether elements are NaN; of complex numbers, whether a part is. False of integers.</summary>
    public static Expr IsNan(this Expr x) => x.NotEqual(x);

    /// <summary>Whether elements are infinite; of complex numbers, whether a part is. False of integers.</summary>
    public static Expr IsInf(this Expr x) => x.DType.IsComplex() ? x.Real().IsInf().Or(x.Imag().IsInf())
        : x.DType.IsFloating() ? x.Abs().Equal(double.PositiveInfinity)
        : Full(x.Shape, Scalar.Of(false));

    /// <summary>Whether elements are plus infinity. False of integers.</summary>
    public static Expr IsPosInf(this Expr x) => IsEnd("isposinf", x, double.PositiveInfinity);

    /// <summary>Whether elements are minus infinity. False of integers.</summary>
    public static Expr IsNegInf(this Expr x) => IsEnd("isneginf", x, double.NegativeInfinity);

    /// <summary>NaN and infinities replaced: by 0, the largest and the least number of the dtype unless said otherwise.</summary>
    /// <remarks>The derivative is 0 where an element is replaced. Complex numbers part by part.</remarks>
    public static Expr NanToNum(this Expr x, double nan = 0.0, double? posInf = null, double? negInf = null)
    {
        if (x.DType.IsComplex())
        {
            return x.Real().NanToNum(nan, posInf, negInf).Complex(x.Imag().NanToNum(nan, posInf, negInf));
        }

        if (!x.DType.IsFloating())
        {
            return x;
        }

        double high = posInf ?? Limits.Largest(x.DType).AsDouble;
        double low = negInf ?? Limits.Least(x.DType).AsDouble;
        return x.IsNan().Where(nan, x.IsPosInf().Where(high, x.IsNegInf().Where(low, x)));
    }

    /// <summary>Whether |x − y| is at most absolute + relative |y|. Equal infinities are close; NaN is, to NaN, where asked for.</summary>
    public static Expr IsClose(this Expr x, Expr y, double relative = 1e-5, double absolute = 1e-8, bool equalNan = false)
    {
        (Expr a, Expr b) = Broadcasting.Meet("isclose", x, y);
        Expr close = a.Equal(b);
        if (!a.DType.IsDifferentiable())
        {
            return a.DType == DType.Bool
                ? close
                : a.Cast(DType.F64).IsClose(b.Cast(DType.F64), relative, absolute);
        }

        Expr bound = (b.Abs() * relative) + absolute;
        close = close.Or(b.IsFinite().And((a - b).Abs().LessOrEqual(bound)));
        return equalNan ? close.Or(a.IsNan().And(b.IsNan())) : close;
    }

    /// <summary>Whether all elements are close; see <see cref="IsClose"/>.</summary>
    public static Expr AllClose(this Expr x, Expr y, double relative = 1e-5, double absolute = 1e-8, bool equalNan = false) =>
        x.IsClose(y, relative, absolute, equalNan).All();

    /// <summary>Whether two tensors have one shape and equal elements.</summary>
    public static Expr ArrayEqual(this Expr x, Expr y, bool equalNan = false)
    {
        if (!x.Shape.Equals(y.Shape))
        {
            return Full(Shape.Scalar, Scalar.Of(false));
        }

        Expr equal = x.Equal(y);
        return (equalNan ? equal.Or(x.IsNan().And(y.IsNan())) : equal).All();
    }

    /// <summary>Whether both are true; numbers are where they are not 0.</summary>
    public static Expr LogicalAnd(this Expr x, Expr y) => Truth(x).And(Truth(y));

    /// <summary>Whether one at least is true; numbers are where they are not 0.</summary>
    public static Expr LogicalOr(this Expr x, Expr y) => Truth(x).Or(Truth(y));

    /// <summary>Whether exactly one is true; numbers are where they are not 0.</summary>
    public static Expr LogicalXor(this Expr x, Expr y) => Truth(x).Xor(Truth(y));

    /// <summary>Whether false; numbers are where they are 0.</summary>
    public static Expr LogicalNot(this Expr x) => Truth(x).Not();

    /// <summary>The larger of two, and the other one beside NaN. Where both are equal the gradient is split evenly.</summary>
    public static Expr Fmax(this Expr x, Expr y) => Beside("fmax", x, y, Maximum);

    /// <summary>The smaller of two, and the other one beside NaN. Where both are equal the gradient is split evenly.</summary>
    public static Expr Fmin(this Expr x, Expr y) => Beside("fmin", x, y, Minimum);

    /// <summary>Which elements are not 0.</summary>
    internal static Expr Truth(Expr x) => x.DType == DType.Bool ? x : x.NotEqual(x.ZerosLike());

    private static Expr IsEnd(string operation, Expr x, double end) => x.DType.IsComplex()
        ? throw new DTypeException($"{operation}: {x.Type} has no order. Ask for its Real or Imag part?").Here()
        : x.DType.IsFloating() ? x.Equal(end) : Full(x.Shape, Scalar.Of(false));

    private static Expr Beside(string operation, Expr x, Expr y, Func<Expr, Expr, Expr> choose)
    {
        (Expr a, Expr b) = Broadcasting.Meet(operation, x, y);
        (Expr left, Expr right) = (a.IsNan(), b.IsNan());
        return choose(left.Where(b, a), right.And(left.Not()).Where(a, b));
    }
}
