using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>A write to a part of a tensor: operands x, the update, then an integer scalar for each axis.</summary>
/// <remarks>Linear in x and the update together.</remarks>
public abstract record DynamicWrite : Primitive
{
    /// <summary>Whether a start out of range is an error.</summary>
    private protected abstract bool IsChecked { get; }

    /// <summary>How the update joins what it meets.</summary>
    private protected abstract ScatterUpdate Kind { get; }

    /// <inheritdoc/>
    public sealed override bool MayUpdate(int operand) => operand == 0;

    /// <inheritdoc/>
    public sealed override ImmutableArray<ValueType> Infer(ImmutableArray<ValueType> operands)
    {
        if (operands.Length < 2 || operands[0] is not TensorType x || operands[1] is not TensorType update)
        {
            throw new TypeRuleException($"{Name}: takes a tensor, its update and starts.");
        }

        if (x.DType != update.DType)
        {
            throw new TypeRuleException($"{Name}: operand {x} and update {update} are of one dtype; cast the update?");
        }

        if (Kind == ScatterUpdate.Add && x.DType == DType.Bool)
        {
            throw new TypeRuleException($"{Name}: takes numbers, not {x}.");
        }

        DynamicStarts.Check(Name, x, update.Shape, operands.Skip(2));
        return [x];
    }

    /// <inheritdoc/>
    public sealed override Held[] Evaluate(ReadOnlySpan<Held> operands, EvaluationContext context)
    {
        NDArray update = operands[1].Array;
        int[] sizes = update.Shape.ToArray();
        NDArray[] starts = [.. operands[2..].ToArray().Select(start => start.Array)];
        int place = DynamicStarts.Place(Name, operands[0].Array, sizes, starts, IsChecked);
        NDArray x = operands[0].Writable();
        context.CountElements(update.Size + (operands[0].Owned ? 0L : x.Size));
        int[] strides = x.Shape.Strides();
        if (Kind == ScatterUpdate.Set)
        {
            Boxes.Copy(Layout.Of(update), new(x, place, strides), sizes);
        }
        else
        {
            int[] from = Boxes.Offsets(sizes, update.Shape.Strides());
            Combining.Join(Kind, new(x, [place], Boxes.Offsets(sizes, strides)), new(update, [0], from));
        }

        return [Held.New(x)];
    }

    /// <inheritdoc/>
    public sealed override Value?[] Jvp(Node node, IReadOnlyList<Value?> tangents, RuleContext context)
    {
        if (Kind == ScatterUpdate.Add && tangents[1] is null)
        {
            return [tangents[0]];
        }

        Value x = tangents[0] ?? Ops.Zeros(node.Operands[0].Tensor);
        Value update = tangents[1] ?? Ops.Zeros(node.Operands[1].Tensor);
        return [Ops.Apply(this, [x, update, .. node.Operands.Skip(2)])];
    }

    /// <inheritdoc/>
    public sealed override ElementRule? LowerElement(ImmutableArray<ValueType> operands)
    {
        Shape shape = ((TensorType)operands[0]).Shape;
        var update = (TensorType)operands[1];
        return update.Shape.Size == 0 ? LoopIndices.Move(operands, index => index) : LoopIndices.Move(operands, (builder, sources, index) =>
        {
            ImmutableArray<int> sizes = [.. update.Shape.ToArray()];
            ImmutableArray<LoopValue> starts = LoopIndices.Starts(builder, Name, sources[2..], shape, sizes, IsChecked);
            LoopValue inside = builder.Constant(Scalar.Of(true));
            var places = new LoopValue[index.Length];
            for (int axis = 0; axis < places.Length; axis++)
            {
                LoopValue place = index[axis] - starts[axis];
                places[axis] = LoopIndices.Clamped(builder, place, sizes[axis] - 1);
                inside = LoopIndices.Both(builder, inside, builder.Equal(place, places[axis]));
            }

            LoopValue before = sources[0](index);
            LoopValue written = sources[1]([.. places]);
            LoopValue after = Kind == ScatterUpdate.Set ? written : builder.ThroughStorage(before + written, update.DType);
            return builder.Select(inside, after, before);
        });
    }

    /// <inheritdoc/>
    public sealed override void Transpose(
        Node node, IReadOnlyList<Value?> cotangents, IReadOnlyList<Accumulator?> accumulators, RuleContext context)
    {
        Value cotangent = cotangents[0]!;
        TensorType update = node.Operands[1].Tensor;
        IEnumerable<Value> starts = node.Operands.Skip(2);
        accumulators[1]?.Add(Ops.DynamicSlice(cotangent, starts, new(update.Shape.ToArray()), IsChecked));
        accumulators[0]?.Add(Kind == ScatterUpdate.Add ? cotangent : Ops.Apply(this, [cotangent, Ops.Zeros(update), .. starts]));
    }

    /// <inheritdoc/>
    public sealed override Batched[] Batch(Node node, IReadOnlyList<Batched> operands, Extent size, RuleContext context)
    {
        int lane = operands[0].IsBatched ? operands[0].Axis : operands[1].IsBatched ? operands[1].Axis : 0;
        Value x = BatchAxes.At(operands[0], lane, size);
        if (operands.Skip(2).All(start => !start.IsBatched))
        {
            Value update = BatchAxes.At(operands[1], lane, size);
            return [new(Ops.Apply(this, [x, update, .. DynamicStarts.WithAxis(operands.Skip(2), lane)]), lane)];
        }

        WindowAxes axes = DynamicStarts.Lanes(x.Tensor.Rank - 1, new(x, lane));
        Value indices = DynamicStarts.Vectors(operands.Skip(2), size);
        OutOfRange mode = IsChecked ? OutOfRange.Check : OutOfRange.Clamp;
        return [new(Ops.Scatter(x, indices, BatchAxes.At(operands[1], 0, size), axes, Kind, mode), lane)];
    }

    /// <summary>Operands for a write: a tensor, an update that fits, and starts, out of range too where they are not checked.</summary>
    private protected static NDArray[] DrawOperands(SampleSource source, bool isChecked)
    {
        Shape shape = source.Shape();
        Shape slice = DynamicStarts.DrawSlice(source, shape);
        DType type = source.Numeric();
        return [source.Numbers(type, shape), source.Numbers(type, slice), .. DynamicStarts.Draw(source, shape, slice, isChecked)];
    }
}
