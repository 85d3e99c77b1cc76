using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>Repeats a tensor along new axes.</summary>
/// <remarks>
/// <para>Shape: axis i of the operand becomes axis Axes[i] of the result, with the same extent; the result's other axes repeat.</para>
/// <para>Derivative: linear. The transpose sums over the axes that repeat.</para>
/// </remarks>
/// <param name="Shape">The result's shape.</param>
/// <param name="Axes">Where in the result the operand's axes lie.</param>
public sealed partial record Broadcast(Shape Shape, Axes Axes) : LinearPrimitive
{
    /// <inheritdoc/>
    public override string Name => "broadcast";

    /// <inheritdoc/>
    public override Cost Cost(ImmutableArray<ValueType> operands) => base.Cost(operands) with { Operations = 0 };

    /// <summary>Draws a tensor and axes to add to it.</summary>
    public static Sample Draw(SampleSource source)
    {
        Shape shape = source.Shape();
        var axes = new Axes(Enumerable.Range(0, shape.Rank).Where(_ => source.Bool()));
        return new(new Broadcast(shape, axes), source.Numbers(source.Numeric(), shape.Select(axes)));
    }

    /// <inheritdoc/>
    public override TensorType Infer(TensorType x)
    {
        if (Axes.Count != x.Rank)
        {
            throw new TypeRuleException($"{Name}: axes {Axes} name {Axes.Count} axes of the result, but {x} has {x.Rank}.");
        }

        for (int i = 0; i < x.Rank; i++)
        {
            if (Axes[i] >= Shape.Rank || Shape[Axes[i]] != x.Shape[i])
            {
                throw new TypeRuleException($"{Name}: axis {i} of {x} does not fit axis {Axes[i]} of the shape {Shape}.");
            }
        }

        return x with { Shape = Shape };
    }

    /// <inheritdoc/>
    public override NDArray Evaluate(NDArray x) => Strided.Copy(x, Shape, Strides(x.Shape));

    /// <inheritdoc/>
    public override ElementRule? LowerElement(ImmutableArray<ValueType> operands) => LoopIndices.Move(operands, index => [.. Axes.Select(axis => index[axis])]);

    /// <inheritdoc/>
    public override Kernel? Lower(ImmutableArray<ValueType> operands)
    {
        var x = (TensorType)operands[0];
        return StridedKernel.Of(x.DType, Shape, Strides(x.Shape));
    }

    /// <inheritdoc/>
    public override void Transpose(Node node, Value cotangent, Accumulator into)
    {
        Value sum = Ops.ReduceSum(cotangent, Axes.Others(Shape.Rank));
        int[] order = [.. Axes.Order()];
        into.Add(Ops.Permute(sum, new Axes(Axes.Select(axis => Array.IndexOf(order, axis)))));
    }

    /// <inheritdoc/>
    public override Batched Batch(Batched x, Extent size)
    {
        var axes = new Axes(Axes.Shifted().Items.Insert(x.Axis, 0));
        return new(Ops.Broadcast(x.Value, Shape.Insert(0, size), axes), 0);
    }

    private int[] Strides(Shape operand)
    {
        var strides = new int[Shape.Rank];
        int[] own = operand.Strides();
        for (int i = 0; i < own.Length; i++)
        {
            strides[Axes[i]] = own[i];
        }

        return strides;
    }
}

public static partial class Ops
{
    /// <summary>A tensor repeated: axis i becomes axis axes[i] of the shape, the others repeat.</summary>
    public static Value Broadcast(Value x, Shape shape, Axes axes) =>
        x.Tensor.Shape.Equals(shape) && axes.Equals(Axes.All(shape.Rank)) ? x : Apply(new Broadcast(shape, axes), x);
}
