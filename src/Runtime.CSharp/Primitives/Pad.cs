using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Kernels;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>A tensor with a number put around and between its elements: operands x and the number, of rank 0.</summary>
/// <remarks>
/// <para>Shape: low + n + (n - 1) * interior + high along an axis of n &gt; 0; a negative low or high takes away, after the interior
/// has come between.</para>
/// <para>Derivative: linear in both. The transpose reads back: the operand's places for x, the sum of the others for the number.</para>
/// </remarks>
/// <param name="Low">Elements before, along each axis; may be negative.</param>
/// <param name="High">Elements after, along each axis; may be negative.</param>
/// <param name="Interior">Elements between neighbours, along each axis; at least 0.</param>
public sealed partial record Pad(Ints Low, Ints High, Ints Interior) : TensorPrimitive
{
    /// <inheritdoc/>
    public override string Name => "pad";

    /// <inheritdoc/>
    public override Cost Cost(ImmutableArray<ValueType> operands) => base.Cost(operands) with { Operations = 0 };

    /// <summary>Draws a tensor, a number, and paddings that leave something or nothing.</summary>
    public static Sample Draw(SampleSource source)
    {
        Shape shape = source.Shape(minExtent: 0);
        Ints interior = Draws.Each(shape.Rank, _ => source.Int(0, 2));
        Ints low = Draws.Each(shape.Rank, axis => source.Int(-Spread(shape, interior, axis), 2));
        Ints high = Draws.Each(shape.Rank, axis => source.Int(-Spread(shape, interior, axis) - Math.Min(low[axis], 0), 2));
        DType type = source.Numeric();
        return new(new Pad(low, high, interior), source.Numbers(type, shape), source.Numbers(type, Shape.Scalar));
    }

    /// <inheritdoc/>
    public override ElementRule? LowerElement(ImmutableArray<ValueType> operands)
    {
        var x = (TensorType)operands[0];
        return !LoopTypes.IsStored(x.DType) ? null
            : x.Shape.Size == 0 ? (_, sources, _) => sources[1]([])
            : (builder, sources, index) =>
            {
                LoopValue inside = builder.Constant(Scalar.Of(true));
                var places = new LoopValue[index.Length];
                for (int axis = 0; axis < places.Length; axis++)
                {
                    LoopValue place = index[axis] - builder.Index(Low[axis]);
                    LoopValue step = builder.Index(Interior[axis] + 1);
                    long last = (x.Shape[axis].Value - 1L) * (Interior[axis] + 1);
                    LoopValue within = LoopIndices.Clamped(builder, place, last);
                    inside = LoopIndices.Both(builder, inside, builder.Equal(within, place));
                    inside = LoopIndices.Both(builder, inside, builder.Equal(within % step, builder.Index(0)));
                    places[axis] = within / step;
                }

                return builder.Select(inside, sources[0]([.. places]), sources[1]([]));
            };
    }

    /// <inheritdoc/>
    public override Kernel? Lower(ImmutableArray<ValueType> operands) => new MoveKernel(Write);

    /// <inheritdoc/>
    protected override TensorType InferTensor(ImmutableArray<TensorType> operands)
    {
        CheckCount(operands, 2);
        TensorType x = operands[0];
        if (operands[1].DType != x.DType || operands[1].Rank != 0)
        {
            throw new TypeRuleException($"{Name}: the padding is one {x.DType.Name()} number, not {operands[1]}.");
        }

        if (Low.Count != x.Rank || High.Count != x.Rank || Interior.Count != x.Rank || Interior.Any(count => count < 0))
        {
            throw new TypeRuleException(
                $"{Name}: low {Low}, high {High} and interior {Interior} need {x.Rank} numbers each for {x}, interior at least 0.");
        }

        long[] extents = Extents(x.Shape);
        int axis = Array.FindIndex(extents, extent => extent is < 0 or > int.MaxValue);
        return axis < 0
            ? x with { Shape = ResultShape(x.Shape) }
            : throw new TypeRuleException(
                $"{Name}: low {Low[axis]}, high {High[axis]} and interior {Interior[axis]} leave axis {axis} of {x} with "
                + $"{extents[axis]} elements.");
    }

    /// <inheritdoc/>
    protected override NDArray EvaluateTensor(NDArray[] operands, EvaluationContext context)
    {
        NDArray result = NDArray.New(operands[0].Type, ResultShape(operands[0].Shape));
        Write(operands, result, null);
        return result;
    }

    /// <inheritdoc/>
    protected override Value? JvpTensor(Node node, IReadOnlyList<Value?> tangents) => Ops.Apply(
        this, tangents[0] ?? Ops.Zeros(node.Operands[0].Tensor), tangents[1] ?? Ops.Zeros(node.Operands[1].Tensor));

    /// <inheritdoc/>
    protected override void TransposeTensor(Node node, Value cotangent, IReadOnlyList<Accumulator?> accumulators)
    {
        Value zero = Ops.Constant(Scalar.Zero(cotangent.Tensor.DType));
        if (accumulators[0] is { } intoOperand)
        {
            Value spread = Ops.Pad(cotangent, zero, Negative(Low), Negative(High), Ints.Repeat(0, Low.Count));
            var stride = new Ints(Interior.Select(count => count + 1));
            intoOperand.Add(Ops.Slice(spread, Ints.Repeat(0, Low.Count), new(spread.Tensor.Shape.ToArray()), stride));
        }

        if (accumulators[1] is { } intoPadding)
        {
            Value padding = Ops.Select(IsPadding(node.Operands[0].Tensor.Shape), cotangent, Ops.Zeros(cotangent.Tensor));
            intoPadding.Add(Ops.ReduceSum(padding, Axes.All(Low.Count)));
        }
    }

    /// <inheritdoc/>
    protected override Batched BatchTensor(Node node, IReadOnlyList<Batched> operands, Extent size)
    {
        Batched padding = operands[1];
        int axis = operands[0].IsBatched ? operands[0].Axis : 0;
        Value x = BatchAxes.At(operands[0], axis, size);
        var shifted = new Pad(new(Low.Items.Insert(axis, 0)), new(High.Items.Insert(axis, 0)), new(Interior.Items.Insert(axis, 0)));
        if (!padding.IsBatched)
        {
            return new(Ops.Apply(shifted, x, padding.Value), axis);
        }

        Value padded = Ops.Apply(shifted, x, Ops.Constant(Scalar.Zero(x.Tensor.DType)));
        Value numbers = Ops.Broadcast(padding.Value, padded.Tensor.Shape, new Axes(axis));
        return new(Ops.Select(shifted.IsPadding(x.Tensor.Shape), numbers, padded), axis);
    }

    private void Write(ReadOnlySpan<NDArray> operands, NDArray result, IParallel? parallel)
    {
        NDArray x = operands[0];
        result.Fill(operands[1].At(0));
        int[] from = x.Shape.Strides();
        int[] to = result.Shape.Strides();
        var counts = new int[from.Length];
        int read = 0;
        int write = 0;
        for (int axis = 0; axis < counts.Length; axis++)
        {
            int step = Interior[axis] + 1;
            int first = Low[axis] >= 0 ? 0 : (-Low[axis] + step - 1) / step;
            int room = result.Shape[axis].Value - Low[axis];
            int end = Math.Min(x.Shape[axis].Value, room <= 0 ? 0 : (room + step - 1) / step);
            counts[axis] = Math.Max(end - first, 0);
            read += first * from[axis];
            write += (Low[axis] + (first * step)) * to[axis];
        }

        int[] writeStrides = [.. to.Select((stride, axis) => stride * (Interior[axis] + 1))];
        Boxes.Copy(new(x, read, from), new(result, write, writeStrides), counts, parallel);
    }

    private static int Spread(Shape shape, Ints interior, int axis) =>
        shape[axis].Value + (Math.Max(shape[axis].Value - 1, 0) * interior[axis]);

    private static Ints Negative(Ints counts) => new(counts.Select(count => -count));

    private long[] Extents(Shape shape) => [.. shape.Select((extent, axis) =>
        extent.Value + (Math.Max(extent.Value - 1L, 0) * Interior[axis]) + Low[axis] + High[axis])];

    private Shape ResultShape(Shape shape) => new(Extents(shape).Select(extent => new Extent((int)extent)));

    /// <summary>Where in the result the number stands.</summary>
    private Value IsPadding(Shape shape) =>
        Ops.Apply(this, Ops.Full(shape, Scalar.Of(false)), Ops.Constant(Scalar.Of(true)));
}

public static partial class Ops
{
    /// <summary>x with a number put before, after and between its elements along each axis.</summary>
    public static Value Pad(Value x, Value number, Ints low, Ints high, Ints interior) =>
        low.Concat(high).Concat(interior).All(count => count == 0) ? x : Apply(new Pad(low, high, interior), x, number);
}
