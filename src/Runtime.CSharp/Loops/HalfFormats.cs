using Adjoint.Core;

namespace Adjoint.Loops;

/// <summary>f16 and bf16 as 16 bits in a u32, in the loop language: exact one way, rounded to nearest with ties to even the other.</summary>
/// <remarks>The way by a sum with a power of two that puts subnormal numbers into their place: Giesen 2012, float to half conversions.</remarks>
internal static class HalfFormats
{
    private const uint Infinity32 = 0x7F800000;

    /// <summary>The number of these bits.</summary>
    internal static LoopValue Read(LoopBuilder b, DType type, LoopValue bits) => type == DType.BF16
        ? b.Bitcast(b.ShiftLeft(bits, 16), DType.F32)
        : ReadHalf(b, bits);

    /// <summary>The bits of a number.</summary>
    internal static LoopValue Write(LoopBuilder b, DType type, LoopValue number)
    {
        LoopValue bits = b.Bitcast(number, DType.U32);
        return type == DType.BF16 ? WriteBrain(b, number, bits) : WriteHalf(b, bits);
    }

    private static LoopValue ReadHalf(LoopBuilder b, LoopValue bits)
    {
        LoopValue sign = b.ShiftLeft(b.And(bits, Bits(b, 0x8000)), 16);
        LoopValue magnitude = b.ShiftLeft(b.And(bits, Bits(b, 0x7FFF)), 13);
        LoopValue scaled = b.Bitcast(b.Multiply(b.Bitcast(magnitude, DType.F32), b.Constant(DType.F32, Math.ScaleB(1.0, 112))), DType.U32);
        LoopValue special = b.LessOrEqual(Bits(b, 31 << 23), magnitude);
        return b.Bitcast(b.Or(b.Select(special, b.Or(magnitude, Bits(b, Infinity32)), scaled), sign), DType.F32);
    }

    private static LoopValue WriteHalf(LoopBuilder b, LoopValue bits)
    {
        const uint Magic = (127 - 15 + (23 - 10) + 1) << 23;
        LoopValue sign = b.And(bits, Bits(b, 0x80000000));
        LoopValue magnitude = b.Xor(bits, sign);
        LoopValue odd = b.And(b.ShiftRightLogical(magnitude, 13), Bits(b, 1));
        LoopValue normal = b.ShiftRightLogical(b.Add(b.Add(magnitude, Bits(b, unchecked(((15u - 127u) << 23) + 0xFFF))), odd), 13);
        LoopValue shifted = b.Add(b.Bitcast(magnitude, DType.F32), b.Bitcast(Bits(b, Magic), DType.F32));
        LoopValue small = b.Subtract(b.Bitcast(shifted, DType.U32), Bits(b, Magic));
        LoopValue large = b.Select(b.Less(Bits(b, Infinity32), magnitude), Bits(b, 0x7E00), Bits(b, 0x7C00));
        LoopValue finite = b.Select(b.Less(magnitude, Bits(b, 113 << 23)), small, normal);
        return b.Or(b.Select(b.Less(magnitude, Bits(b, (127 + 16) << 23)), finite, large), b.ShiftRightLogical(sign, 16));
    }

    private static LoopValue WriteBrain(LoopBuilder b, LoopValue number, LoopValue bits)
    {
        LoopValue high = b.ShiftRightLogical(bits, 16);
        LoopValue rounded = b.ShiftRightLogical(b.Add(b.Add(bits, Bits(b, 0x7FFF)), b.And(high, Bits(b, 1))), 16);
        return b.Select(b.NotEqual(number, number), b.Or(high, Bits(b, 0x40)), rounded);
    }

    private static LoopValue Bits(LoopBuilder b, uint bits) => b.Constant(Scalar.Of(DType.U32, (long)bits));
}
