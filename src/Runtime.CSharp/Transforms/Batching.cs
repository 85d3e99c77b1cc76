using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Transforms;

/// <summary>Pushes a batch axis through a graph: one run computes all lanes.</summary>
public static class Batching
{
    /// <summary>The graph for a whole batch, with the batch on axis 0; see <see cref="RuleContext.Batch"/>.</summary>
    public static BatchedBody Apply(Graph f, ParameterMask batched, ParameterMask? required, Extent size) =>
        Apply(f, batched, required, size, new Rules());

    internal static BatchedBody Apply(Graph f, ParameterMask batched, ParameterMask? required, Extent size, RuleContext context)
    {
        var lanes = new Dictionary<Value, Batched>(ReferenceEqualityComparer.Instance);
        Batched Of(Value value) => lanes.TryGetValue(value, out Batched known) ? known : Batched.Same(value);
        ImmutableArray<Value> parameters =
            [.. f.Parameters.Select((x, i) => batched[i] ? Value.Parameter(x.Type.Batch(size), x.Name) : x)];
        foreach (int i in batched.Indices)
        {
            lanes[f.Parameters[i]] = new(parameters[i], 0);
        }

        foreach (Node node in f.Nodes)
        {
            Batched[] operands = [.. node.Operands.Select(Of)];
            if (Array.TrueForAll(operands, operand => !operand.IsBatched))
            {
                Keep(lanes, node, operands);
                continue;
            }

            Batched[] results = BatchNode(node, operands, size, context);
            Node.SettleOrigin(results.Select(result => result.Value), node.Origin);
            Set(lanes, node, results, size);
        }

        Batched[] ends = [.. f.Results.Select(Of)];
        return new(
            new(parameters, [.. ends.Select((y, i) => Lanes.Front(y, size, required is not null && required[i]))]),
            new(ends.Select((y, i) => y.IsBatched || (required is not null && required[i]))));
    }

    /// <summary>The results of a node for all lanes; for none they are empty, whatever the node is.</summary>
    private static Batched[] BatchNode(Node node, Batched[] operands, Extent size, RuleContext context) =>
        size.Value == 0 ? [.. node.Results.Select(y => new Batched(Ops.Zeros(y.Type.Batch(size)), 0))]
        : Array.Exists(operands, operand => operand is { IsBatched: true, Value.Type: StackType }) && !node.Primitive.BatchesStacks
            ? Lanes.Batch(node, operands, size)
            : node.Primitive.Batch(node, operands, size, context);

    /// <summary>A node that is the same for all lanes: itself, or anew where another node stands for what it reads.</summary>
    private static void Keep(Dictionary<Value, Batched> lanes, Node node, Batched[] operands)
    {
        ImmutableArray<Value> values = [.. operands.Select(operand => operand.Value)];
        if (values.SequenceEqual(node.Operands))
        {
            return;
        }

        Node kept = Node.Make(node.Primitive, values, node.Origin);
        for (int i = 0; i < kept.Results.Length; i++)
        {
            lanes[node.Results[i]] = Batched.Same(kept.Results[i]);
        }
    }

    private static void Set(Dictionary<Value, Batched> lanes, Node node, Batched[] results, Extent size)
    {
        for (int i = 0; i < results.Length; i++)
        {
            ValueType type = results[i].Value.Type;
            ValueType expected = !results[i].IsBatched ? node.Results[i].Type
                : node.Results[i].Type is TensorType tensor ? tensor with { Shape = tensor.Shape.Insert(results[i].Axis, size) }
                : node.Results[i].Type.Batch(size);
            if (!type.Equals(expected))
            {
                throw new InvalidOperationException($"{node.Primitive.Name}: its batching rule gave {type}, not {expected}.");
            }

            lanes[node.Results[i]] = results[i];
        }
    }
}
