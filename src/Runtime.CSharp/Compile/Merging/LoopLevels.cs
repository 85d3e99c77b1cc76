using System.Collections.Immutable;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Compile.Merging;

/// <summary>Loops of one kind in a graph, by how many others of the kind must have ended before each can start.</summary>
/// <remarks>
/// Loops of one level do not wait for each other: if one needed the end of another, its level would be higher. What a scan reads step by
/// step from another does not count. Nodes are built level by level, before the loop of each level, so merging makes no circles.
/// </remarks>
internal sealed class LoopLevels
{
    private readonly Graph graph;
    private readonly Func<Node, bool> isLoop;
    private readonly Dictionary<Node, int> levels = new(ReferenceEqualityComparer.Instance);
    private readonly List<List<Node>> nodes = [];
    private readonly List<List<Node>> loops = [];

    internal LoopLevels(Graph graph, Func<Node, bool> isLoop)
    {
        this.graph = graph;
        this.isLoop = isLoop;
        foreach (Node node in graph.Nodes)
        {
            bool loop = isLoop(node);
            int level = LevelOf(node, loop);
            levels.Add(node, level);
            while (nodes.Count <= level)
            {
                nodes.Add([]);
                loops.Add([]);
            }

            (loop ? loops : nodes)[level].Add(node);
        }
    }

    /// <summary>The graph with one loop a level; itself where there is one already.</summary>
    internal Graph Merged()
    {
        if (loops.All(level => level.Count < 2))
        {
            return graph;
        }

        var substitution = new Substitution();
        for (int level = 0; level < nodes.Count; level++)
        {
            foreach (Node node in nodes[level])
            {
                substitution.Apply(node);
            }

            if (loops[level].Count > 1)
            {
                new LoopUnion(loops[level], substitution).Run();
            }
            else
            {
                loops[level].ForEach(node => substitution.Apply(node));
            }
        }

        return new(graph.Parameters, substitution.Of(graph.Results));
    }

    /// <summary>Whether an operand is what another loop of the kind stacks, taken apart again step by step.</summary>
    internal static bool IsStepwise(Node node, int operand) => node.Primitive is Scan scan
        && operand >= scan.Constants + scan.Carries
        && node.Operands[operand] is { Producer.Primitive: Scan before } value
        && value.Index >= before.Carries;

    private int LevelOf(Node node, bool loop)
    {
        int level = 0;
        for (int i = 0; i < node.Operands.Length; i++)
        {
            if (node.Operands[i].Producer is { } before)
            {
                bool waits = isLoop(before) && !(loop && IsStepwise(node, i));
                level = Math.Max(level, levels[before] + (waits ? 1 : 0));
            }
        }

        return level;
    }
}
