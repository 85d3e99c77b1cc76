using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Compile.Methods;

/// <summary>A scan that carries nothing, over many lanes each of which runs loops of its own: lanes may run side by side.</summary>
/// <param name="Node">The scan's node.</param>
/// <param name="Scan">The scan.</param>
internal sealed record LaneMap(Node Node, Scan Scan)
{
    /// <summary>The fewest lanes that are worth handing out.</summary>
    private const int FewestLanes = 64;

    /// <summary>The most tiles that lanes are cut into.</summary>
    private const int MostTiles = 64;

    /// <summary>How many lanes a tile has, but for the last.</summary>
    internal int InTile => (Scan.Length + MostTiles - 1) / MostTiles;

    /// <summary>How many tiles there are.</summary>
    internal int Tiles => (Scan.Length + InTile - 1) / InTile;

    /// <summary>Whether a node is such a scan.</summary>
    internal static bool Is(Node node) =>
        node.Primitive is Primitives.Scan { Carries: 0, Length: >= FewestLanes } scan
        && node.Operands.All(operand => operand.Type is TensorType)
        && HasLoop(scan.Step.Graph);

    /// <summary>The map that a graph is, where it is nothing else; otherwise null.</summary>
    internal static LaneMap? Of(Graph graph)
    {
        Node? node = graph.Results.IsEmpty ? null : graph.Results[0].Producer;
        bool isAll = node is not null
            && Is(node)
            && graph.Results.All(result => ReferenceEquals(result.Producer, node))
            && graph.Results.Distinct().Count() == graph.Results.Length
            && graph.Nodes.All(other => ReferenceEquals(other, node) || other.Primitive is Constant or Iota or Broadcast);
        return isAll ? new(node!, (Primitives.Scan)node!.Primitive) : null;
    }

    private static bool HasLoop(Graph graph) => graph.Nodes.Any(node =>
        node.Primitive is Primitives.Scan or While or Repeat
        || (node.Primitive is BodyPrimitive body && Lowerable.Bodies(body) is { } inner && inner.Any(HasLoop)));
}
