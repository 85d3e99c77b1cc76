using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Kernels;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>A tensor read backwards along some axes.</summary>
/// <remarks>Derivative: linear, and its own transpose.</remarks>
/// <param name="Axes">The axes.</param>
public sealed partial record Reverse(Axes Axes) : LinearPrimitive
{
    /// <inheritdoc/>
    public override string Name => "reverse";

    /// <inheritdoc/>
    public override Cost Cost(ImmutableArray<ValueType> operands) => base.Cost(operands) with { Operations = 0 };

    /// <summary>Draws a tensor and some of its axes.</summary>
    public static Sample Draw(SampleSource source)
    {
        Shape shape = source.Shape(minExtent: 0);
        return new(new Reverse(Draws.Some(source, shape.Rank)), source.Numbers(source.Numeric(), shape));
    }

    /// <inheritdoc/>
    public override TensorType Infer(TensorType x) => Axes.All(axis => axis < x.Rank)
        ? x
        : throw new TypeRuleException($"{Name}: an axis of {Axes} is outside rank {x.Rank} of operand {x}.");

    /// <inheritdoc/>
    public override NDArray Evaluate(NDArray x)
    {
        NDArray result = NDArray.New(x.Type, x.Shape);
        Write([x], result, null);
        return result;
    }

    /// <inheritdoc/>
    public override ElementRule? LowerElement(ImmutableArray<ValueType> operands)
    {
        Shape shape = ((TensorType)operands[0]).Shape;
        return LoopIndices.Move(operands, (builder, index) =>
            [.. index.Select((i, axis) => Axes.Contains(axis) ? builder.Index(shape[axis].Value - 1) - i : i)]);
    }

    /// <inheritdoc/>
    public override Kernel? Lower(ImmutableArray<ValueType> operands) => new MoveKernel(Write);

    /// <inheritdoc/>
    public override void Transpose(Node node, Value cotangent, Accumulator into) => into.Add(Ops.Reverse(cotangent, Axes));

    /// <inheritdoc/>
    public override Batched Batch(Batched x, Extent size) =>
        new(Ops.Reverse(x.Value, WindowAxes.Inserted(Axes, x.Axis)), x.Axis);

    private void Write(ReadOnlySpan<NDArray> operands, NDArray result, IParallel? parallel)
    {
        NDArray x = operands[0];
        int[] strides = x.Shape.Strides();
        int last = Axes.Sum(axis => strides[axis] * (x.Shape[axis].Value - 1));
        int[] steps = [.. strides.Select((stride, axis) => Axes.Contains(axis) ? -stride : stride)];
        Boxes.Copy(new(x, last, steps), Layout.Of(result), x.Shape.ToArray(), parallel);
    }
}

public static partial class Ops
{
    /// <summary>x read backwards along some axes.</summary>
    public static Value Reverse(Value x, Axes axes) => axes.Count == 0 ? x : Apply(new Reverse(axes), x);
}
