using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Primitives;

/// <summary>The starts of a slice as operands: one integer of rank 0 for each axis.</summary>
internal static class DynamicStarts
{
    /// <summary>Throws unless there is an integer for each axis, and the slice fits.</summary>
    internal static void Check(string name, TensorType x, IReadOnlyList<Extent> sizes, IEnumerable<ValueType> starts)
    {
        if (sizes.Count != x.Rank || sizes.Zip(x.Shape).Any(pair => pair.First.Value > pair.Second.Value))
        {
            throw new TypeRuleException($"{name}: a slice of extents [{string.Join(", ", sizes)}] does not fit into {x}.");
        }

        ValueType[] types = [.. starts];
        if (types.Length != x.Rank || types.Any(type => type is not TensorType { Rank: 0 } start || !start.DType.IsInteger()))
        {
            throw new TypeRuleException(
                $"{name}: takes an integer scalar as start for each axis of {x}, not ({string.Join(", ", (object[])types)}).");
        }
    }

    /// <summary>The place of a slice's first element.</summary>
    /// <exception cref="DomainException">A checked start is out of range; others are moved into range.</exception>
    internal static int Place(string name, NDArray x, ReadOnlySpan<int> sizes, ReadOnlySpan<NDArray> starts, bool isChecked)
    {
        int[] strides = x.Shape.Strides();
        int place = 0;
        for (int axis = 0; axis < sizes.Length; axis++)
        {
            OutOfRange mode = isChecked ? OutOfRange.Check : OutOfRange.Clamp;
            place += strides[axis] * new StartIndices(name, starts[axis]).Read(0, mode, x, axis, sizes[axis]);
        }

        return place;
    }

    /// <summary>Starts for all lanes at once, as index vectors [lanes, axes].</summary>
    internal static Value Vectors(IEnumerable<Batched> starts, Extent size)
    {
        Value[] columns = [.. starts.Select(start => Ops.Convert(start.Value, DType.I64) is var value && start.IsBatched
            ? Ops.Reshape(value, new Shape(size, 1))
            : Ops.BroadcastScalar(value, new Shape(size, 1)))];
        return columns.Length == 0 ? Ops.Zeros(new(DType.I64, new Shape(size, 0))) : Ops.Concatenate(1, columns);
    }

    /// <summary>The axes of one window a lane: lanes are axis 0 of indices and windows, and may be an axis of the operand.</summary>
    internal static WindowAxes Lanes(int rank, Batched operand)
    {
        var windows = new WindowAxes(new(Enumerable.Range(1, rank)), Axes.None, Axes.All(rank), Axes.None, Axes.None);
        if (!operand.IsBatched)
        {
            return windows;
        }

        var lane = new Axes(operand.Axis);
        return windows with { Start = lane.Others(rank + 1), OperandBatch = lane, IndexBatch = new(0) };
    }

    /// <summary>The same starts for an operand with another axis, which is taken whole.</summary>
    internal static Value[] WithAxis(IEnumerable<Batched> starts, int axis)
    {
        List<Value> values = [.. starts.Select(start => start.Value)];
        values.Insert(axis, Ops.Constant(Scalar.Zero(DType.I64)));
        return [.. values];
    }

    /// <summary>Starts in and out of range, or in range alone.</summary>
    internal static NDArray[] Draw(SampleSource source, Shape x, Shape slice, bool inside) => [.. x.Select((extent, axis) =>
    {
        int last = extent.Value - slice[axis].Value;
        return source.Integers(source.Pick(DType.I64, DType.I32), Shape.Scalar, inside ? 0 : -2, inside ? last : last + 2);
    })];

    /// <summary>Extents that fit into a shape.</summary>
    internal static Shape DrawSlice(SampleSource source, Shape x) => new(x.Select(extent => new Extent(source.Int(1, extent.Value))));
}
