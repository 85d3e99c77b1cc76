using System.Globalization;
using Adjoint.Core;
using Adjoint.Primitives;

namespace Adjoint.Front;

/// <summary>Numbers written beside an expression: they take its dtype where it can hold them.</summary>
internal static class Literals
{
    /// <summary>The number in another operand's dtype.</summary>
    /// <exception cref="DTypeException">The dtype cannot hold it: a fraction in an integer dtype, a number past the largest.</exception>
    internal static Scalar Adapt(string operation, double number, DType type)
    {
        bool fits = type.IsDifferentiable()
            ? !double.IsFinite(number) || double.IsFinite(Scalar.Of(type, number).AsDouble)
            : type != DType.Bool && Math.Truncate(number) == number && Holds(type, number);
        return fits ? Scalar.Of(type, number) : throw new DTypeException(string.Create(
            CultureInfo.InvariantCulture,
            $"{operation}: the literal {number} is no {type.Name()}, the dtype of the other operand. Cast that operand first?")).Here();
    }

    /// <summary>The number in another operand's dtype.</summary>
    /// <exception cref="DTypeException">The dtype cannot hold it.</exception>
    internal static Scalar Adapt(string operation, long number, DType type)
    {
        if (type.IsDifferentiable())
        {
            return Adapt(operation, (double)number, type);
        }

        return type != DType.Bool && Holds(type, number) ? Scalar.Of(type, number) : throw new DTypeException(
            $"{operation}: the literal {number} is no {type.Name()}, the dtype of the other operand. Cast that operand first?").Here();
    }

    /// <summary>A tensor of one number, with another's type.</summary>
    internal static Expr Like(string operation, Expr x, double number) => Like(x, Adapt(operation, number, x.DType));

    /// <summary>A tensor of one number, with another's type.</summary>
    internal static Expr Like(string operation, Expr x, long number) => Like(x, Adapt(operation, number, x.DType));

    internal static Expr Like(Expr x, Scalar number) => Building.Make(() => Ops.Full(x.Shape, number));

    private static bool Holds(DType type, double number) => type switch
    {
        DType.U64 => number is >= 0 and < 18446744073709551616.0,
        DType.I64 => number is >= -9223372036854775808.0 and < 9223372036854775808.0,
        _ => Holds(type, (long)number),
    };

    private static bool Holds(DType type, long number) => type switch
    {
        DType.U8 => number is >= byte.MinValue and <= byte.MaxValue,
        DType.U16 => number is >= ushort.MinValue and <= ushort.MaxValue,
        DType.U32 => number is >= uint.MinValue and <= uint.MaxValue,
        DType.U64 => number >= 0,
        DType.I8 => number is >= sbyte.MinValue and <= sbyte.MaxValue,
        DType.I16 => number is >= short.MinValue and <= short.MaxValue,
        DType.I32 => number is >= int.MinValue and <= int.MaxValue,
        _ => true,
    };
}
