using System.Diagnostics;
using System.Globalization;
using System.Numerics;

namespace Adjoint.Core;

/// <summary>One number with its dtype, equal by bits: NaN equals NaN, and 0 differs from −0.</summary>
[DebuggerDisplay("{Display,nq}")]
public readonly record struct Scalar
{
    private Scalar(DType type, ulong bits, ulong imaginary)
    {
        Type = type;
        Bits = bits;
        ImaginaryBits = imaginary;
    }

    /// <summary>The dtype.</summary>
    public DType Type { get; }

    /// <summary>Integers and bools sign- or zero-extended to 64 bits; floating numbers, and the real part of complex ones, as the bits of an f64.</summary>
    public ulong Bits { get; }

    /// <summary>The bits of a complex number's imaginary part as f64; otherwise 0.</summary>
    public ulong ImaginaryBits { get; }

    /// <summary>The number as f64: exact for floating dtypes and integers below 2⁵³; the real part of a complex one.</summary>
    public double AsDouble => Type.IsDifferentiable() ? BitConverter.UInt64BitsToDouble(Bits)
        : Type == DType.U64 ? Bits : (long)Bits;

    /// <summary>The number as a complex one.</summary>
    public Complex AsComplex => new(AsDouble, BitConverter.UInt64BitsToDouble(ImaginaryBits));

    /// <summary>The integer's bits; a floating number is cut towards zero.</summary>
    public long AsLong => Type.IsDifferentiable() ? (long)AsDouble : (long)Bits;

    /// <summary>The number rounded once to the dtype; an integer dtype takes only what it can hold.</summary>
    /// <exception cref="DTypeException">An integer dtype cannot hold the number.</exception>
    public static Scalar Of(DType type, double value)
    {
        if (type.IsDifferentiable())
        {
            return new(type, BitConverter.DoubleToUInt64Bits(Rounded(type.RealPart(), value)), 0);
        }

        bool fits = type == DType.U64 ? value is >= 0 and < 18446744073709551616.0 : value is >= -9223372036854775808.0 and < 9223372036854775808.0;
        return fits && Math.Truncate(value) == value
            ? type == DType.U64 ? new(type, (ulong)value, 0) : Of(type, (long)value)
            : throw new DTypeException(string.Create(CultureInfo.InvariantCulture, $"scalar: {type.Name()} cannot hold {value}."));
    }

    /// <summary>The integer in this dtype, rounded once where it is a floating one.</summary>
    /// <exception cref="DTypeException">An integer dtype cannot hold the number.</exception>
    public static Scalar Of(DType type, long value)
    {
        if (type.IsDifferentiable())
        {
            return Of(type, type.RealPart() switch
            {
                DType.F32 => (float)value,
                DType.BF16 => BFloat16.FromInteger(value).ToSingle(),
                _ => (double)value,
            });
        }

        bool fits = type switch
        {
            DType.Bool => value is 0 or 1,
            DType.U8 => value is >= 0 and <= byte.MaxValue,
            DType.U16 => value is >= 0 and <= ushort.MaxValue,
            DType.U32 => value is >= 0 and <= uint.MaxValue,
            DType.U64 => value >= 0,
            DType.I8 => value is >= sbyte.MinValue and <= sbyte.MaxValue,
            DType.I16 => value is >= short.MinValue and <= short.MaxValue,
            DType.I32 => value is >= int.MinValue and <= int.MaxValue,
            _ => true,
        };
        return fits ? new(type, (ulong)value, 0) : throw new DTypeException($"scalar: {type.Name()} cannot hold {value}.");
    }

    /// <summary>A complex number; a real dtype takes only real ones.</summary>
    public static Scalar Of(DType type, Complex value)
    {
        if (type.IsComplex())
        {
            return new(
                type,
                BitConverter.DoubleToUInt64Bits(Rounded(type.RealPart(), value.Real)),
                BitConverter.DoubleToUInt64Bits(Rounded(type.RealPart(), value.Imaginary)));
        }

        return value.Imaginary == 0 ? Of(type, value.Real) : throw new DTypeException($"scalar: {type.Name()} cannot hold a complex number.");
    }

    /// <summary>An unsigned 64-bit integer.</summary>
    public static Scalar Of(ulong value) => new(DType.U64, value, 0);

    /// <summary>A bool.</summary>
    public static Scalar Of(bool value) => new(DType.Bool, value ? 1UL : 0UL, 0);

    /// <summary>Zero of a dtype (false for bool).</summary>
    public static Scalar Zero(DType type) => Of(type, 0L);

    /// <summary>One of a dtype (true for bool).</summary>
    public static Scalar One(DType type) => Of(type, 1L);

    /// <summary>Dtype and number, for debuggers.</summary>
    internal string Display => $"{Type.Name()} {this}";

    /// <summary>The number, shortest text that reads back to the same bits.</summary>
    public override string ToString() => Type switch
    {
        DType.Bool => Bits != 0 ? "true" : "false",
        DType.U64 => Bits.ToString(CultureInfo.InvariantCulture),
        _ when Type.IsComplex() => $"({Text(AsDouble)}, {Text(AsComplex.Imaginary)})",
        _ when Type.IsFloating() => Text(AsDouble),
        _ => AsLong.ToString(CultureInfo.InvariantCulture),
    };

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static double Rounded(DType type, double value) => type switch
    {
        DType.F16 => (double)(Half)value,
        DType.BF16 => BFloat16.FromDouble(value).ToSingle(),
        DType.F32 => (float)value,
        _ => value,
    };
}
