using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Compile;

/// <summary>A graph of which some parameters are bound, in two: what is computed once from those, and what is computed at each call.</summary>
/// <param name="Once">(bound parameters) → what each call needs of them.</param>
/// <param name="Each">(free parameters, results of <paramref name="Once"/>) → results.</param>
/// <remarks>
/// Computed once is what depends on bound parameters, cannot fail, prints nothing, and is no larger than what it is made of: to keep a broadcast
/// would cost memory for nothing.
/// </remarks>
internal sealed record BoundParameters(Graph Once, Graph Each)
{
    /// <summary>The two parts of a graph whose parameters from <paramref name="first"/> on, so many, are bound.</summary>
    internal static BoundParameters Of(Graph graph, int first, int count)
    {
        ImmutableArray<Value> bound = graph.Parameters.Slice(first, count);
        HashSet<Value> once = Settled(graph, bound);
        List<Value> needed = Needed(graph, once);
        var substitution = new Substitution();
        foreach (Value value in needed)
        {
            substitution[value] = Value.Parameter(value.Type);
        }

        foreach (Node node in graph.Nodes)
        {
            if (!once.Contains(node.Results[0]))
            {
                substitution.Apply(node);
            }
        }

        return new(
            new(bound, [.. needed]),
            new([.. graph.Parameters.RemoveRange(first, count), .. needed.Select(value => substitution[value])], substitution.Of(graph.Results)));
    }

    /// <summary>Bound parameters, and what is computed from them once.</summary>
    private static HashSet<Value> Settled(Graph graph, ImmutableArray<Value> bound)
    {
        var once = new HashSet<Value>(bound, ReferenceEqualityComparer.Instance);
        var constants = new HashSet<Value>(ReferenceEqualityComparer.Instance);
        var effects = new Effects();
        foreach (Node node in graph.Nodes)
        {
            if (!node.Operands.All(operand => once.Contains(operand) || constants.Contains(operand)))
            {
                continue;
            }

            if (node.Operands.All(constants.Contains))
            {
                constants.UnionWith(node.Results);
            }
            else if (effects.IsTotal(node) && node.Results.All(result => result.Type is TensorType) && node.Results.Sum(Bytes) <= node.Operands.Sum(Bytes))
            {
                once.UnionWith(node.Results);
            }
        }

        return once;
    }

    /// <summary>What nodes of each call, and results, read of what is computed once, in the order in which they do.</summary>
    private static List<Value> Needed(Graph graph, HashSet<Value> once)
    {
        var needed = new List<Value>();
        var seen = new HashSet<Value>(ReferenceEqualityComparer.Instance);
        IEnumerable<Value> read = graph.Nodes.Where(node => !once.Contains(node.Results[0])).SelectMany(node => node.Operands).Concat(graph.Results);
        foreach (Value value in read)
        {
            if (once.Contains(value) && seen.Add(value))
            {
                needed.Add(value);
            }
        }

        return needed;
    }

    private static long Bytes(Value value) => value.Type is TensorType type ? (long)type.Shape.Size * type.DType.Size() : 0;
}
