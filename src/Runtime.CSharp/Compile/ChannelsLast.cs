using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Compile;

/// <summary>The values of one graph that are there with their second axis last, and the nodes that can as well work on those.</summary>
internal sealed class ChannelsLast
{
    private readonly Dictionary<Value, Value> last = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<Value> back = new(ReferenceEqualityComparer.Instance);

    /// <summary>What stands for a node's result, from operands with their second axis last; null where there is no such operand or way.</summary>
    internal Value? Of(Node node)
    {
        if (!node.Operands.Any(back.Contains))
        {
            return null;
        }

        int rank = node.Operands[0].Tensor.Rank;
        return node.Primitive switch
        {
            DebugPrint => null,
            ElementwisePrimitive elementwise => Again(node, elementwise),
            WindowMax w => Again(node, new WindowMax(Moved(w.Window), Moved(w.Strides), Moved(w.PadLow), Moved(w.PadHigh), Moved(w.Dilation))),
            WindowSum w => Again(node, new WindowSum(Moved(w.Window), Moved(w.Strides), Moved(w.PadLow), Moved(w.PadHigh), Moved(w.Dilation))),
            WindowSelect w => Again(node, new WindowSelect(Moved(w.Window), Moved(w.Strides), Moved(w.PadLow), Moved(w.PadHigh), Moved(w.Dilation))),
            WindowScatter w => Again(node, new WindowScatter(Moved(w.Window), Moved(w.Strides), Moved(w.PadLow), Moved(w.PadHigh), Moved(w.Dilation))),
            Pad pad => Again(node, new Pad(Moved(pad.Low), Moved(pad.High), Moved(pad.Interior))),
            Slice slice => Again(node, new Slice(Moved(slice.Start), Moved(slice.Limit), Moved(slice.Stride))),
            Concatenate joined => Again(node, new Concatenate(Moved(joined.Axis, rank))),
            Reverse reverse => Again(node, new Reverse(Moved(reverse.Axes, rank))),
            ReduceSum sum => Reduced(node, sum.Axes, new ReduceSum(Moved(sum.Axes, rank))),
            Reduction reduction => Reduced(node, reduction.Along, reduction.With(Moved(reduction.Along, rank))),
            Permute permute => Turned(node.Operands[0], permute.Permutation),
            _ => null,
        };
    }

    /// <summary>The value with its second axis last.</summary>
    internal Value Turn(Value x)
    {
        if (!last.TryGetValue(x, out Value? turned))
        {
            turned = Make(x);
            last.Add(x, turned);
        }

        return turned;
    }

    /// <summary>The value with its last axis second, as nodes read it that can't do otherwise.</summary>
    internal Value Back(Value turned)
    {
        Value plain = Ops.MoveAxis(turned, turned.Tensor.Rank - 1, 1);
        last.TryAdd(plain, turned);
        back.Add(plain);
        return plain;
    }

    private static Value Make(Value x)
    {
        Shape shape = ConvLast.Last(x.Tensor.Shape, true);
        int rank = shape.Rank;
        if (x.Producer is { Primitive: Broadcast broadcast } repeated)
        {
            return InOrder(repeated.Operands[0], broadcast.Axes, shape);
        }

        // With one channel, or one element of it, numbers lie the same either way.
        bool moves = x.Tensor.Shape[1].Value > 1 && x.Tensor.Shape.Skip(2).Any(extent => extent.Value > 1);
        return !moves ? Ops.Reshape(x, shape)
            : x.Producer is { Primitive: Permute before } moved
                ? Ops.Permute(moved.Operands[0], new(Enumerable.Range(0, rank).Select(axis => before.Permutation[Source(axis, rank)])))
                : Ops.MoveAxis(x, 1, rank - 1);
    }

    /// <summary>A broadcast to axes that may now descend: its operand's axes go into their order first.</summary>
    private static Value InOrder(Value x, Axes axes, Shape shape)
    {
        int[] places = [.. axes.Select(axis => Moved(axis, shape.Rank))];
        int[] order = [.. Enumerable.Range(0, places.Length).OrderBy(i => places[i])];
        return Ops.Broadcast(Ops.Permute(x, new(order)), shape, new(order.Select(i => places[i])));
    }

    private Value Again(Node node, Primitive primitive)
    {
        int rank = node.Result.Tensor.Rank;
        return Back(Ops.Apply(primitive, [.. node.Operands.Select(operand => operand.Tensor.Rank == rank ? Turn(operand) : operand)]));
    }

    private Value Reduced(Node node, Axes along, Primitive primitive)
    {
        Value result = Ops.Apply(primitive, Turn(node.Operands[0]));
        bool inOrder = along.Contains(1) || node.Operands[0].Tensor.Rank - along.Count - 1 <= (along.Contains(0) ? 0 : 1);
        return inOrder ? result : Ops.MoveAxis(result, result.Tensor.Rank - 1, along.Contains(0) ? 0 : 1);
    }

    private Value Turned(Value x, Axes permutation) =>
        Ops.Permute(Turn(x), new(permutation.Select(axis => Moved(axis, x.Tensor.Rank))));

    /// <summary>Where an axis stands once the second is last.</summary>
    private static int Moved(int axis, int rank) => axis == 0 ? 0 : axis == 1 ? rank - 1 : axis - 1;

    private static Axes Moved(Axes axes, int rank) => new(axes.Select(axis => Moved(axis, rank)).Order());

    /// <summary>The axis that stands here once the second is last.</summary>
    private static int Source(int axis, int rank) => axis == 0 ? 0 : axis == rank - 1 ? 1 : axis + 1;

    private static Ints Moved(Ints numbers) => new(Enumerable.Range(0, numbers.Count).Select(axis => numbers[Source(axis, numbers.Count)]));
}
