using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>Largest whole number not above, elementwise.</summary>
/// <remarks>Derivative: zero, also at the jumps.</remarks>
public sealed partial record Floor : ElementwiseUnary
{
    /// <inheritdoc/>
    public override string Name => "floor";

    private protected override DTypeKinds Takes => DTypeKinds.Floating;

    /// <summary>Draws a tensor away from the jumps.</summary>
    public static Sample Draw(SampleSource source) => Samples.Floating(source, new Floor(), Samples.BetweenSteps);

    private protected override LoopValue Element(LoopBuilder builder, DType type, LoopValue x) => builder.Floor(x);

    /// <inheritdoc/>
    protected override double Scalar(double x) => Math.Floor(x);

    /// <inheritdoc/>
    protected override Value? Tangent(Value dx, Value x, Value y) => null;
}

public static partial class Ops
{
    /// <summary>Largest whole number not above.</summary>
    public static Value Floor(Value x) => Apply(new Floor(), x);
}
