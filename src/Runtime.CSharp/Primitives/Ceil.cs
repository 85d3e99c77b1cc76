using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>Smallest whole number not below, elementwise.</summary>
/// <remarks>Derivative: zero, also at the jumps.</remarks>
public sealed partial record Ceil : ElementwiseUnary
{
    /// <inheritdoc/>
    public override string Name => "ceil";

    private protected override DTypeKinds Takes => DTypeKinds.Floating;

    /// <summary>Draws a tensor away from the jumps.</summary>
    public static Sample Draw(SampleSource source) => Samples.Floating(source, new Ceil(), Samples.BetweenSteps);

    private protected override LoopValue Element(LoopBuilder builder, DType type, LoopValue x) => builder.Ceiling(x);

    /// <inheritdoc/>
    protected override double Scalar(double x) => Math.Ceiling(x);

    /// <inheritdoc/>
    protected override Value? Tangent(Value dx, Value x, Value y) => null;
}

public static partial class Ops
{
    /// <summary>Smallest whole number not below.</summary>
    public static Value Ceil(Value x) => Apply(new Ceil(), x);
}
