using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Primitives;

/// <summary>A tensor read backwards along some axes.</summary>
/// <remarks>Derivative: linear, and its own transpose.</remarks>
/// <param name="Axes">The axes.</param>
public sealed partial record Reverse(Axes Axes) : LinearPrimitive
{
    /// <inheritdoc/>
    public override string Name => "reverse";

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
        int[] strides = x.Shape.Strides();
        int last = Axes.Sum(axis => strides[axis] * (x.Shape[axis].Value - 1));
        Boxes.Copy(new(x, last, [.. strides.Select((stride, axis) => Axes.Contains(axis) ? -stride : stride)]), Layout.Of(result), x.Shape.ToArray());
        return result;
    }

    /// <inheritdoc/>
    public override void Transpose(Node node, Value cotangent, Accumulator into) => into.Add(Ops.Reverse(cotangent, Axes));

    /// <inheritdoc/>
    public override Batched Batch(Batched x, Extent size) =>
        new(Ops.Reverse(x.Value, WindowAxes.Inserted(Axes, x.Axis)), x.Axis);
}

public static partial class Ops
{
    /// <summary>x read backwards along some axes.</summary>
    public static Value Reverse(Value x, Axes axes) => axes.Count == 0 ? x : Apply(new Reverse(axes), x);
}
