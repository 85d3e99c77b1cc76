using Adjoint.Ir;

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
