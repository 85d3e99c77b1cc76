using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Primitives;

/// <summary>The second operand itself, if every element of the first (bools) is true; otherwise an error with this message.</summary>
/// <remarks>Under vmap the condition must hold in all lanes. Derivative: dy = dx.</remarks>
/// <param name="Message">What the error says.</param>
public sealed partial record Check(string Message) : TensorPrimitive
{
    /// <inheritdoc/>
    public override string Name => "check";

    /// <summary>Draws a condition that holds and a tensor.</summary>
    public static Sample Draw(SampleSource source) => new(
        new Check("sample"),
        NDArray.Scalar(true),
        source.Numbers(source.Numeric(), source.Shape()));

    /// <inheritdoc/>
    protected override TensorType InferTensor(ImmutableArray<TensorType> operands)
    {
        CheckCount(operands, 2);
        return operands[0].DType == DType.Bool
            ? operands[1]
            : throw new TypeRuleException($"{Name}: the condition is bool, not {operands[0]}.");
    }

    /// <inheritdoc/>
    protected override NDArray EvaluateTensor(NDArray[] operands, EvaluationContext context) =>
        operands[0].Span<bool>().Contains(false) ? throw new DomainException($"{Name}: {Message}") : operands[1];

    /// <inheritdoc/>
    protected override Value? JvpTensor(Node node, IReadOnlyList<Value?> tangents) => tangents[1];

    /// <inheritdoc/>
    protected override void TransposeTensor(Node node, Value cotangent, IReadOnlyList<Accumulator?> accumulators) =>
        accumulators[1]!.Add(cotangent);

    /// <inheritdoc/>
    protected override Batched BatchTensor(Node node, IReadOnlyList<Batched> operands, Extent size) =>
        new(Ops.Apply(this, operands[0].Value, operands[1].Value), operands[1].Axis);
}

public static partial class Ops
{
    /// <summary>x, if the condition holds everywhere; otherwise an error.</summary>
    public static Value Check(string message, Value condition, Value x) => Apply(new Check(message), condition, x);
}
