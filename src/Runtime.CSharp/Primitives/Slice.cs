using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Kernels;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>Every stride-th element of a range along each axis.</summary>
/// <remarks>
/// <para>Shape: ceil((limit - start) / stride) along each axis.</para>
/// <para>Derivative: linear. The transpose adds the cotangent to that part: in place where the strides are 1, padded otherwise.</para>
/// </remarks>
/// <param name="Start">The first index along each axis.</param>
/// <param name="Limit">The index behind the range along each axis.</param>
/// <param name="Stride">The distance between elements along each axis, at least 1.</param>
public sealed partial record Slice(Ints Start, Ints Limit, Ints Stride) : LinearPrimitive
{
    /// <inheritdoc/>
    public override string Name => "slice";

    /// <inheritdoc/>
    public override Cost Cost(ImmutableArray<ValueType> operands) => base.Cost(operands) with { Operations = 0 };

    /// <summary>Draws a tensor and a range along each axis.</summary>
    public static Sample Draw(SampleSource source)
    {
        Shape shape = source.Shape(minExtent: 0);
        Ints start = Draws.Each(shape.Rank, axis => source.Int(0, shape[axis].Value));
        Ints limit = Draws.Each(shape.Rank, axis => source.Int(start[axis], shape[axis].Value));
        Ints stride = Draws.Each(shape.Rank, _ => source.Int(1, 3));
        return new(new Slice(start, limit, stride), source.Numbers(source.Numeric(), shape));
    }

    /// <inheritdoc/>
    public override TensorType Infer(TensorType x)
    {
        if (Start.Count != x.Rank || Limit.Count != x.Rank || Stride.Count != x.Rank)
        {
            throw new TypeRuleException($"{Name}: start {Start}, limit {Limit} and stride {Stride} need {x.Rank} numbers each for {x}.");
        }

        for (int axis = 0; axis < x.Rank; axis++)
        {
            if (Start[axis] < 0 || Start[axis] > Limit[axis] || Limit[axis] > x.Shape[axis].Value || Stride[axis] < 1)
            {
                throw new TypeRuleException(
                    $"{Name}: the range {Start[axis]} to {Limit[axis]} by {Stride[axis]} does not lie within axis {axis} of {x}.");
            }
        }

        return x with { Shape = ResultShape };
    }

    /// <inheritdoc/>
    public override NDArray Evaluate(NDArray x)
    {
        NDArray result = NDArray.New(x.Type, ResultShape);
        Write([x], result, null);
        return result;
    }

    /// <inheritdoc/>
    public override ElementRule? LowerElement(ImmutableArray<ValueType> operands) => LoopIndices.Move(operands, (builder, index) =>
        [.. index.Select((i, axis) => builder.Index(Start[axis]) + (i * builder.Index(Stride[axis])))]);

    /// <inheritdoc/>
    public override Kernel? Lower(ImmutableArray<ValueType> operands) => new MoveKernel(Write);

    /// <inheritdoc/>
    public override void Transpose(Node node, Value cotangent, Accumulator into)
    {
        TensorType type = node.Operands[0].Tensor;
        if (Stride.All(stride => stride == 1))
        {
            IEnumerable<Value> starts = Start.Select(start => Ops.Constant(Scalar.Of(DType.I64, (long)start)));
            into.Update(gathered => Ops.DynamicAdd(gathered, cotangent, starts));
            return;
        }

        Shape shape = cotangent.Tensor.Shape;
        Ints high = Draws.Each(type.Rank, axis =>
            type.Shape[axis].Value - Start[axis] - (shape[axis].Value == 0 ? 0 : ((shape[axis].Value - 1) * Stride[axis]) + 1));
        var interior = new Ints(Stride.Select(stride => stride - 1));
        into.Add(Ops.Pad(cotangent, Ops.Constant(Scalar.Zero(type.DType)), Start, high, interior));
    }

    /// <inheritdoc/>
    public override Batched Batch(Batched x, Extent size)
    {
        var limit = new Ints(Limit.Items.Insert(x.Axis, size.Value));
        return new(Ops.Slice(x.Value, new(Start.Items.Insert(x.Axis, 0)), limit, new(Stride.Items.Insert(x.Axis, 1))), x.Axis);
    }

    private void Write(ReadOnlySpan<NDArray> operands, NDArray result, IParallel? parallel)
    {
        int[] strides = operands[0].Shape.Strides();
        int first = strides.Select((stride, axis) => stride * Start[axis]).Sum();
        int[] steps = [.. strides.Select((stride, axis) => stride * Stride[axis])];
        Boxes.Copy(new(operands[0], first, steps), Layout.Of(result), result.Shape.ToArray(), parallel);
    }

    private Shape ResultShape => new(Enumerable.Range(0, Start.Count).Select(axis =>
        new Extent((Limit[axis] - Start[axis] + Stride[axis] - 1) / Stride[axis])));
}

public static partial class Ops
{
    /// <summary>The elements from start to before limit along each axis, by stride.</summary>
    public static Value Slice(Value x, Ints start, Ints limit, Ints stride) =>
        start.All(i => i == 0) && stride.All(i => i == 1) && limit.SequenceEqual(x.Tensor.Shape.ToArray())
            ? x
            : Apply(new Slice(start, limit, stride), x);

    /// <summary>The elements from start to before limit along one axis.</summary>
    public static Value SliceAxis(Value x, int axis, int start, int limit)
    {
        Shape shape = x.Tensor.Shape;
        var first = new Ints(shape.Select((_, i) => i == axis ? start : 0));
        return Slice(x, first, new(shape.With(axis, limit).ToArray()), Ints.Repeat(1, shape.Rank));
    }
}
