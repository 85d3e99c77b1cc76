using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Kernels;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>A part of a tensor from starts that are known when it runs: operands x, then an integer scalar for each axis.</summary>
/// <remarks>
/// <para>Shape: the sizes. A start out of range is an error where checked; otherwise it moves to the nearest in range, as
/// StableHLO's.</para>
/// <para>Derivative: linear in x. The transpose adds the cotangent to that part, in place: O(size of the slice).</para>
/// </remarks>
/// <param name="Sizes">The extents of the part.</param>
/// <param name="Checked">Whether a start out of range is an error.</param>
public sealed partial record DynamicSlice(Ints Sizes, bool Checked) : TensorPrimitive
{
    /// <inheritdoc/>
    public override string Name => "dynamic_slice";

    /// <inheritdoc/>
    public override Cost Cost(ImmutableArray<ValueType> operands) => base.Cost(operands) with { Operations = 0 };

    /// <summary>Draws a tensor and starts, out of range too where they are not checked.</summary>
    public static Sample Draw(SampleSource source)
    {
        Shape shape = source.Shape();
        Shape slice = DynamicStarts.DrawSlice(source, shape);
        bool isChecked = source.Bool();
        return new(
            new DynamicSlice(new(slice.ToArray()), isChecked),
            [source.Numbers(source.Numeric(), shape), .. DynamicStarts.Draw(source, shape, slice, isChecked)]);
    }

    /// <inheritdoc/>
    public override ElementRule? LowerElement(ImmutableArray<ValueType> operands)
    {
        Shape shape = ((TensorType)operands[0]).Shape;
        return LoopIndices.Move(operands, (builder, sources, index) =>
        {
            ImmutableArray<LoopValue> starts = LoopIndices.Starts(builder, Name, sources[1..], shape, [.. Sizes], Checked);
            return sources[0]([.. index.Select((i, axis) => starts[axis] + i)]);
        });
    }

    /// <inheritdoc/>
    public override Kernel? Lower(ImmutableArray<ValueType> operands) => new MoveKernel(Write);

    /// <inheritdoc/>
    protected override TensorType InferTensor(ImmutableArray<TensorType> operands)
    {
        if (operands.IsEmpty || Sizes.Any(size => size < 0))
        {
            throw new TypeRuleException($"{Name}: takes a tensor and its starts, and sizes {Sizes} of at least 0.");
        }

        var shape = Shape.Of([.. Sizes]);
        DynamicStarts.Check(Name, operands[0], shape, operands.Skip(1));
        return operands[0] with { Shape = shape };
    }

    /// <inheritdoc/>
    protected override NDArray EvaluateTensor(NDArray[] operands, EvaluationContext context)
    {
        NDArray result = NDArray.New(operands[0].Type, Shape.Of([.. Sizes]));
        Write(operands, result, null);
        return result;
    }

    /// <inheritdoc/>
    protected override Value? JvpTensor(Node node, IReadOnlyList<Value?> tangents) =>
        tangents[0] is { } dx ? Ops.Apply(this, [dx, .. node.Operands.Skip(1)]) : null;

    /// <inheritdoc/>
    protected override void TransposeTensor(Node node, Value cotangent, IReadOnlyList<Accumulator?> accumulators) =>
        accumulators[0]!.Update(gathered => Ops.DynamicAdd(gathered, cotangent, node.Operands.Skip(1), Checked));

    /// <inheritdoc/>
    protected override Batched BatchTensor(Node node, IReadOnlyList<Batched> operands, Extent size)
    {
        Batched x = operands[0];
        if (operands.Skip(1).Any(start => start.IsBatched))
        {
            Ints lanes = x.IsBatched ? new(Sizes.Items.Insert(x.Axis, 1)) : Sizes;
            WindowAxes axes = DynamicStarts.Lanes(Sizes.Count, x);
            OutOfRange mode = Checked ? OutOfRange.Check : OutOfRange.Clamp;
            return new(Ops.Gather(x.Value, DynamicStarts.Vectors(operands.Skip(1), size), axes, lanes, mode), 0);
        }

        var sizes = new Ints(Sizes.Items.Insert(x.Axis, size.Value));
        return new(Ops.DynamicSlice(x.Value, DynamicStarts.WithAxis(operands.Skip(1), x.Axis), sizes, Checked), x.Axis);
    }

    private void Write(ReadOnlySpan<NDArray> operands, NDArray result, IParallel? parallel)
    {
        NDArray x = operands[0];
        int place = DynamicStarts.Place(Name, x, Sizes.Items.AsSpan(), operands[1..], Checked);
        Boxes.Copy(new(x, place, x.Shape.Strides()), Layout.Of(result), Sizes.Items.AsSpan(), parallel);
    }
}

public static partial class Ops
{
    /// <summary>A part of x from starts, integer scalars, one for each axis.</summary>
    public static Value DynamicSlice(Value x, IEnumerable<Value> starts, Ints sizes, bool isChecked = false) =>
        Apply(new DynamicSlice(sizes, isChecked), [x, .. starts]);

    /// <summary>x[i] along axis 0; an index out of range is an error where checked.</summary>
    public static Value Index(Value x, Value index, bool isChecked = true)
    {
        Shape shape = x.Tensor.Shape;
        IEnumerable<Value> starts = Enumerable.Repeat(Constant(Scalar.Zero(DType.I64)), shape.Rank - 1).Prepend(index);
        return Reshape(DynamicSlice(x, starts, new(shape.With(0, 1).ToArray()), isChecked), shape.Remove(0));
    }
}
