using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>Shift to the right with zeros, elementwise. A shift by the width or more, or by a negative number, gives 0.</summary>
public sealed partial record ShiftRightLogical : ElementwiseBinary
{
    /// <inheritdoc/>
    public override string Name => "shift_right_logical";

    private protected override DTypeKinds Takes => DTypeKinds.Integer;

    private protected override bool OnBits => true;

    /// <summary>Draws two tensors.</summary>
    public static Sample Draw(SampleSource source) => Samples.Shift(source, new ShiftRightLogical());

    private protected override LoopValue Element(LoopBuilder builder, DType type, LoopValue x, LoopValue y)
    {
        LoopValue bits = LoopNumbers.Bits(builder, type, x);
        LoopValue amount = LoopNumbers.Bits(builder, type, y);
        LoopValue zero = LoopNumbers.Zero(builder, bits.Type);
        LoopValue inside = builder.Less(amount, LoopNumbers.Whole(builder, amount.Type, (ulong)(8 * type.Size())));
        LoopValue shifted = builder.ShiftRight(bits, builder.Select(inside, amount, zero));
        return builder.Bitcast(builder.Select(inside, shifted, zero), x.Type);
    }

    /// <inheritdoc/>
    protected override ulong Scalar(ulong x, ulong y) => y < 64 ? x >> (int)y : 0;

    /// <inheritdoc/>
    protected override Value? LeftTangent(Value dx, Value x, Value y, Value z) => null;

    /// <inheritdoc/>
    protected override Value? RightTangent(Value dy, Value x, Value y, Value z) => null;
}

public static partial class Ops
{
    /// <summary>Shift to the right with zeros.</summary>
    public static Value ShiftRightLogical(Value x, Value y) => Apply(new ShiftRightLogical(), x, y);
}
