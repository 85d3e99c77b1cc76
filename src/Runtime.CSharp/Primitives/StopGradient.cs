using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>The operand itself, as a constant to derivatives: the tangent is zero.</summary>
public sealed partial record StopGradient : ElementwisePrimitive
{
    /// <inheritdoc/>
    public override string Name => "stop_gradient";

    private protected override int Arity => 1;

    private protected override DTypeKinds Takes => DTypeKinds.All;

    private protected override double Work => 0;

    /// <summary>Draws a tensor; it has no derivative to compare with differences.</summary>
    public static Sample Draw(SampleSource source) =>
        new(new StopGradient(), source.Numbers(source.Numeric(), source.Shape())) { Active = ParameterMask.None(1) };

    private protected override LoopValue Element(LoopBuilder builder, DType type, ImmutableArray<LoopValue> operands) => operands[0];

    /// <inheritdoc/>
    protected override NDArray EvaluateTensor(NDArray[] operands, EvaluationContext context) => operands[0];

    /// <inheritdoc/>
    protected override Value? JvpTensor(Node node, IReadOnlyList<Value?> tangents) => null;
}

public static partial class Ops
{
    /// <summary>x, whose derivative is zero.</summary>
    public static Value StopGradient(Value x) => Apply(new StopGradient(), x);
}
