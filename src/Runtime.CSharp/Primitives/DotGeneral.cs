using System.Collections.Immutable;
using System.Numerics;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>Product of two tensors: sums over paired contracted axes, for each index of paired batch axes.</summary>
/// <remarks>
/// <para>Shape: the batch axes in their order, then the left operand's other axes, then the right's; as StableHLO's dot_general.</para>
/// <para>Error: |z - exact| &lt;= eps * k * sum |x| |y| over the k contracted elements; f16 and bf16 are summed in f32, c64 in c128.</para>
/// <para>Derivative: bilinear. dz = dx . y + x . dy; each transpose is a product of the cotangent with the other operand.</para>
/// </remarks>
/// <param name="LeftBatch">The left operand's batch axes.</param>
/// <param name="RightBatch">The right operand's batch axes, paired with the left's.</param>
/// <param name="LeftContract">The left operand's axes to sum over.</param>
/// <param name="RightContract">The right operand's axes to sum over, paired with the left's.</param>
public sealed partial record DotGeneral(Axes LeftBatch, Axes RightBatch, Axes LeftContract, Axes RightContract)
    : TensorPrimitive, INumberEvaluation
{
    /// <inheritdoc/>
    public override string Name => "dot_general";

    /// <summary>Draws operands of up to rank 3 and their pairs of axes.</summary>
    public static Sample Draw(SampleSource source)
    {
        int batch = source.Int(0, 1);
        int contract = source.Int(0, 2 - batch);
        Shape paired = source.Shape(batch + contract, batch + contract);
        (Axes leftPairs, Shape left) = DrawSide(source, paired);
        (Axes rightPairs, Shape right) = DrawSide(source, paired);
        DType type = source.Numeric();
        return new(
            new DotGeneral(
                new Axes(leftPairs.Take(batch)),
                new Axes(rightPairs.Take(batch)),
                new Axes(leftPairs.Skip(batch)),
                new Axes(rightPairs.Skip(batch))),
            source.Numbers(type, left),
            source.Numbers(type, right));
    }

    /// <inheritdoc/>
    public override Cost Cost(ImmutableArray<ValueType> operands)
    {
        var left = (TensorType)operands[0];
        return base.Cost(operands) with
        {
            Operations = 2.0 * ((TensorType)Infer(operands)[0]).Shape.Size * left.Shape.Select(LeftContract).Size,
        };
    }

    /// <inheritdoc/>
    public override ElementRule? LowerElement(ImmutableArray<ValueType> operands)
    {
        var x = (TensorType)operands[0];
        var y = (TensorType)operands[1];
        return LoopIndices.Move(operands, (builder, sources, index) => builder.ThroughStorage(
            LoopReductions.Over(builder, x.Shape.Select(LeftContract), [LoopNumbers.Zero(builder, LoopTypes.Computed(x.DType))], (place, sum) =>
            {
                LoopValue left = sources[0](Place(x.Rank, LeftBatch, LeftContract, index, place, LeftBatch.Count));
                LoopValue right = sources[1](Place(y.Rank, RightBatch, RightContract, index, place, index.Length - RightFree(y.Rank).Count));
                return [x.DType.IsFloating() ? builder.FusedMultiplyAdd(left, right, sum[0]) : sum[0] + (left * right)];
            })[0],
            x.DType));
    }

    /// <inheritdoc/>
    public override Kernel? Lower(ImmutableArray<ValueType> operands)
    {
        var x = (TensorType)operands[0];
        var y = (TensorType)operands[1];
        return x.DType is DType.F16 or DType.BF16 ? StoredDotKernel.Of(this, x, y) : DotKernel.Of(this, x, y);
    }

    /// <inheritdoc/>
    NDArray INumberEvaluation.Run<T>(NDArray[] operands)
    {
        Shape left = operands[0].Shape;
        Shape right = operands[1].Shape;
        int[] rows = Boxes.Offsets(left, LeftFree(left.Rank));
        int[] columns = Boxes.Offsets(right, RightFree(right.Rank));
        int[] leftBatch = Boxes.Offsets(left, LeftBatch);
        int[] rightBatch = Boxes.Offsets(right, RightBatch);
        int[] leftSum = Boxes.Offsets(left, LeftContract);
        int[] rightSum = Boxes.Offsets(right, RightContract);
        var result = new T[ResultShape(left, right).Size];
        int to = 0;
        for (int batch = 0; batch < leftBatch.Length; batch++)
        {
            foreach (int row in rows)
            {
                Span<T> sums = result.AsSpan(to, columns.Length);
                for (int k = 0; k < leftSum.Length; k++)
                {
                    T factor = operands[0].Span<T>()[leftBatch[batch] + row + leftSum[k]];
                    AddProducts(factor, operands[1].Span<T>(), rightBatch[batch] + rightSum[k], columns, sums);
                }

                to += columns.Length;
            }
        }

        return NDArray.Own(ResultShape(left, right), result);
    }

    /// <summary>The left operand's axes that are neither batch nor contracted.</summary>
    internal Axes LeftFree(int rank) => new Axes(LeftBatch.Concat(LeftContract)).Others(rank);

    /// <summary>The right operand's axes that are neither batch nor contracted.</summary>
    internal Axes RightFree(int rank) => new Axes(RightBatch.Concat(RightContract)).Others(rank);

    /// <inheritdoc/>
    protected override TensorType InferTensor(ImmutableArray<TensorType> operands)
    {
        CheckCount(operands, 2);
        TensorType left = operands[0];
        TensorType right = operands[1];
        if (left.DType != right.DType || left.DType == DType.Bool)
        {
            throw new TypeRuleException($"{Name}: takes two operands of one numeric dtype, not {left} and {right}; cast one?");
        }

        CheckAxes("left", left, LeftBatch, LeftContract);
        CheckAxes("right", right, RightBatch, RightContract);
        CheckPairs("batch", left, LeftBatch, right, RightBatch);
        CheckPairs("contracted", left, LeftContract, right, RightContract);
        return new(left.DType, ResultShape(left.Shape, right.Shape));
    }

    /// <inheritdoc/>
    protected override NDArray EvaluateTensor(NDArray[] operands, EvaluationContext context) => Dispatch.Numbers(this, operands);

    /// <inheritdoc/>
    protected override Value? JvpTensor(Node node, IReadOnlyList<Value?> tangents)
    {
        Value? left = tangents[0] is { } dx ? Ops.Apply(this, dx, node.Operands[1]) : null;
        Value? right = tangents[1] is { } dy ? Ops.Apply(this, node.Operands[0], dy) : null;
        return left is null ? right : right is null ? left : left + right;
    }

    /// <inheritdoc/>
    protected override void TransposeTensor(Node node, Value cotangent, IReadOnlyList<Accumulator?> accumulators)
    {
        Value x = node.Operands[0];
        Value y = node.Operands[1];
        if (accumulators[0] is not null && accumulators[1] is not null)
        {
            throw new DerivativeException($"{Name}: is bilinear, so it has a transpose in one operand at a time.");
        }

        var left = new Side(LeftBatch, LeftFree(x.Tensor.Rank), LeftContract);
        var right = new Side(RightBatch, RightFree(y.Tensor.Rank), RightContract);
        int batch = LeftBatch.Count;
        accumulators[0]?.Add(CotangentOf(left, cotangent, batch + left.Free.Count, y, right));
        accumulators[1]?.Add(CotangentOf(right, cotangent, batch, x, left));
    }

    /// <inheritdoc/>
    protected override Batched BatchTensor(Node node, IReadOnlyList<Batched> operands, Extent size)
    {
        Batched x = operands[0];
        Batched y = operands[1];
        var shifted = new DotGeneral(
            Made(LeftBatch, x), Made(RightBatch, y), Made(LeftContract, x), Made(RightContract, y));
        int batch = LeftBatch.Count;
        if (x.IsBatched && y.IsBatched)
        {
            var both = shifted with { LeftBatch = Prepend(x.Axis, shifted.LeftBatch), RightBatch = Prepend(y.Axis, shifted.RightBatch) };
            return new(Ops.Apply(both, x.Value, y.Value), 0);
        }

        Axes left = shifted.LeftFree(x.Value.Tensor.Rank);
        int axis = x.IsBatched
            ? batch + left.Items.IndexOf(x.Axis)
            : batch + left.Count + shifted.RightFree(y.Value.Tensor.Rank).Items.IndexOf(y.Axis);
        return new(Ops.Apply(shifted, x.Value, y.Value), axis);
    }

    /// <summary>The cotangent of one operand: the cotangent, summed over the other's free axes from a first one, times the other.</summary>
    /// <remarks>Of both orders of the product the one is taken whose axes lie right already, if one does.</remarks>
    private static Value CotangentOf(Side side, Value cotangent, int first, Value other, Side otherSide)
    {
        int rank = side.Batch.Count + side.Free.Count + side.Contract.Count;
        IEnumerable<int> summed = otherSide.Contract.Zip(side.Contract).OrderBy(pair => pair.First).Select(pair => pair.Second);
        var shared = new Axes(Enumerable.Range(first, otherSide.Free.Count));
        var batch = Axes.All(side.Batch.Count);
        int[] swapped = [.. side.Batch, .. summed, .. side.Free];
        if (swapped.SequenceEqual(Enumerable.Range(0, rank)))
        {
            return Ops.Dot(other, cotangent, otherSide.Batch, batch, otherSide.Free, shared);
        }

        int[] places = [.. side.Batch, .. side.Free, .. summed];
        Value product = Ops.Dot(cotangent, other, batch, otherSide.Batch, shared, otherSide.Free);
        return Ops.Permute(product, new Axes(Enumerable.Range(0, rank).Select(axis => Array.IndexOf(places, axis))));
    }

    private static void AddProducts<T>(T factor, ReadOnlySpan<T> y, int start, ReadOnlySpan<int> columns, Span<T> sums)
        where T : INumberBase<T>
    {
        for (int j = 0; j < columns.Length; j++)
        {
            sums[j] += factor * y[start + columns[j]];
        }
    }

    private static (Axes Pairs, Shape Shape) DrawSide(SampleSource source, Shape paired)
    {
        int free = source.Int(0, 3 - paired.Rank);
        Shape extents = paired.Concat(source.Shape(free, free));
        Axes order = Draws.Order(source, extents.Rank);
        return (new Axes(Enumerable.Range(0, paired.Rank).Select(axis => order.Items.IndexOf(axis))), extents.Select(order));
    }

    /// <summary>The place in an operand: its batch axes come first in the result, its other axes from a first one on.</summary>
    private static ImmutableArray<LoopValue> Place(
        int rank, Axes batch, Axes contract, ImmutableArray<LoopValue> index, ImmutableArray<LoopValue> summed, int free)
    {
        var place = new LoopValue[rank];
        for (int axis = 0; axis < rank; axis++)
        {
            int inBatch = batch.Items.IndexOf(axis);
            int inSum = contract.Items.IndexOf(axis);
            place[axis] = inBatch >= 0 ? index[inBatch] : inSum >= 0 ? summed[inSum] : index[free++];
        }

        return [.. place];
    }

    private static Axes Made(Axes axes, Batched operand) =>
        operand.IsBatched ? new(axes.Select(axis => axis < operand.Axis ? axis : axis + 1)) : axes;

    private static Axes Prepend(int axis, Axes axes) => new(axes.Prepend(axis));

    private Shape ResultShape(Shape left, Shape right) =>
        left.Select(LeftBatch).Concat(left.Select(LeftFree(left.Rank))).Concat(right.Select(RightFree(right.Rank)));

    private void CheckAxes(string side, TensorType operand, Axes batch, Axes contract)
    {
        int[] named = [.. batch, .. contract];
        if (named.Any(axis => axis >= operand.Rank))
        {
            throw new TypeRuleException($"{Name}: the {side} axes, batch {batch} and contracted {contract}, are not all within {operand}.");
        }

        if (named.Distinct().Count() != named.Length)
        {
            throw new TypeRuleException($"{Name}: an axis of the {side} operand is both batch {batch} and contracted {contract}.");
        }
    }

    private void CheckPairs(string kind, TensorType left, Axes leftAxes, TensorType right, Axes rightAxes)
    {
        if (leftAxes.Count != rightAxes.Count)
        {
            throw new TypeRuleException($"{Name}: {kind} axes come in pairs, but left are {leftAxes} and right are {rightAxes}.");
        }

        foreach ((int i, int j) in leftAxes.Zip(rightAxes))
        {
            if (left.Shape[i] != right.Shape[j])
            {
                throw new TypeRuleException(
                    $"{Name}: {kind} extents differ; left is {left}, right is {right} ({left.Shape[i]} against {right.Shape[j]}). "
                    + "Permute an operand?");
            }
        }
    }

    /// <summary>The axes of one operand.</summary>
    private sealed record Side(Axes Batch, Axes Free, Axes Contract);
}

public static partial class Ops
{
    /// <summary>Product of two tensors over paired axes: batch axes, then the left's other axes, then the right's.</summary>
    public static Value Dot(Value left, Value right, Axes leftBatch, Axes rightBatch, Axes leftContract, Axes rightContract) =>
        Apply(new DotGeneral(leftBatch, rightBatch, leftContract, rightContract), left, right);

    /// <summary>Matrix product: [.., m, k] by [.., k, n], the leading axes paired.</summary>
    public static Value MatMul(Value left, Value right)
    {
        int batch = left.Tensor.Rank - 2;
        return Dot(left, right, Axes.All(batch), Axes.All(batch), new Axes(batch + 1), new Axes(batch));
    }
}
