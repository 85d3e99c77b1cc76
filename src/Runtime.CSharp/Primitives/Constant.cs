using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>One number: a tensor of rank 0.</summary>
/// <remarks>Derivative: zero.</remarks>
/// <param name="Value">The number and its dtype.</param>
public sealed partial record Constant(Scalar Value) : TensorPrimitive
{
    /// <inheritdoc/>
    public override string Name => "constant";

    /// <inheritdoc/>
    public override Cost Cost(ImmutableArray<ValueType> operands) => base.Cost(operands) with { Operations = 0 };

    /// <summary>Draws a number.</summary>
    public static Sample Draw(SampleSource source) =>
        new(new Constant(source.Real(Shape.Scalar, Domain.All).At(0)), ImmutableArray<HostValue>.Empty);

    /// <inheritdoc/>
    public override ElementRule? LowerElement(ImmutableArray<ValueType> operands) => LoopTypes.IsStored(Value.Type)
        ? (builder, _, _) => builder.Constant(Wide)
        : null;

    /// <inheritdoc/>
    protected override TensorType InferTensor(ImmutableArray<TensorType> operands)
    {
        CheckCount(operands, 0);
        return new(Value.Type, Shape.Scalar);
    }

    /// <summary>The number in the type that computes.</summary>
    private Scalar Wide => LoopTypes.Computed(Value.Type) is var computed && computed.IsFloating()
        ? Scalar.Of(computed, Value.AsDouble)
        : computed == Value.Type ? Value : Scalar.Of(computed, Value.AsLong);

    /// <inheritdoc/>
    protected override NDArray EvaluateTensor(NDArray[] operands, EvaluationContext context) => NDArray.Full(Shape.Scalar, Value);

    /// <inheritdoc/>
    protected override Value? JvpTensor(Node node, IReadOnlyList<Value?> tangents) => null;

    /// <inheritdoc/>
    protected override Batched BatchTensor(Node node, IReadOnlyList<Batched> operands, Extent size) => Batched.Same(node.Result);
}

public static partial class Ops
{
    /// <summary>One number.</summary>
    public static Value Constant(Scalar value) => Apply(new Constant(value));
}
