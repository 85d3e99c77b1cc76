using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>Bitwise and, elementwise; of bools, the logical one.</summary>
public sealed partial record And : ElementwiseBinary
{
    /// <inheritdoc/>
    public override string Name => "and";

    private protected override DTypeKinds Takes => DTypeKinds.Bits;

    private protected override bool OnBits => true;

    /// <summary>Draws two tensors.</summary>
    public static Sample Draw(SampleSource source) => Samples.Bits(source, new And(), 2);

    private protected override LoopValue Element(LoopBuilder builder, DType type, LoopValue x, LoopValue y) => builder.And(x, y);

    /// <inheritdoc/>
    protected override ulong Scalar(ulong x, ulong y) => x & y;

    /// <inheritdoc/>
    protected override bool Scalar(bool x, bool y) => x & y;

    /// <inheritdoc/>
    protected override Value? LeftTangent(Value dx, Value x, Value y, Value z) => null;

    /// <inheritdoc/>
    protected override Value? RightTangent(Value dy, Value x, Value y, Value z) => null;
}

public static partial class Ops
{
    /// <summary>Bitwise and.</summary>
    public static Value And(Value x, Value y) => Apply(new And(), x, y);
}
