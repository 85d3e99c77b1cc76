using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>Indices in the loop language: what element rules of structural primitives have in common.</summary>
internal static class LoopIndices
{
    /// <summary>The rule of a primitive whose elements are elements of its first operand; null where these are no single numbers.</summary>
    internal static ElementRule? Move(ImmutableArray<ValueType> operands, Func<ImmutableArray<LoopValue>, ImmutableArray<LoopValue>> place) =>
        Move(operands, (_, index) => place(index));

    /// <summary>The rule of a primitive whose elements are elements of its first operand; null where these are no single numbers.</summary>
    internal static ElementRule? Move(
        ImmutableArray<ValueType> operands, Func<LoopBuilder, ImmutableArray<LoopValue>, ImmutableArray<LoopValue>> place) =>
        Move(operands, (builder, sources, index) => sources[0](place(builder, index)));

    /// <summary>A rule; null where the first operand's elements are no single numbers.</summary>
    internal static ElementRule? Move(ImmutableArray<ValueType> operands, ElementRule rule) =>
        LoopTypes.IsStored(((TensorType)operands[0]).DType) ? rule : null;

    /// <summary>The place of an element in row-major order.</summary>
    internal static LoopValue Flat(LoopBuilder builder, ImmutableArray<LoopValue> index, Shape shape)
    {
        LoopValue place = builder.Index(0);
        int[] strides = shape.Strides();
        for (int axis = 0; axis < strides.Length; axis++)
        {
            place += index[axis] * builder.Index(strides[axis]);
        }

        return place;
    }

    /// <summary>The index of the element at a place in row-major order.</summary>
    internal static ImmutableArray<LoopValue> Split(LoopBuilder builder, LoopValue place, Shape shape)
    {
        var index = new LoopValue[shape.Rank];
        int[] strides = shape.Strides();
        bool isFirst = true;
        for (int axis = 0; axis < index.Length; axis++)
        {
            if (shape[axis].Value == 1)
            {
                index[axis] = builder.Index(0);
                continue;
            }

            LoopValue above = place / builder.Index(strides[axis]);
            index[axis] = isFirst ? above : above % builder.Index(Math.Max(shape[axis].Value, 1));
            isFirst = false;
        }

        return [.. index];
    }

    /// <summary>The index in one shape of the element that has an index in another, both in row-major order.</summary>
    /// <remarks>Axes whose extents have equal products on both sides belong together, so that others need no quotients.</remarks>
    internal static ImmutableArray<LoopValue> Reshaped(LoopBuilder builder, ImmutableArray<LoopValue> index, Shape shape, Shape target)
    {
        if (target.Size == 0)
        {
            return [.. target.Select(_ => builder.Index(0))];
        }

        var places = ImmutableArray.CreateBuilder<LoopValue>(target.Rank);
        int read = 0;
        while (places.Count < target.Rank)
        {
            int first = places.Count;
            int last = first + 1;
            int end = read;
            long wanted = target[first].Value;
            long found = 1;
            while (found != wanted)
            {
                if (found < wanted)
                {
                    found *= shape[end++].Value;
                }
                else
                {
                    wanted *= target[last++].Value;
                }
            }

            LoopValue place = Flat(builder, index[read..end], new(shape.Skip(read).Take(end - read)));
            places.AddRange(Split(builder, place, new(target.Skip(first).Take(last - first))));
            read = end;
        }

        return places.MoveToImmutable();
    }

    /// <summary>An index moved to the nearest from 0 to a last.</summary>
    internal static LoopValue Clamped(LoopBuilder builder, LoopValue index, long last) =>
        builder.Maximum(builder.Minimum(index, builder.Index(last)), builder.Index(0));

    /// <summary>Whether both hold.</summary>
    internal static LoopValue Both(LoopBuilder builder, LoopValue x, LoopValue y) =>
        x.IsConstant ? (x.Constant.AsLong != 0 ? y : x)
        : y.IsConstant ? (y.Constant.AsLong != 0 ? x : y)
        : builder.And(x, y);

    /// <summary>A number of an integer dtype as an index; what is too large for i64 is its greatest.</summary>
    internal static LoopValue AsIndex(LoopBuilder builder, LoopValue number) => builder.Convert(
        number.Type == DType.U64 ? builder.Minimum(number, LoopNumbers.Whole(builder, DType.U64, long.MaxValue)) : number, DType.I64);

    /// <summary>Where a slice starts along each axis: moved into range, and an error before that where it is checked.</summary>
    internal static ImmutableArray<LoopValue> Starts(
        LoopBuilder builder, string name, ImmutableArray<ElementSource> starts, Shape shape, ImmutableArray<int> sizes, bool isChecked) =>
        [.. starts.Select((start, axis) => Start(builder, name, start([]), shape, axis, sizes[axis], isChecked))];

    /// <summary>Where a window starts along an axis: moved into range, and an error before that where it is checked.</summary>
    internal static LoopValue Start(LoopBuilder builder, string name, LoopValue start, Shape shape, int axis, int size, bool isChecked)
    {
        LoopValue number = AsIndex(builder, start);
        int last = shape[axis].Value - size;
        LoopValue inside = Clamped(builder, number, last);
        if (isChecked)
        {
            builder.Fail(builder.NotEqual(inside, number), number, index => new DomainException(
                $"{name}: {(index is null ? "an index" : $"index {index}")} is outside 0 to {last} along axis {axis} of {shape}"
                + (size == 1 ? "." : $", where the slice has extent {size}.")));
        }

        return inside;
    }
}
