using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Primitives;

/// <summary>A scan at a point, as two scans: the primal one also stacks residuals, the linear one reads them.</summary>
/// <remarks>
/// Residual tensors, and the carries that the linear step reads, become further ys; residual stacks are carried in a stack of stacks,
/// by the index of the step. Constants and slices that the linear step reads are handed to it as they are.
/// </remarks>
internal sealed class ScanSplit
{
    private readonly Scan scan;
    private readonly Node node;
    private readonly LinearizedBody body;
    private readonly ParameterMask active;
    private readonly int firstX;
    private readonly int results;
    private readonly int[] carried;
    private readonly int[] tensors;
    private readonly int[] stacks;

    internal ScanSplit(Scan scan, Node node, LinearizedBody body, ParameterMask active)
    {
        this.scan = scan;
        this.node = node;
        this.body = body;
        this.active = active;
        firstX = scan.Constants + scan.Carries;
        results = node.Results.Length;
        carried = [.. body.Forwarded.Indices.Where(i => i >= scan.Constants && i < firstX)];

        // What is kept: the carries that are read, then the residuals.
        ImmutableArray<ValueType> kept = [.. carried.Select(i => node.Operands[i].Type), .. body.Residuals];
        tensors = [.. Enumerable.Range(0, kept.Length).Where(i => kept[i] is TensorType)];
        stacks = [.. Enumerable.Range(0, kept.Length).Where(i => kept[i] is StackType)];
    }

    internal Dual Build(IReadOnlyList<Value?> tangents)
    {
        Value index = Ops.Iota(DType.I64, new Shape(scan.Length), 0);
        Node primal = Primal(index);
        Value[] stackEnds = [.. primal.Results.Skip(scan.Carries).Take(stacks.Length)];
        int ys = results - scan.Carries;
        Value[] tensorEnds = [.. primal.Results.Skip(scan.Carries + stacks.Length + ys)];
        ImmutableArray<Value> slopes = Linear(index, stackEnds, tensorEnds, tangents);
        return new(
            [.. primal.Results.Take(scan.Carries), .. primal.Results.Skip(scan.Carries + stacks.Length).Take(ys)],
            body.Tangents.Spread(slopes));
    }

    private Node Primal(Value index)
    {
        ImmutableArray<ValueType> lanes = [.. stacks.Select(i => (ValueType)new StackType(Kept(i)))];
        ImmutableArray<ValueType> types = scan.Step.Graph.ParameterTypes;
        Graph step = Graph.Of(
            [.. types[..firstX], .. lanes, .. types[firstX..], TensorType.Of(DType.I64)],
            x =>
            {
                ImmutableArray<Value> parameters = [.. x.Take(firstX), .. x.Skip(firstX + lanes.Length).SkipLast(1)];
                ImmutableArray<Value> y = Substitution.Inline(body.Primal, parameters);
                ImmutableArray<Value> kept = [.. carried.Select(i => parameters[i]), .. y.Skip(results)];
                return
                [
                    .. y.Take(scan.Carries),
                    .. stacks.Select((place, i) => Ops.StackPut(x[firstX + i], x[^1], kept[place])),
                    .. y.Take(results).Skip(scan.Carries),
                    .. tensors.Select(place => kept[place]),
                ];
            });
        return Node.Make(
            new Scan(step, scan.Constants, scan.Carries + lanes.Length, scan.Length, scan.Reverse),
            [.. node.Operands[..firstX], .. lanes.Select(Ops.Zeros), .. node.Operands[firstX..], index]);
    }

    private ImmutableArray<Value> Linear(Value index, Value[] stackEnds, Value[] tensorEnds, IReadOnlyList<Value?> tangents)
    {
        int[] fixedConstants = [.. body.Forwarded.Indices.Where(i => i < scan.Constants)];
        int[] fixedSlices = [.. body.Forwarded.Indices.Where(i => i >= firstX)];
        Value[] directions = [.. BodyRules.Instantiate(active, tangents, node.Operands)];
        int constants = active.Slice(0, scan.Constants).Ones;
        int carries = active.Slice(scan.Constants, scan.Carries).Ones;
        Value[] readings = [.. fixedConstants.Select(i => node.Operands[i]), .. stackEnds];
        Value[] xs = [.. fixedSlices.Select(i => node.Operands[i]), .. tensorEnds, index];
        Value[] lead = [.. readings, .. directions[..(constants + carries)]];
        ImmutableArray<ValueType> slices =
            [.. xs.Concat(directions.Skip(constants + carries)).Select(x => (ValueType)(x.Tensor with { Shape = x.Tensor.Shape.Remove(0) }))];
        Graph step = Graph.Of(
            [.. ValueTypes.Of(lead), .. slices],
            x =>
            {
                int position = 0;
                ImmutableArray<Value> given = x.Cut(ref position, fixedConstants.Length);
                ImmutableArray<Value> lanes = x.Cut(ref position, stackEnds.Length);
                ImmutableArray<Value> first = x.Cut(ref position, constants + carries);
                ImmutableArray<Value> read = x.Cut(ref position, fixedSlices.Length);
                ImmutableArray<Value> kept = x.Cut(ref position, tensorEnds.Length);
                Value k = x[position];
                var values = new Value[tensors.Length + stacks.Length];
                for (int i = 0; i < tensors.Length; i++)
                {
                    values[tensors[i]] = kept[i];
                }

                for (int i = 0; i < stacks.Length; i++)
                {
                    values[stacks[i]] = Ops.StackGet(lanes[i], k);
                }

                return Substitution.Inline(
                    body.Linear,
                    [.. given, .. values.Take(carried.Length), .. read, .. values.Skip(carried.Length), .. first, .. x.Skip(position + 1)]);
            });
        return Node.Make(
            new Scan(step, readings.Length + constants, carries, scan.Length, scan.Reverse),
            [.. lead, .. xs, .. directions[(constants + carries)..]]).Results;
    }

    private ValueType Kept(int place) =>
        place < carried.Length ? node.Operands[carried[place]].Type : body.Residuals[place - carried.Length];
}
