using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>The same elements in row-major order under another shape.</summary>
/// <remarks>Derivative: linear. The transpose is the reshape back.</remarks>
/// <param name="Shape">The result's shape, of as many elements.</param>
public sealed partial record Reshape(Shape Shape) : LinearPrimitive
{
    /// <inheritdoc/>
    public override string Name => "reshape";

    /// <inheritdoc/>
    public override Cost Cost(ImmutableArray<ValueType> operands) => base.Cost(operands) with { Operations = 0 };

    /// <summary>Draws a tensor to be made flat, or to get an axis of one element.</summary>
    public static Sample Draw(SampleSource source)
    {
        Shape shape = source.Shape();
        Shape result = source.Bool() ? shape.Insert(source.Int(0, shape.Rank), 1) : Shape.Of(shape.Size);
        return new(new Reshape(result), source.Numbers(source.Numeric(), shape));
    }

    /// <inheritdoc/>
    public override TensorType Infer(TensorType x) => x.Shape.Size == Shape.Size
        ? x with { Shape = Shape }
        : throw new TypeRuleException($"{Name}: the {x.Shape.Size} elements of {x} do not fill the shape {Shape} of {Shape.Size}.");

    /// <inheritdoc/>
    public override ElementRule? LowerElement(ImmutableArray<ValueType> operands)
    {
        Shape from = ((TensorType)operands[0]).Shape;
        return LoopIndices.Move(operands, (builder, index) => LoopIndices.Reshaped(builder, index, Shape, from));
    }

    /// <inheritdoc/>
    public override NDArray Evaluate(NDArray x) => x.Reshaped(Shape);

    /// <inheritdoc/>
    public override void Transpose(Node node, Value cotangent, Accumulator into) =>
        into.Add(Ops.Reshape(cotangent, node.Operands[0].Tensor.Shape));

    /// <inheritdoc/>
    public override Batched Batch(Batched x, Extent size) =>
        new(Ops.Reshape(BatchAxes.At(x, 0, size), Shape.Insert(0, size)), 0);
}

public static partial class Ops
{
    /// <summary>The same elements under another shape.</summary>
    public static Value Reshape(Value x, Shape shape) => x.Tensor.Shape.Equals(shape) ? x : Apply(new Reshape(shape), x);
}
