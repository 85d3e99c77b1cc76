using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>Number of bits that are 1, elementwise, in the same dtype.</summary>
public sealed partial record PopCount : ElementwiseUnary
{
    /// <inheritdoc/>
    public override string Name => "popcount";

    private protected override DTypeKinds Takes => DTypeKinds.Integer;

    private protected override bool OnBits => true;

    /// <summary>Draws a tensor.</summary>
    public static Sample Draw(SampleSource source) => Samples.Integers(source, new PopCount());

    private protected override LoopValue Element(LoopBuilder builder, DType type, LoopValue x)
    {
        // Counts of neighbours are added in place, in fields of 2, 4 and 8 bits (Warren, Hacker's Delight, 2nd edition, figure 5-2).
        LoopValue bits = LoopNumbers.Bits(builder, type, x);
        LoopValue Mask(ulong mask) => LoopNumbers.Whole(builder, bits.Type, bits.Type == DType.U64 ? mask : (uint)mask);
        LoopValue Low(LoopValue y, int shift, ulong mask) => builder.And(builder.ShiftRight(y, shift), Mask(mask));
        LoopValue pairs = bits - Low(bits, 1, 0x5555555555555555);
        LoopValue nibbles = Low(pairs, 0, 0x3333333333333333) + Low(pairs, 2, 0x3333333333333333);
        LoopValue bytes = builder.And(nibbles + builder.ShiftRight(nibbles, 4), Mask(0x0F0F0F0F0F0F0F0F));
        return builder.Bitcast(builder.ShiftRight(bytes * Mask(0x0101010101010101), (8 * bits.Type.Size()) - 8), x.Type);
    }

    /// <inheritdoc/>
    protected override ulong Scalar(ulong x) => (ulong)System.Numerics.BitOperations.PopCount(x);

    /// <inheritdoc/>
    protected override Value? Tangent(Value dx, Value x, Value y) => null;
}

public static partial class Ops
{
    /// <summary>Number of bits that are 1.</summary>
    public static Value PopCount(Value x) => Apply(new PopCount(), x);
}
