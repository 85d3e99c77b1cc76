using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Primitives;

/// <summary>Runs a node lane by lane: a scan over the batch whose body is the node as it was.</summary>
/// <remarks>
/// A branch that a lane does not take is not run for it and adds exactly nothing to its derivatives; loops may differ in length from
/// lane to lane. A vectorised form is a matter of lowering.
/// </remarks>
public static class Lanes
{
    /// <summary>The batched results of a node.</summary>
    public static Batched[] Batch(Node node, IReadOnlyList<Batched> operands, Extent size)
    {
        int[] same = [.. Places(operands, operand => !operand.IsBatched)];
        int[] sliced = [.. Places(operands, operand => operand is { IsBatched: true, Value.Type: TensorType })];
        int[] stacks = [.. Places(operands, operand => operand is { IsBatched: true, Value.Type: StackType })];
        ImmutableArray<Value> collected = [.. node.Results.Where(y => y.Type is StackType)
            .Select(y => Ops.Zeros(y.Type.Batch(size)))];
        Value lane = Ops.Iota(DType.I64, new Shape(size), 0);
        Value[] constants = [.. same.Concat(stacks).Select(i => operands[i].Value)];
        Value[] xs = [lane, .. sliced.Select(i => Front(operands[i], size, required: true))];
        Graph body = Body(node, same, stacks, sliced, constants, ValueTypes.Of(collected));
        Node scan = Node.Make(
            new Scan(body, constants.Length, collected.Length, size.Value, Reverse: false), [.. constants, .. collected, .. xs]);
        int nextStack = 0;
        int nextTensor = collected.Length;
        return [.. node.Results.Select(y => new Batched(scan.Results[y.Type is StackType ? nextStack++ : nextTensor++], 0))];
    }

    /// <summary>A value with its batch on axis 0 (stack of lanes for a stack); one that is the same for all lanes stays so unless required.</summary>
    public static Value Front(Batched x, Extent size, bool required)
    {
        if (!x.IsBatched && !required)
        {
            return x.Value;
        }

        return x.Value.Type is TensorType ? BatchAxes.At(x, 0, size) : x.IsBatched ? x.Value : Repeated(x.Value, size);
    }

    private static IEnumerable<int> Places(IReadOnlyList<Batched> operands, Func<Batched, bool> which) =>
        Enumerable.Range(0, operands.Count).Where(i => which(operands[i]));

    private static Graph Body(
        Node node, int[] same, int[] stacks, int[] sliced, Value[] constants, ImmutableArray<ValueType> collected)
    {
        ImmutableArray<ValueType> slices = [.. sliced.Select(i => node.Operands[i].Type)];
        return Graph.Of(
            [.. ValueTypes.Of(constants), .. collected, TensorType.Of(DType.I64), .. slices],
            inputs =>
            {
                Value lane = inputs[constants.Length + collected.Length];
                var inner = new Value[node.Operands.Length];
                for (int i = 0; i < same.Length; i++)
                {
                    inner[same[i]] = inputs[i];
                }

                for (int i = 0; i < stacks.Length; i++)
                {
                    inner[stacks[i]] = Ops.StackGet(inputs[same.Length + i], lane);
                }

                for (int i = 0; i < sliced.Length; i++)
                {
                    inner[sliced[i]] = inputs[constants.Length + collected.Length + 1 + i];
                }

                Node one = Node.Make(node.Primitive, [.. inner], node.Origin);
                IEnumerable<Value> put = one.Results.Where(y => y.Type is StackType)
                    .Select((y, i) => Ops.StackPut(inputs[constants.Length + i], lane, y));
                return [.. put, .. one.Results.Where(y => y.Type is TensorType)];
            });
    }

    private static Value Repeated(Value stack, Extent size)
    {
        ValueType lanes = stack.Type.Batch(size);
        Graph body = Graph.Of(
            [stack.Type, lanes, TensorType.Of(DType.I64)], inputs => [Ops.StackPut(inputs[1], inputs[2], inputs[0])]);
        return Node.Make(
            new Scan(body, 1, 1, size.Value, Reverse: false),
            [stack, Ops.Zeros(lanes), Ops.Iota(DType.I64, new Shape(size), 0)]).Result;
    }
}
