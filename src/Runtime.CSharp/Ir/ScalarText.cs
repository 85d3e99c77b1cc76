using System.Globalization;
using System.Text;
using Adjoint.Core;

namespace Adjoint.Ir;

/// <summary>Scalars with their dtype, exact to the bit: the shortest digits that read back, infinities, and NaN with its bits.</summary>
internal static class ScalarText
{
    private const ulong PlainNaN = 0xFFF8000000000000;

    internal static void Write(StringBuilder text, Scalar value)
    {
        text.Append(value.Type.Name()).Append(' ');
        if (value.Type.IsComplex())
        {
            text.Append('(').Append(Real(value.Type.RealPart(), value.Bits)).Append(", ")
                .Append(Real(value.Type.RealPart(), value.ImaginaryBits)).Append(')');
        }
        else
        {
            text.Append(value.Type.IsFloating() ? Real(value.Type, value.Bits) : value.ToString());
        }
    }

    /// <summary>The whole number of this dtype, or null where it is none.</summary>
    internal static Scalar? ReadInteger(DType type, ReadOnlySpan<char> digits)
    {
        const NumberStyles Style = NumberStyles.AllowLeadingSign;
        if (type == DType.U64)
        {
            return ulong.TryParse(digits, Style, CultureInfo.InvariantCulture, out ulong natural) ? Scalar.Of(natural) : null;
        }

        return long.TryParse(digits, Style, CultureInfo.InvariantCulture, out long whole) ? Scalar.Of(type, whole) : null;
    }

    /// <summary>The bits, as those of an f64, of a floating number that is written in digits, rounded to the dtype; null where it is none.</summary>
    internal static ulong? ReadDigits(DType type, ReadOnlySpan<char> digits)
    {
        if (digits is "inf" or "-inf")
        {
            return BitConverter.DoubleToUInt64Bits(digits[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity);
        }

        const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        CultureInfo culture = CultureInfo.InvariantCulture;
        double? value = type switch
        {
            DType.F16 => Half.TryParse(digits, Style, culture, out Half half) ? (double)half : null,
            DType.BF16 or DType.F32 => float.TryParse(digits, Style, culture, out float single) ? single : null,
            _ => double.TryParse(digits, Style, culture, out double number) ? number : null,
        };
        return value is { } read && Scalar.Of(type, read) is var scalar && double.IsFinite(scalar.AsDouble) ? scalar.Bits : null;
    }

    /// <summary>The same bits, where they are those of a NaN of the dtype; otherwise null.</summary>
    internal static ulong? ReadNaN(DType type, ReadOnlySpan<char> hexadecimal)
    {
        if (hexadecimal.IsEmpty)
        {
            return PlainNaN;
        }

        return hexadecimal.StartsWith("0x")
            && ulong.TryParse(hexadecimal[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong bits)
            && double.IsNaN(BitConverter.UInt64BitsToDouble(bits))
            && Scalar.Of(type, BitConverter.UInt64BitsToDouble(bits)).Bits == bits
            ? bits
            : null;
    }

    private static string Real(DType type, ulong bits)
    {
        double value = BitConverter.UInt64BitsToDouble(bits);
        return value switch
        {
            double.PositiveInfinity => "inf",
            double.NegativeInfinity => "-inf",
            double.NaN => bits == PlainNaN ? "nan" : string.Create(CultureInfo.InvariantCulture, $"nan(0x{bits:x16})"),
            _ => Digits(type, value),
        };
    }

    private static string Digits(DType type, double value) => type switch
    {
        DType.F16 => ((Half)value).ToString("R", CultureInfo.InvariantCulture),
        DType.BF16 or DType.F32 => ((float)value).ToString("R", CultureInfo.InvariantCulture),
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };
}
