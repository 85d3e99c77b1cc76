using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>Nearest whole number, ties to even, elementwise.</summary>
/// <remarks>Derivative: zero, also at the jumps.</remarks>
public sealed partial record Round : ElementwiseUnary
{
    /// <inheritdoc/>
    public override string Name => "round";

    private protected override DTypeKinds Takes => DTypeKinds.Floating;

    /// <summary>Draws a tensor away from the jumps.</summary>
    public static Sample Draw(SampleSource source) => Samples.Floating(source, new Round(), Samples.BetweenSteps);

    private protected override LoopValue Element(LoopBuilder builder, DType type, LoopValue x) => builder.Round(x);

    /// <inheritdoc/>
    protected override double Scalar(double x) => Math.Round(x, MidpointRounding.ToEven);

    /// <inheritdoc/>
    protected override Value? Tangent(Value dx, Value x, Value y) => null;
}

public static partial class Ops
{
    /// <summary>Nearest whole number, ties to even.</summary>
    public static Value Round(Value x) => Apply(new Round(), x);
}
