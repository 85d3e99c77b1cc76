using Adjoint.Core;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>The bits that a number has where it is stored, in the loop language.</summary>
internal static class LoopBits
{
    /// <summary>The bits of a number of a stored dtype: u32, or u64 where it has 64.</summary>
    internal static LoopValue From(LoopBuilder builder, LoopValue x, DType stored) => stored switch
    {
        DType.F64 => builder.Bitcast(x, DType.U64),
        DType.F32 => builder.Bitcast(x, DType.U32),
        DType.BF16 => builder.ShiftRight(builder.Bitcast(x, DType.U32), 16),
        DType.F16 => builder.Call(((Func<float, uint>)HalfBits).Method, x),
        _ => LoopNumbers.Bits(builder, stored, x),
    };

    /// <summary>The number of a stored dtype that has these bits.</summary>
    internal static LoopValue Of(LoopBuilder builder, LoopValue bits, DType stored) => stored switch
    {
        DType.F64 or DType.F32 => builder.Bitcast(bits, stored),
        DType.BF16 => builder.Bitcast(builder.ShiftLeft(bits, 16), DType.F32),
        DType.F16 => builder.Call(((Func<uint, float>)OfHalfBits).Method, bits),
        _ => builder.ThroughStorage(builder.Bitcast(bits, LoopTypes.Computed(stored)), stored),
    };

    private static uint HalfBits(float x) => BitConverter.HalfToUInt16Bits((Half)x);

    private static float OfHalfBits(uint bits) => (float)BitConverter.UInt16BitsToHalf((ushort)bits);
}
