using Adjoint.Core;

namespace Adjoint.Compile.Rules;

/// <summary>Which conversions in a row are one.</summary>
internal static class Conversions
{
    /// <summary>Whether a conversion by way of another dtype is the direct one, for every number: the first step loses nothing.</summary>
    internal static bool AreOne(DType from, DType middle, DType to)
    {
        if (middle.IsComplex() || to.IsComplex())
        {
            return false;
        }

        bool exact = from == DType.Bool || Holds(from, middle);

        // What is out of range wraps from an integer, and stops at the end from a floating number.
        return exact && (from == to || !from.IsInteger() || middle.IsInteger() || to is DType.F32 or DType.F64);
    }

    /// <summary>Whether a dtype has every number of another.</summary>
    private static bool Holds(DType from, DType middle) => from switch
    {
        DType.F16 or DType.BF16 => middle is DType.F32 or DType.F64,
        DType.F32 => middle == DType.F64,
        _ when !from.IsInteger() => false,
        _ when middle.IsFloating() => Bits(from) <= (middle == DType.F64 ? 53 : middle == DType.F32 ? 24 : 0),
        _ => middle.IsInteger() && (IsSigned(middle) ? Bits(from) < Bits(middle) + (IsSigned(from) ? 1 : 0) : !IsSigned(from) && Bits(from) <= Bits(middle)),
    };

    private static int Bits(DType type) => 8 * type.Size();

    private static bool IsSigned(DType type) => type is >= DType.I8 and <= DType.I64;
}
