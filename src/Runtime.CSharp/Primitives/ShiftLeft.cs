using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>Shift to the left, elementwise. A shift by the width or more, or by a negative number, gives 0.</summary>
public sealed partial record ShiftLeft : ElementwiseBinary
{
    /// <inheritdoc/>
    public override string Name => "shift_left";

    private protected override DTypeKinds Takes => DTypeKinds.Integer;

    private protected override bool OnBits => true;

    /// <summary>Draws two tensors.</summary>
    public static Sample Draw(SampleSource source) => Samples.Shift(source, new ShiftLeft());

    private protected override LoopValue Element(LoopBuilder builder, DType type, LoopValue x, LoopValue y)
    {
        LoopValue zero = LoopNumbers.Zero(builder, x.Type);
        LoopValue amount = LoopNumbers.Bits(builder, type, y);
        LoopValue inside = builder.Less(amount, LoopNumbers.Whole(builder, amount.Type, (ulong)(8 * type.Size())));
        return builder.Select(inside, builder.ShiftLeft(x, builder.Select(inside, y, zero)), zero);
    }

    /// <inheritdoc/>
    protected override ulong Scalar(ulong x, ulong y) => y < 64 ? x << (int)y : 0;

    /// <inheritdoc/>
    protected override Value? LeftTangent(Value dx, Value x, Value y, Value z) => null;

    /// <inheritdoc/>
    protected override Value? RightTangent(Value dy, Value x, Value y, Value z) => null;
}

public static partial class Ops
{
    /// <summary>Shift to the left.</summary>
    public static Value ShiftLeft(Value x, Value y) => Apply(new ShiftLeft(), x, y);
}
