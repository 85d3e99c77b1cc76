using System.Globalization;
using System.Numerics;

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

    /// <summary>Rounds once, to nearest, ties to even; NaN stays NaN.</summary>
    /// <remarks>
    /// By way of an f32 that is cut, its last bit set where something was cut off, so that the second rounding sees on which side of a
    /// tie the number lies (rounding to odd: Boldo and Melquiond 2008, IEEE Trans. Comput. 57(4)).
    /// </remarks>
    public static BFloat16 FromDouble(double value)
    {
        float near = (float)value;
        if (near == value || !float.IsFinite(near))
        {
            return FromSingle(near);
        }

        uint bits = BitConverter.SingleToUInt32Bits(near);
        uint cut = Math.Abs(near) > Math.Abs(value) ? bits - 1 : bits;
        return FromSingle(BitConverter.UInt32BitsToSingle(cut | 1));
    }

    /// <summary>Rounds an integer once, to nearest, ties to even.</summary>
    internal static BFloat16 FromInteger<T>(T value)
        where T : INumberBase<T>
    {
        double near = double.CreateTruncating(value);
        T back = T.CreateSaturating(near);
        if (back == value)
        {
            return FromDouble(near);
        }

        long bits = BitConverter.DoubleToInt64Bits(near);
        bool isLarger = T.MaxMagnitude(back, value) == back;
        return FromDouble(BitConverter.Int64BitsToDouble((isLarger ? bits - 1 : bits) | 1));
    }

    /// <summary>The same number as f32, exactly.</summary>
    public float ToSingle() => BitConverter.UInt32BitsToSingle((uint)Bits << 16);

    /// <summary>The number, as f32 prints it.</summary>
    public override string ToString() => ToSingle().ToString(CultureInfo.InvariantCulture);
}
