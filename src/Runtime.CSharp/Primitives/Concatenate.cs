using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Kernels;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>Tensors one behind the other along an axis.</summary>
/// <remarks>
/// <para>Shape: extents along the axis add up; the others are equal. At least one operand.</para>
/// <para>Derivative: linear. The transpose cuts the cotangent into the operands' parts.</para>
/// </remarks>
/// <param name="Axis">The axis.</param>
public sealed partial record Concatenate(int Axis) : TensorPrimitive
{
    /// <inheritdoc/>
    public override string Name => "concatenate";

    /// <inheritdoc/>
    public override Cost Cost(ImmutableArray<ValueType> operands) => base.Cost(operands) with { Operations = 0 };

    /// <summary>Draws one to three tensors that differ along an axis.</summary>
    public static Sample Draw(SampleSource source)
    {
        Shape shape = source.Shape(minRank: 1);
        int axis = source.Int(0, shape.Rank - 1);
        DType type = source.Numeric();
        int count = source.Int(1, 3);
        return new(
            new Concatenate(axis),
            [.. Enumerable.Range(0, count).Select(_ => source.Numbers(type, shape.With(axis, source.Int(0, 3))))]);
    }

    /// <inheritdoc/>
    public override ElementRule? LowerElement(ImmutableArray<ValueType> operands)
    {
        int[] extents = [.. operands.Select(operand => ((TensorType)operand).Shape[Axis].Value)];
        return !LoopTypes.IsStored(((TensorType)operands[0]).DType) ? null : (builder, sources, index) =>
        {
            LoopValue? chosen = null;
            int end = extents.Sum();
            for (int i = extents.Length - 1; i >= 0; i--)
            {
                end -= extents[i];
                if (extents[i] > 0)
                {
                    LoopValue place = LoopIndices.Clamped(builder, index[Axis] - builder.Index(end), extents[i] - 1);
                    LoopValue element = sources[i](index.SetItem(Axis, place));
                    chosen = chosen is null ? element : builder.Select(builder.Less(index[Axis], builder.Index(end + extents[i])), element, chosen);
                }
            }

            return chosen!;
        };
    }

    /// <inheritdoc/>
    public override Kernel? Lower(ImmutableArray<ValueType> operands) => new MoveKernel(Write);

    /// <inheritdoc/>
    protected override TensorType InferTensor(ImmutableArray<TensorType> operands)
    {
        if (operands.IsEmpty || (uint)Axis >= (uint)operands[0].Rank)
        {
            throw new TypeRuleException($"{Name}: takes at least one tensor, with an axis {Axis}.");
        }

        TensorType first = operands[0];
        Extent sum = 0;
        foreach (TensorType operand in operands)
        {
            if (operand.DType != first.DType || operand.Rank != first.Rank || !operand.Shape.Remove(Axis).Equals(first.Shape.Remove(Axis)))
            {
                throw new TypeRuleException($"{Name}: {operand} does not fit behind {first}; only extents along axis {Axis} may differ.");
            }

            sum += operand.Shape[Axis];
        }

        return first with { Shape = first.Shape.With(Axis, sum) };
    }

    /// <inheritdoc/>
    protected override NDArray EvaluateTensor(NDArray[] operands, EvaluationContext context)
    {
        int extent = operands.Sum(operand => operand.Shape[Axis].Value);
        NDArray result = NDArray.New(operands[0].Type, operands[0].Shape.With(Axis, extent));
        Write(operands, result, null);
        return result;
    }

    /// <inheritdoc/>
    protected override Value? JvpTensor(Node node, IReadOnlyList<Value?> tangents) =>
        Ops.Apply(this, [.. node.Operands.Select((operand, i) => tangents[i] ?? Ops.Zeros(operand.Tensor))]);

    /// <inheritdoc/>
    protected override void TransposeTensor(Node node, Value cotangent, IReadOnlyList<Accumulator?> accumulators)
    {
        int start = 0;
        for (int i = 0; i < node.Operands.Length; i++)
        {
            int limit = start + node.Operands[i].Tensor.Shape[Axis].Value;
            accumulators[i]?.Add(Ops.SliceAxis(cotangent, Axis, start, limit));
            start = limit;
        }
    }

    /// <inheritdoc/>
    protected override Batched BatchTensor(Node node, IReadOnlyList<Batched> operands, Extent size)
    {
        (ImmutableArray<Value> values, int axis) = BatchAxes.Align(operands, size);
        return new(Node.Make(new Concatenate(axis <= Axis ? Axis + 1 : Axis), values).Result, axis);
    }

    private void Write(ReadOnlySpan<NDArray> operands, NDArray result, IParallel? parallel)
    {
        int[] strides = result.Shape.Strides();
        int place = 0;
        foreach (NDArray operand in operands)
        {
            Boxes.Copy(Layout.Of(operand), new(result, place, strides), operand.Shape.ToArray(), parallel);
            place += operand.Shape[Axis].Value * strides[Axis];
        }
    }
}

public static partial class Ops
{
    /// <summary>Tensors one behind the other along an axis.</summary>
    public static Value Concatenate(int axis, params Value[] operands) =>
        operands.Length == 1 ? operands[0] : Apply(new Concatenate(axis), operands);
}
