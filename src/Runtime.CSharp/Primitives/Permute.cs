using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>Puts a tensor's axes in another order.</summary>
/// <remarks>
/// <para>Shape: axis i of the result is axis Permutation[i] of the operand.</para>
/// <para>Derivative: linear. The transpose is the inverse permutation.</para>
/// </remarks>
/// <param name="Permutation">The operand's axes in the result's order.</param>
public sealed partial record Permute(Axes Permutation) : LinearPrimitive
{
    /// <inheritdoc/>
    public override string Name => "permute";

    /// <inheritdoc/>
    public override Cost Cost(ImmutableArray<ValueType> operands) => base.Cost(operands) with { Operations = 0 };

    /// <summary>Draws a tensor and an order of its axes.</summary>
    public static Sample Draw(SampleSource source)
    {
        Shape shape = source.Shape();
        List<int> left = [.. Enumerable.Range(0, shape.Rank)];
        List<int> order = [];
        while (left.Count > 0)
        {
            int next = source.Int(0, left.Count - 1);
            order.Add(left[next]);
            left.RemoveAt(next);
        }

        return new(new Permute(new Axes(order)), source.Numbers(source.Numeric(), shape));
    }

    /// <inheritdoc/>
    public override TensorType Infer(TensorType x) => Permutation.Count == x.Rank && Permutation.All(axis => axis < x.Rank)
        ? x with { Shape = x.Shape.Select(Permutation) }
        : throw new TypeRuleException($"{Name}: {Permutation} does not order the {x.Rank} axes of {x}.");

    /// <inheritdoc/>
    public override NDArray Evaluate(NDArray x) => Strided.Copy(x, x.Shape.Select(Permutation), Strides(x.Shape));

    /// <inheritdoc/>
    public override ElementRule? LowerElement(ImmutableArray<ValueType> operands) => LoopIndices.Move(operands, index =>
    {
        var source = new LoopValue[index.Length];
        for (int i = 0; i < source.Length; i++)
        {
            source[Permutation[i]] = index[i];
        }

        return [.. source];
    });

    /// <inheritdoc/>
    public override Kernel? Lower(ImmutableArray<ValueType> operands)
    {
        var x = (TensorType)operands[0];
        return StridedKernel.Of(x.DType, x.Shape.Select(Permutation), Strides(x.Shape));
    }

    /// <inheritdoc/>
    public override void Transpose(Node node, Value cotangent, Accumulator into) =>
        into.Add(Ops.Permute(cotangent, Inverse(Permutation)));

    /// <inheritdoc/>
    public override Batched Batch(Batched x, Extent size)
    {
        IEnumerable<int> order = Permutation.Select(axis => axis < x.Axis ? axis : axis + 1);
        return new(Ops.Permute(x.Value, new Axes(order.Prepend(x.Axis))), 0);
    }

    private int[] Strides(Shape operand)
    {
        int[] own = operand.Strides();
        return [.. Permutation.Select(axis => own[axis])];
    }

    private static Axes Inverse(Axes permutation) =>
        new(Enumerable.Range(0, permutation.Count).Select(axis => permutation.Items.IndexOf(axis)));
}

public static partial class Ops
{
    /// <summary>A tensor's axes in another order: axis i of the result is axis permutation[i] of the operand.</summary>
    public static Value Permute(Value x, Axes permutation) =>
        permutation.Equals(Axes.All(x.Tensor.Rank)) ? x : Apply(new Permute(permutation), x);
}
