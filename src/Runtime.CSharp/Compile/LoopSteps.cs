using System.Collections.Immutable;
using Adjoint.Ir;

namespace Adjoint.Compile;

/// <summary>The steps of all loops in a graph and in its bodies, and how the loops hand operands to them.</summary>
internal sealed class LoopSteps
{
    private readonly Dictionary<Graph, Region> regions = new(ReferenceEqualityComparer.Instance);

    private LoopSteps()
    {
    }

    /// <summary>Whether there is none.</summary>
    internal bool IsEmpty => regions.Count == 0;

    /// <summary>The loop of which a graph is the step; null of others.</summary>
    internal Region? this[Graph body] => regions.GetValueOrDefault(body);

    /// <summary>The steps in a graph.</summary>
    internal static LoopSteps Of(Graph graph)
    {
        var steps = new LoopSteps();
        var met = new HashSet<Graph>(ReferenceEqualityComparer.Instance);
        var pending = new Stack<Graph>([graph]);
        while (pending.TryPop(out Graph? next))
        {
            if (!met.Add(next))
            {
                continue;
            }

            foreach (Node node in next.Nodes)
            {
                if (Region.Of(node.Primitive) is { IsLoop: true } region)
                {
                    steps.regions.TryAdd(region.Bodies[0].Graph, region);
                }

                node.Primitive.MapBodies(body =>
                {
                    pending.Push(body.Graph);
                    return body;
                });
            }
        }

        return steps;
    }

    /// <summary>The graph with the steps of its loops rewritten, bodies too, by the rule that each step has; the same graph where there is no loop.</summary>
    internal static Graph Rewrite(Graph graph, Func<Graph, Region, Func<Node, Node, ImmutableArray<Value>>> ruleOf)
    {
        LoopSteps steps = Of(graph);
        return steps.IsEmpty
            ? graph
            : new Rewriter(body => steps[body] is { } loop ? ruleOf(body, loop) : (node, _) => node.Results).Apply(graph);
    }

    /// <summary>What is the same in each step, as far as operands say: constants, and what is made of them.</summary>
    internal static HashSet<Value> Invariant(Graph body, Region region)
    {
        var same = new HashSet<Value>(Constants(body, region), ReferenceEqualityComparer.Instance);
        foreach (Node node in body.Nodes.Where(node => node.Operands.All(same.Contains)))
        {
            same.UnionWith(node.Results);
        }

        return same;
    }

    /// <summary>The parameters of a step that are the same in each.</summary>
    internal static IEnumerable<Value> Constants(Graph body, Region region) =>
        body.Parameters.Skip(region.FirstConstant).Take(region.Constants);
}
