using Adjoint.Compile.Merging;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Compile;

/// <summary>Runs loops of as many steps as one: those that do not depend on each other, and those that read step by step what others stack.</summary>
/// <remarks>
/// Scans of one length and direction, and repeats of one number of steps and direction. A scan that takes the stacked results of another
/// as its inputs takes each from the same step then. Steps of much data stay apart: they gain nothing by sharing a loop.
/// </remarks>
internal static class MergeLoops
{
    /// <summary>The largest step that is merged, in elements that it gives.</summary>
    private const int Small = 4096;

    /// <summary>The graph, in bodies too, with fewer loops.</summary>
    public static Graph Apply(Graph graph) => new EachGraph(Merged).Apply(graph);

    private static Graph Merged(Graph graph)
    {
        var kinds = new Dictionary<object, int>();
        foreach (Node node in graph.Nodes)
        {
            if (KindOf(node) is { } kind)
            {
                kinds[kind] = kinds.GetValueOrDefault(kind) + 1;
            }
        }

        foreach ((object kind, int count) in kinds)
        {
            if (count > 1)
            {
                graph = new LoopLevels(graph, node => kind.Equals(KindOf(node))).Merged();
            }
        }

        return graph;
    }

    /// <summary>What loops have in common that can be one; null where a node is no such loop.</summary>
    private static object? KindOf(Node node) => node.Primitive switch
    {
        Scan scan when IsSmall(scan.Step.Graph) => (object)(scan.Length, scan.Reverse),
        Repeat loop when IsSmall(loop.Step.Graph) =>
            ((object?)Uniform.Of(node.Operands[0]) ?? node.Operands[0], loop.Reverse),
        _ => null,
    };

    private static bool IsSmall(Graph step) =>
        step.Results.All(result => result.Type is TensorType) && step.Results.Sum(result => (long)result.Tensor.Shape.Size) <= Small;
}
