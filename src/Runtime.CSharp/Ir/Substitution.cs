using System.Collections.Immutable;

namespace Adjoint.Ir;

/// <summary>Values that stand for others. Nodes are made anew only where an operand has changed.</summary>
public sealed class Substitution
{
    private readonly Dictionary<Value, Value> table = new(ReferenceEqualityComparer.Instance);

    /// <summary>What stands for a value: itself unless something was set.</summary>
    public Value this[Value original]
    {
        get => table.GetValueOrDefault(original, original);
        set => table[original] = value;
    }

    /// <summary>The values that stand for these.</summary>
    public ImmutableArray<Value> Of(ImmutableArray<Value> values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            if (this[values[i]] != values[i])
            {
                return Replaced(values, i);
            }
        }

        return values;
    }

    /// <summary>The node on what stands for its operands; what stands for its results is set.</summary>
    public Node Apply(Node node)
    {
        ImmutableArray<Value> operands = Of(node.Operands);
        if (operands == node.Operands)
        {
            return node;
        }

        Node changed = Node.Make(node.Primitive, operands, node.Origin);
        for (int i = 0; i < node.Results.Length; i++)
        {
            this[node.Results[i]] = changed.Results[i];
        }

        return changed;
    }

    private ImmutableArray<Value> Replaced(ImmutableArray<Value> values, int first)
    {
        var replaced = ImmutableArray.CreateBuilder<Value>(values.Length);
        replaced.AddRange(values, first);
        for (int i = first; i < values.Length; i++)
        {
            replaced.Add(this[values[i]]);
        }

        return replaced.MoveToImmutable();
    }

    /// <summary>A graph's results, computed from these arguments in place of its parameters.</summary>
    public static ImmutableArray<Value> Inline(Graph graph, IReadOnlyList<Value> arguments)
    {
        var substitution = new Substitution();
        for (int i = 0; i < graph.Parameters.Length; i++)
        {
            substitution[graph.Parameters[i]] = arguments[i];
        }

        foreach (Node node in graph.Nodes)
        {
            substitution.Apply(node);
        }

        return substitution.Of(graph.Results);
    }
}
