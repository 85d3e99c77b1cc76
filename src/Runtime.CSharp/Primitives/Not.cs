using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>Bitwise complement, elementwise; of bools, the logical one.</summary>
public sealed partial record Not : ElementwiseUnary
{
    /// <inheritdoc/>
    public override string Name => "not";

    private protected override DTypeKinds Takes => DTypeKinds.Bits;

    private protected override bool OnBits => true;

    /// <summary>Draws a tensor.</summary>
    public static Sample Draw(SampleSource source) => Samples.Bits(source, new Not(), 1);

    private protected override LoopValue Element(LoopBuilder builder, DType type, LoopValue x) => builder.Not(x);

    /// <inheritdoc/>
    protected override ulong Scalar(ulong x) => ~x;

    /// <inheritdoc/>
    protected override bool Scalar(bool x) => !x;

    /// <inheritdoc/>
    protected override Value? Tangent(Value dx, Value x, Value y) => null;
}

public static partial class Ops
{
    /// <summary>Bitwise complement.</summary>
    public static Value Not(Value x) => Apply(new Not(), x);
}
