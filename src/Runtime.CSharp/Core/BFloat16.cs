using System.Globalization;

namespace Adjoint.Core;

/// <summary>A bfloat16 number: the upper 16 bits of a binary32. Storage only; arithmetic is done in f32.</summary>
public readonly record struct BFloat16
{
    private BFloat16(ushort bits) => Bits = bits;

    /// <summary>Sign, 8 bits of exponent, 7 of fraction.</summary>
    public ushort Bits { get; }

    /// <summary>The number with these bits.</summary>
    public static BFloat16 FromBits(ushort bits) => new(bits);

    /// <summary>Rounds to nearest, ties to even; NaN stays NaN.</summary>
    public static BFloat16 FromSingle(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        return float.IsNaN(value)
            ? new((ushort)((bits >> 16) | 0x40))
            : new((ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16));
    }

    /// <summary>The same number as f32, exactly.</summary>
    public float ToSingle() => BitConverter.UInt32BitsToSingle((uint)Bits << 16);

    /// <summary>The number, as f32 prints it.</summary>
    public override string ToString() => ToSingle().ToString(CultureInfo.InvariantCulture);
}
