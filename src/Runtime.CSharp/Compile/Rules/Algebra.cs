using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Compile.Rules;

/// <summary>Laws of numbers that hold for every bit of every number, NaN, infinities, signs of zero and subnormals among them.</summary>
/// <remarks>
/// x + 0 stays, since −0 + 0 is 0; x + −0 and x − 0 go. Complex products stay: (x + iy)(1 + 0i) loses signs of zero and makes NaN of ∞.
/// −(x − y) stays: y − x has the other zero at x = y. x/c is x · 1/c where c is a power of two whose reciprocal is a normal number: both are
/// the same real number, rounded once.
/// </remarks>
internal static class Algebra
{
    internal static Value? Of(Node node) => node.Primitive switch
    {
        Add => Left(node, MinusZero) ?? Right(node, MinusZero) ?? OfSum(node),
        Sub => Left(node, Zero) ?? OfDifference(node),
        Mul => Left(node, RealOne) ?? Right(node, RealOne) ?? OfProduct(node),
        Div => Left(node, RealOne) ?? OfQuotient(node),
        Neg => Inner<Neg>(node),
        Not => Inner<Not>(node),
        Abs => Simplify.Before<Abs>(node)?.Result ?? (Inner<Neg>(node) is { } x && IsReal(x) ? Ops.Abs(x) : null),
        Max or Min => Same(node),
        And => Same(node) ?? Left(node, AllBits) ?? Right(node, AllBits),
        Or => Same(node) ?? Left(node, Zero) ?? Right(node, Zero),
        Xor => Left(node, Zero) ?? Right(node, Zero),
        Real => Simplify.Before<MakeComplex>(node)?.Operands[0],
        Imag => Simplify.Before<MakeComplex>(node)?.Operands[1],
        StopGradient => node.Operands[0],
        Primitives.Convert convert => OfConversion(node.Operands[0], convert.Target),
        Select => OfChoice(node),
        _ => null,
    };

    /// <summary>The operand of the node before, where that is of this primitive.</summary>
    private static Value? Inner<T>(Node node, int operand = 0)
        where T : Primitive => Simplify.Before<T>(node, operand)?.Operands[0];

    private static Value? Same(Node node) => node.Operands[0] == node.Operands[1] ? node.Operands[0] : null;

    private static Value? OfSum(Node node) => Inner<Neg>(node, 1) is { } y
        ? Ops.Sub(node.Operands[0], y)
        : Inner<Neg>(node) is { } x ? Ops.Sub(node.Operands[1], x) : null;

    private static Value? OfDifference(Node node) => Inner<Neg>(node, 1) is { } y ? Ops.Add(node.Operands[0], y) : null;

    private static Value? OfProduct(Node node) =>
        Inner<Neg>(node) is { } x && Inner<Neg>(node, 1) is { } y && IsReal(x) ? Ops.Mul(x, y) : null;

    private static Value? OfQuotient(Node node)
    {
        Value x = node.Operands[0];
        DType type = x.Tensor.DType;
        if (!type.IsFloating() || Uniform.Of(node.Operands[1]) is not { } divisor)
        {
            return null;
        }

        double reciprocal = 1 / divisor.AsDouble;
        bool power = double.IsNormal(reciprocal) && double.IsPow2(Math.Abs(reciprocal));
        return power && Math.Abs(reciprocal) >= SmallestNormal(type) && Scalar.Of(type, reciprocal).AsDouble == reciprocal
            ? Ops.Mul(x, Uniform.Like(x, Scalar.Of(type, reciprocal)))
            : null;
    }

    private static double SmallestNormal(DType type) => type switch
    {
        DType.F16 => 6.103515625e-05,
        DType.F64 => 2.2250738585072014e-308,
        _ => 1.1754943508222875e-38,
    };

    private static Value? OfConversion(Value x, DType target) => x.Tensor.DType == target
        ? x
        : x.Producer is { Primitive: Primitives.Convert middle } before
            && Conversions.AreOne(before.Operands[0].Tensor.DType, middle.Target, target)
            ? Ops.Convert(before.Operands[0], target)
            : null;

    private static Value? OfChoice(Node node)
    {
        Value x = node.Operands[1];
        Value y = node.Operands[2];
        return x == y ? x
            : Uniform.Of(node.Operands[0]) is { } known ? known.Bits != 0 ? x : y
            : Inner<Not>(node) is { } other ? Ops.Select(other, y, x)
            : null;
    }

    /// <summary>The left operand, where the right one is neutral everywhere.</summary>
    private static Value? Left(Node node, Func<DType, Scalar?> neutral) => IsNeutral(node.Operands[1], neutral) ? node.Operands[0] : null;

    /// <summary>The right operand, where the left one is neutral everywhere.</summary>
    private static Value? Right(Node node, Func<DType, Scalar?> neutral) => IsNeutral(node.Operands[0], neutral) ? node.Operands[1] : null;

    private static bool IsNeutral(Value value, Func<DType, Scalar?> neutral) =>
        Uniform.Of(value) is { } number && neutral(number.Type) == number;

    private static bool IsReal(Value value) => !value.Tensor.DType.IsComplex();

    private static Scalar? Zero(DType type) => Scalar.Zero(type);

    private static Scalar? AllBits(DType type) => type == DType.Bool ? Scalar.One(type) : null;

    private static Scalar? MinusZero(DType type) => type.IsComplex() ? null : type.IsFloating() ? Scalar.Of(type, -0.0) : Scalar.Zero(type);

    private static Scalar? RealOne(DType type) => type.IsComplex() ? null : Scalar.One(type);
}
