using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Kernels;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>Reads windows of a tensor at starts given by indices.</summary>
/// <remarks>
/// <para>As StableHLO's gather, with index vectors along the last axis of the indices (any integer dtype).</para>
/// <para>Shape: the result's axes Offset run within a window, its other axes over the indices' axes but the last, in order.</para>
/// <para>A window that does not lie within the operand is moved into it, reads zeros, or is an error, as the mode says.</para>
/// <para>Derivative: linear in the operand. The transpose is a scatter that adds, in place.</para>
/// </remarks>
/// <param name="Offset">The result's axes within a window, ascending.</param>
/// <param name="Collapsed">The operand's axes along which a window has one element, left out of the result.</param>
/// <param name="Start">The operand's axis for each number of an index vector.</param>
/// <param name="OperandBatch">The operand's axes paired with axes of the indices.</param>
/// <param name="IndexBatch">The indices' axes of these pairs.</param>
/// <param name="Sizes">The extents of a window along the operand's axes; 1 along collapsed and paired ones.</param>
/// <param name="Mode">What happens out of range.</param>
public sealed partial record Gather(
    Axes Offset, Axes Collapsed, Axes Start, Axes OperandBatch, Axes IndexBatch, Ints Sizes, OutOfRange Mode) : TensorPrimitive
{
    /// <inheritdoc/>
    public override string Name => "gather";

    /// <inheritdoc/>
    public override Cost Cost(ImmutableArray<ValueType> operands) => base.Cost(operands) with { Operations = 0 };

    private WindowAxes Windows => new(Offset, Collapsed, Start, OperandBatch, IndexBatch);

    /// <summary>Draws an operand, what of its axes an index chooses, and indices in and out of range.</summary>
    public static Sample Draw(SampleSource source)
    {
        var drawn = DrawnWindows.Draw(source);
        var sizes = new Ints(drawn.Sizes.Select(extent => extent.Value));
        OutOfRange mode = source.Pick(OutOfRange.Clamp, OutOfRange.Drop);
        WindowAxes axes = drawn.Axes;
        return new(
            new Gather(axes.Offset, axes.Collapsed, axes.Start, axes.OperandBatch, axes.IndexBatch, sizes, mode),
            source.Numbers(source.Numeric(), drawn.Operand),
            drawn.Indices);
    }

    /// <inheritdoc/>
    public override ElementRule? LowerElement(ImmutableArray<ValueType> operands)
    {
        Shape shape = ((TensorType)operands[0]).Shape;
        int indexRank = ((TensorType)operands[1]).Rank;
        return LoopIndices.Move(operands, (builder, sources, index) =>
        {
            ImmutableArray<LoopValue> row = [.. Windows.Across(indexRank).Select(axis => index[axis])];
            (ImmutableArray<LoopValue> places, LoopValue inside) = Places(builder, sources[1], row, shape);
            int[] kept = [.. Windows.Kept(shape.Rank)];
            LoopValue element = sources[0]([.. places.Select((place, axis) =>
                Array.IndexOf(kept, axis) is var i && i >= 0 ? place + index[Offset[i]] : place)]);
            return Mode == OutOfRange.Drop ? builder.Select(inside, element, LoopNumbers.Zero(builder, element.Type)) : element;
        });
    }

    /// <inheritdoc/>
    public override Kernel? Lower(ImmutableArray<ValueType> operands) => new MoveKernel(Write);

    /// <inheritdoc/>
    protected override TensorType InferTensor(ImmutableArray<TensorType> operands)
    {
        CheckCount(operands, 2);
        TensorType x = operands[0];
        Windows.Check(Name, x, operands[1]);
        bool fits = Sizes.Count == x.Rank && Sizes.Zip(x.Shape).All(pair => pair.First >= 0 && pair.First <= pair.Second.Value);
        if (!fits || Collapsed.Concat(OperandBatch).Any(axis => Sizes[axis] != 1))
        {
            throw new TypeRuleException(
                $"{Name}: sizes {Sizes} must fit into {x}, and be 1 along collapsed axes {Collapsed} and batch axes {OperandBatch}.");
        }

        return x with { Shape = WindowShape(operands[1].Shape) };
    }

    /// <inheritdoc/>
    protected override NDArray EvaluateTensor(NDArray[] operands, EvaluationContext context)
    {
        NDArray result = NDArray.New(operands[0].Type, WindowShape(operands[1].Shape));
        Write(operands, result, null);
        return result;
    }

    /// <inheritdoc/>
    protected override Value? JvpTensor(Node node, IReadOnlyList<Value?> tangents) =>
        tangents[0] is { } dx ? Ops.Apply(this, dx, node.Operands[1]) : null;

    /// <inheritdoc/>
    protected override void TransposeTensor(Node node, Value cotangent, IReadOnlyList<Accumulator?> accumulators) =>
        accumulators[0]!.Update(gathered => Ops.Scatter(gathered, node.Operands[1], cotangent, Windows, ScatterUpdate.Add, Mode));

    /// <inheritdoc/>
    protected override Batched BatchTensor(Node node, IReadOnlyList<Batched> operands, Extent size)
    {
        Batched x = operands[0];
        if (!operands[1].IsBatched)
        {
            (WindowAxes within, int offset) = Windows.WithOperand(x.Axis);
            var sizes = new Ints(Sizes.Items.Insert(x.Axis, size.Value));
            return new(Ops.Gather(x.Value, operands[1].Value, within, sizes, Mode), offset);
        }

        Value indices = BatchAxes.At(operands[1], 0, size);
        int rank = indices.Tensor.Rank - 1;
        (WindowAxes axes, int place) = x.IsBatched ? Windows.WithBoth(x.Axis, 0, rank) : Windows.WithIndices(0, rank);
        Ints lanes = x.IsBatched ? new(Sizes.Items.Insert(x.Axis, 1)) : Sizes;
        return new(Ops.Gather(x.Value, indices, axes, lanes, Mode), place);
    }

    private void Write(ReadOnlySpan<NDArray> operands, NDArray result, IParallel? parallel)
    {
        NDArray x = operands[0];
        if (Mode == OutOfRange.Drop)
        {
            result.Fill(Scalar.Zero(result.Type));
        }

        var places = new WindowPlaces(Name, Windows, Mode, x, operands[1], result.Shape);
        if (places.Extents.Length == 0)
        {
            Boxes.CopyElements(x, places.InOperand, result, places.InWindows);
            return;
        }

        for (int i = 0; i < places.InOperand.Length; i++)
        {
            if (places.InOperand[i] >= 0)
            {
                Layout window = new(result, places.InWindows[i], places.WindowStrides);
                Boxes.Copy(new(x, places.InOperand[i], places.OperandStrides), window, places.Extents, parallel);
            }
        }
    }

    /// <summary>Where the window of an index vector starts, moved into the operand, and whether it lay inside.</summary>
    private (ImmutableArray<LoopValue> Places, LoopValue Inside) Places(
        LoopBuilder builder, ElementSource indices, ImmutableArray<LoopValue> row, Shape shape)
    {
        var places = new LoopValue[shape.Rank];
        Array.Fill(places, builder.Index(0));
        for (int i = 0; i < OperandBatch.Count; i++)
        {
            places[OperandBatch[i]] = row[IndexBatch[i]];
        }

        LoopValue inside = builder.Constant(Scalar.Of(true));
        for (int i = 0; i < Start.Count; i++)
        {
            int axis = Start[i];
            LoopValue number = LoopIndices.AsIndex(builder, indices(row.Add(builder.Index(i))));
            LoopValue start = LoopIndices.Start(builder, Name, number, shape, axis, Sizes[axis], Mode == OutOfRange.Check);
            inside = LoopIndices.Both(builder, inside, builder.Equal(start, number));
            places[axis] += start;
        }

        return ([.. places], inside);
    }

    private Shape WindowShape(Shape indices) => Windows.Windows(indices, [.. Sizes.Select(size => new Extent(size))]);
}

public static partial class Ops
{
    /// <summary>x at indices along an axis: the axis becomes the indices' axes, as NumPy's take.</summary>
    public static Value Take(Value x, Value indices, int axis, OutOfRange mode = OutOfRange.Clamp)
    {
        Shape shape = x.Tensor.Shape;
        int count = indices.Tensor.Rank;
        var offset = new Axes(Enumerable.Range(0, shape.Rank).Where(i => i != axis).Select(i => i < axis ? i : i - 1 + count));
        var windows = new WindowAxes(offset, new(axis), new(axis), Axes.None, Axes.None);
        return Gather(x, Reshape(indices, indices.Tensor.Shape.Insert(count, 1)), windows, new(shape.With(axis, 1).ToArray()), mode);
    }

    /// <summary>x at one index along an axis for each place of the other axes, as NumPy's take_along_axis.</summary>
    public static Value TakeAlong(Value x, Value indices, int axis, OutOfRange mode = OutOfRange.Clamp)
    {
        // No window of one element fits where there is none; any part of the right extents is what is asked for.
        int count = indices.Tensor.Shape[axis].Value;
        if (indices.Tensor.Shape.Size == 0 && count <= x.Tensor.Shape[axis].Value)
        {
            return SliceAxis(x, axis, 0, count);
        }

        int rank = x.Tensor.Rank;
        Axes others = new Axes(axis).Others(rank);
        var windows = new WindowAxes(Axes.None, new(axis), new(axis), others, others);
        return Gather(x, Reshape(indices, indices.Tensor.Shape.Insert(rank, 1)), windows, Ints.Repeat(1, rank), mode);
    }

    internal static Value Gather(Value x, Value indices, WindowAxes axes, Ints sizes, OutOfRange mode) => Apply(
        new Gather(axes.Offset, axes.Collapsed, axes.Start, axes.OperandBatch, axes.IndexBatch, sizes, mode), x, indices);
}
