using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Kernels;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>Elements that are joined from several, in the loop language.</summary>
internal static class LoopReductions
{
    /// <summary>The longest loop that is written out.</summary>
    internal const int Unrolled = 8;

    /// <summary>The rule of a reduction along some axes; null where elements are no single numbers.</summary>
    /// <remarks>Bools are joined by their bits, so that the greatest is any and the least is all.</remarks>
    internal static ElementRule? Rule(TensorType x, Axes along, LoopOp op)
    {
        LoopOp join = Joins(op, x.DType);
        int[] axes = [.. along.Order()];
        Axes kept = along.Others(x.Rank);
        return LoopIndices.Move([x], (builder, sources, index) =>
        {
            var place = new LoopValue[x.Rank];
            for (int i = 0; i < index.Length; i++)
            {
                place[kept[i]] = index[i];
            }

            return builder.ThroughStorage(Join(builder, x, axes, join, place, 0, sources[0]), x.DType);
        });
    }

    /// <summary>The rule of windows that slide over a tensor; null where elements are no single numbers.</summary>
    /// <remarks>What lies in padding counts as nothing: 0, or the least number of the dtype.</remarks>
    internal static ElementRule? Window(TensorType x, SlidingWindow sliding, LoopOp op)
    {
        WindowAxis[] axes = sliding.Axes(x.Shape);
        return LoopIndices.Move([x], (builder, sources, index) =>
        {
            DType type = LoopTypes.Computed(x.DType);
            LoopValue nothing = op == LoopOp.Add ? LoopNumbers.Zero(builder, type) : LoopNumbers.Least(builder, x.DType);
            if (x.Shape.Size == 0)
            {
                return nothing;
            }

            LoopValue whole = Over(builder, new(axes.Select(axis => new Extent(axis.Window))), [nothing], (tap, before) =>
            {
                LoopValue inside = builder.Constant(Scalar.Of(true));
                var places = new LoopValue[axes.Length];
                for (int i = 0; i < places.Length; i++)
                {
                    LoopValue place = (index[i] * builder.Index(axes[i].Stride)) + (tap[i] * builder.Index(axes[i].WindowDilation))
                        - builder.Index(axes[i].Low);
                    places[i] = LoopIndices.Clamped(builder, place, axes[i].Input - 1);
                    inside = LoopIndices.Both(builder, inside, builder.Equal(place, places[i]));
                }

                return [builder.Select(inside, builder.Combine(op, before[0], sources[0]([.. places])), before[0])];
            })[0];
            return builder.ThroughStorage(whole, x.DType);
        });
    }

    /// <summary>What a primitive that joins elements joins them by, and along which axes; null for others.</summary>
    internal static (LoopOp Op, Axes Along)? Of(Primitive primitive, DType type) => primitive switch
    {
        ReduceSum sum => (LoopOp.Add, sum.Axes),
        Reduction reduction => (Joins(reduction.Joins, type), reduction.Along),
        _ => null,
    };

    /// <summary>Carries values through the indices of a shape, in row-major order.</summary>
    internal static ImmutableArray<LoopValue> Over(
        LoopBuilder builder,
        Shape shape,
        ImmutableArray<LoopValue> initial,
        Func<ImmutableArray<LoopValue>, ImmutableArray<LoopValue>, ImmutableArray<LoopValue>> body) =>
        Over(builder, shape, [], initial, body);

    /// <summary>Carries values through the numbers below a count, written out where these are few.</summary>
    internal static ImmutableArray<LoopValue> Fold(
        LoopBuilder builder,
        int count,
        ImmutableArray<LoopValue> initial,
        Func<LoopValue, ImmutableArray<LoopValue>, ImmutableArray<LoopValue>> body)
    {
        if (count > Unrolled)
        {
            return builder.Serial(builder.Index(count), initial, body);
        }

        ImmutableArray<LoopValue> carried = initial;
        for (int i = 0; i < count; i++)
        {
            carried = body(builder.Index(i), carried);
        }

        return carried;
    }

    private static LoopOp Joins(LoopOp op, DType type) => type != DType.Bool ? op
        : op == LoopOp.Maximum ? LoopOp.Or
        : op == LoopOp.Minimum ? LoopOp.And
        : op;

    private static ImmutableArray<LoopValue> Over(
        LoopBuilder builder,
        Shape shape,
        ImmutableArray<LoopValue> index,
        ImmutableArray<LoopValue> initial,
        Func<ImmutableArray<LoopValue>, ImmutableArray<LoopValue>, ImmutableArray<LoopValue>> body) => index.Length == shape.Rank
        ? body(index, initial)
        : Fold(builder, shape[index.Length].Value, initial, (i, carried) => Over(builder, shape, index.Add(i), carried, body));

    private static LoopValue Join(
        LoopBuilder builder, TensorType x, int[] axes, LoopOp op, LoopValue[] place, int done, ElementSource source)
    {
        if (done == axes.Length)
        {
            return source([.. place]);
        }

        int axis = axes[done];
        return builder.Join(builder.Index(x.Shape[axis].Value), op, LoopTypes.Computed(x.DType), i =>
        {
            var inner = (LoopValue[])place.Clone();
            inner[axis] = i;
            return Join(builder, x, axes, op, inner, done + 1, source);
        });
    }
}
