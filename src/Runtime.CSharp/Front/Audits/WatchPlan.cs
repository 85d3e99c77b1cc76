using System.Collections.Immutable;
using Adjoint.Ir;
using Adjoint.Loops;

namespace Adjoint.Front.Audits;

/// <summary>A graph with its values numbered, for a walk that looks at each.</summary>
internal sealed class WatchPlan
{
    internal WatchPlan(Graph graph)
    {
        Graph = graph;
        Dictionary<Value, int> numbers = GraphEquality.Numbers(graph);
        Count = graph.Parameters.Length + graph.Nodes.Sum(node => node.Results.Length);
        Parameters = [.. graph.Parameters.Select(value => numbers[value])];
        Results = [.. graph.Results.Select(value => numbers[value])];
        Steps = new Step[graph.Nodes.Length];
        var read = new HashSet<int>(Results);
        for (int i = Steps.Length - 1; i >= 0; i--)
        {
            Node node = graph.Nodes[i];
            int[] operands = [.. node.Operands.Select(value => numbers[value])];
            ImmutableArray<ValueType> types = [.. node.Operands.Select(operand => operand.Type)];
            Steps[i] = new(
                node,
                operands,
                [.. node.Results.Select(value => numbers[value])],
                [.. operands.Distinct().Where(read.Add)],
                node.Results.All(result => result.Type is TensorType) ? node.Primitive.Lower(types) : null);
        }
    }

    internal Graph Graph { get; }

    internal int Count { get; }

    internal int[] Parameters { get; }

    internal int[] Results { get; }

    internal Step[] Steps { get; }

    /// <summary>One node.</summary>
    /// <param name="Node">The node.</param>
    /// <param name="Operands">The numbers of its operands.</param>
    /// <param name="Results">The numbers of its results.</param>
    /// <param name="Last">The operands that nothing reads afterwards.</param>
    /// <param name="Kernel">What it runs as; null where it is evaluated plainly.</param>
    internal sealed record Step(Node Node, int[] Operands, int[] Results, int[] Last, Kernel? Kernel);
}
