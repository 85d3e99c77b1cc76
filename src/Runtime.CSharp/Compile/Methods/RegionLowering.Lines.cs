using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Loops;
using Adjoint.Primitives;

namespace Adjoint.Compile.Methods;

/// <summary>What goes along an axis: running results, places of extrema, orders. And checks.</summary>
internal sealed partial class RegionLowering
{
    private TensorLocal Checked(Frame frame, Node node, Check check)
    {
        TensorLocal condition = frame.Tensor(node.Operands[0]);
        At(node, () =>
        {
            Copying.Each(builder, condition.Extents, index => builder.Fail(
                builder.Not(condition.At(builder, index)), () => new DomainException($"{check.Name}: {check.Message}")));
            return true;
        });
        return frame.Tensor(node.Operands[1]);
    }

    /// <summary>y[i] = y[i − 1] joined with x[i], from the first element on; 16 bits are joined in f32 and rounded where they are kept.</summary>
    private TensorLocal Running(Frame frame, Node node)
    {
        (int axis, bool reverse, LoopOp op) = node.Primitive switch
        {
            CumSum sum => (sum.Axis, sum.Reverse, LoopOp.Add),
            CumProd product => (product.Axis, product.Reverse, LoopOp.Multiply),
            CumMax max => (max.Axis, max.Reverse, LoopOp.Maximum),
            CumMin min => (min.Axis, min.Reverse, LoopOp.Minimum),
            _ => throw new InvalidOperationException($"{node.Primitive.Name} does not run along an axis."),
        };
        TensorLocal x = Readable([frame.Tensor(node.Operands[0])], anywhere: true)[0];
        Stored y = Fresh(frame, node.Result);
        EachLine(x, axis, at =>
        {
            long last = x.Extents[axis] - 1;
            ImmutableArray<LoopValue> first = at(builder.Index(reverse ? last : 0));
            LoopValue start = x.At(builder, first);
            Store(y, first, start);
            builder.Serial(builder.Index(last), [start], (i, before) =>
            {
                ImmutableArray<LoopValue> index = at(reverse ? builder.Index(last - 1) - i : i + builder.Index(1));
                LoopValue value = builder.Combine(op, before[0], x.At(builder, index));
                Store(y, index, value);
                return [value];
            });
        });
        return Settled(y);
    }

    /// <summary>The first place of the greatest or least element, NaN before all others.</summary>
    private TensorLocal Extremum(Frame frame, Node node)
    {
        (int axis, bool largest) = node.Primitive is ArgMax max ? (max.Axis, true) : (((ArgMin)node.Primitive).Axis, false);
        TensorLocal x = Readable([frame.Tensor(node.Operands[0])], anywhere: true)[0];
        Stored y = Fresh(frame, node.Result);
        EachLine(x, axis, at =>
        {
            LoopValue start = Ordered(x.At(builder, at(builder.Index(0))));
            LoopValue place = builder.Serial(builder.Index(x.Extents[axis] - 1), [start, builder.Index(0)], (i, best) =>
            {
                LoopValue next = i + builder.Index(1);
                LoopValue value = Ordered(x.At(builder, at(next)));
                LoopValue beats = largest ? builder.Less(best[0], value) : builder.Less(value, best[0]);
                LoopValue taken = builder.Or(beats, builder.And(IsNaN(value), builder.Not(IsNaN(best[0]))));
                return [builder.Select(taken, value, best[0]), builder.Select(taken, next, best[1])];
            })[1];
            Store(y, at(builder.Index(0)).RemoveAt(axis), builder.Convert(place, LoopTypes.Computed(y.Type.DType)));
        });
        return Settled(y);
    }

    /// <summary>Each element goes to the place that says how many come before it.</summary>
    private ImmutableArray<Local> Sorted(Frame frame, Node node, Sort sort)
    {
        ImmutableArray<TensorLocal> operands = [.. node.Operands.Select(operand => InMemory(frame.Tensor(operand)))];
        ImmutableArray<Stored> results = [.. node.Results.Select(result => Fresh(frame, result))];
        EachLine(operands[0], sort.Axis, at =>
            builder.Serial(builder.Index(operands[0].Extents[sort.Axis]), [], (i, _) =>
            {
                LoopValue rank = Rank(operands[0], sort.Axis, at, i, sort.Descending, nansFirst: false);
                for (int k = 0; k < results.Length; k++)
                {
                    Store(results[k], at(rank), operands[k].At(builder, at(i)));
                }

                return [];
            }));
        return [.. results.Select(Settled)];
    }

    private ImmutableArray<Local> Largest(Frame frame, Node node, TopK top)
    {
        TensorLocal x = InMemory(frame.Tensor(node.Operands[0]));
        ImmutableArray<Stored> results = [.. node.Results.Select(result => Fresh(frame, result))];
        int axis = x.Extents.Length - 1;
        EachLine(x, axis, at =>
            builder.Serial(builder.Index(x.Extents[axis]), [], (i, _) =>
            {
                LoopValue rank = Rank(x, axis, at, i, descending: true, nansFirst: true);
                builder.If(
                    builder.Less(rank, builder.Index(top.K)),
                    () =>
                    {
                        Store(results[0], at(rank), x.At(builder, at(i)));
                        Store(results[1], at(rank), builder.Convert(i, DType.I32));
                        return [];
                    },
                    () => []);
                return [];
            }));
        return [.. results.Select(Settled)];
    }

    /// <summary>How many elements of a line come before the i-th.</summary>
    private LoopValue Rank(
        TensorLocal x, int axis, Func<LoopValue, ImmutableArray<LoopValue>> at, LoopValue i, bool descending, bool nansFirst)
    {
        LoopValue own = Ordered(x.At(builder, at(i)));
        return builder.Reduce(builder.Index(x.Extents[axis]), [LoopOp.Add], j =>
        {
            LoopValue other = Ordered(x.At(builder, at(j)));
            LoopValue less = builder.Less(descending ? own : other, descending ? other : own);
            LoopValue more = builder.Less(descending ? other : own, descending ? own : other);
            (LoopValue first, LoopValue last) = nansFirst ? (own, other) : (other, own);
            LoopValue before = builder.And(builder.Not(IsNaN(first)), IsNaN(last));
            LoopValue after = builder.And(builder.Not(IsNaN(last)), IsNaN(first));
            LoopValue tie = builder.Not(builder.Or(builder.Or(less, more), builder.Or(before, after)));
            LoopValue counts = builder.Or(builder.Or(less, before), builder.And(tie, builder.Less(j, i)));
            return [builder.Convert(counts, DType.I64)];
        })[0];
    }

    private LoopValue IsNaN(LoopValue x) => x.Type.IsFloating() ? builder.NotEqual(x, x) : builder.Constant(Scalar.Of(false));

    /// <summary>As a number that can be compared.</summary>
    private LoopValue Ordered(LoopValue x) => x.Type == DType.Bool ? builder.Convert(x, DType.I32) : x;

    /// <summary>Does something for each line of elements along an axis, given the index of the line's i-th element.</summary>
    private void EachLine(TensorLocal x, int axis, Action<Func<LoopValue, ImmutableArray<LoopValue>>> body)
    {
        if (x.Size > 0)
        {
            int[] others = [.. x.Extents.Where((_, k) => k != axis)];
            Copying.InTurn(builder, others, index => body(i => index.Insert(axis, i)));
        }
    }

    /// <summary>Memory for a result: the region's own, where it is one of the region's.</summary>
    private Stored Fresh(Frame frame, Value value)
    {
        TensorType type = value.Tensor;
        return new(type, Target(frame, value) ?? workspace.Rent(type.DType, type.Shape.Size), builder.Index(0));
    }

    /// <summary>A tensor that takes little to read many times at places that are not known.</summary>
    private TensorLocal InMemory(TensorLocal local) => local is Stored ? local : workspace.Materialise(local);

    /// <summary>What is small goes into registers.</summary>
    private TensorLocal Settled(Stored stored) => Sizes.InRegisters(stored.Type) ? workspace.Load(stored) : stored;

    private void Store(Stored into, ImmutableArray<LoopValue> index, LoopValue value) =>
        builder.Store(into.Buffer, builder.Add(into.Offset, Places.Of(builder, into.Extents, index)), value);
}
