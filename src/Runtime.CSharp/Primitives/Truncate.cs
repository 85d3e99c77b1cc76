using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>Whole part, cut towards zero, elementwise.</summary>
/// <remarks>Derivative: zero, also at the jumps.</remarks>
public sealed partial record Truncate : ElementwiseUnary
{
    /// <inheritdoc/>
    public override string Name => "truncate";

    private protected override DTypeKinds Takes => DTypeKinds.Floating;

    /// <summary>Draws a tensor away from the jumps.</summary>
    public static Sample Draw(SampleSource source) => Samples.Floating(source, new Truncate(), Samples.BetweenSteps);

    private protected override LoopValue Element(LoopBuilder builder, DType type, LoopValue x) => builder.Truncate(x);

    /// <inheritdoc/>
    protected override double Scalar(double x) => Math.Truncate(x);

    /// <inheritdoc/>
    protected override Value? Tangent(Value dx, Value x, Value y) => null;
}

public static partial class Ops
{
    /// <summary>Whole part, cut towards zero.</summary>
    public static Value Truncate(Value x) => Apply(new Truncate(), x);
}
