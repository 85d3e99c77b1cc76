using System.Collections.Immutable;
using Adjoint.Compile.Methods;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Compile.Regions;

/// <summary>Nodes that run together, or one that runs by itself.</summary>
/// <param name="Nodes">In the graph's order.</param>
/// <param name="IsRegion">Whether they become one node.</param>
internal readonly record struct RegionUnit(ImmutableArray<Node> Nodes, bool IsRegion);

/// <summary>Which nodes of a graph run together. A map over many lanes is a region by itself: its lanes run side by side.</summary>
internal sealed class RegionMap
{
    private readonly Graph graph;
    private readonly SmallWork work;
    private readonly HashSet<Node> small = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<Node> alone = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Node, int> levels = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Node, int> regions = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<Value> seen = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<Value> results = new(ReferenceEqualityComparer.Instance);

    private RegionMap(Graph graph, SmallWork work)
    {
        this.graph = graph;
        this.work = work;
        results.UnionWith(graph.Results);
        foreach (Node node in graph.Nodes)
        {
            if (!SmallWork.IsFree(node) && node.Primitive is not Fused && work.Is(node))
            {
                (LaneMap.Is(node) ? alone : small).Add(node);
            }
        }
    }

    /// <summary>All units, each after those that it needs.</summary>
    internal ImmutableArray<RegionUnit> Units { get; private set; }

    /// <summary>The map of a graph. What a region gives or takes is tensors.</summary>
    internal static RegionMap Of(Graph graph, SmallWork work)
    {
        var map = new RegionMap(graph, work);
        do
        {
            map.Number();
        }
        while (map.LeavesOutStacks());
        map.See();
        map.Units = map.Collect();
        return map;
    }

    /// <summary>Whether a value is read outside of the region that gives it.</summary>
    internal bool IsSeen(Value value) => seen.Contains(value);

    private void See()
    {
        seen.UnionWith(graph.Results);
        foreach (Node node in graph.Nodes)
        {
            foreach (Value operand in node.Operands)
            {
                if (operand.Producer is { } producer
                    && (alone.Contains(producer) || (RegionOf(producer) is int from && from >= 0 && RegionOf(node) != from)))
                {
                    seen.Add(operand);
                }
            }
        }
    }

    private int RegionOf(Node node) => regions.GetValueOrDefault(node, -1);

    /// <summary>Gives each node its level and each small one its region: a level's nodes, cut where they are many.</summary>
    private void Number()
    {
        levels.Clear();
        regions.Clear();
        var open = new Dictionary<int, (int Region, double Instructions)>();
        int count = 0;
        foreach (Node node in graph.Nodes)
        {
            bool isSmall = small.Contains(node);
            int level = Level(node, isSmall);
            levels.Add(node, level);
            if (!isSmall)
            {
                continue;
            }

            double instructions = work.Instructions(node);
            if (!open.TryGetValue(level, out (int Region, double Instructions) region)
                || region.Instructions + instructions > SmallWork.MostInstructions)
            {
                region = (count++, 0);
            }

            open[level] = (region.Region, region.Instructions + instructions);
            regions.Add(node, region.Region);
        }
    }

    private int Level(Node node, bool isSmall)
    {
        int level = isSmall ? 1 : 0;
        foreach (Value operand in node.Operands)
        {
            if (operand.Producer is { } producer && !SmallWork.IsFree(producer))
            {
                level = Math.Max(level, levels[producer] + (small.Contains(producer) == isSmall ? 0 : 1));
            }
        }

        return level;
    }

    /// <summary>Takes nodes out of their regions where a stack would go in or out. Whether there were any.</summary>
    private bool LeavesOutStacks()
    {
        var left = new List<Node>();
        foreach (Node node in graph.Nodes)
        {
            foreach (Value operand in node.Operands)
            {
                if (operand.Type is StackType && (operand.Producer is null || RegionOf(operand.Producer) != RegionOf(node)))
                {
                    left.Add(node);
                    left.AddRange(operand.Producer is { } producer ? [producer] : []);
                }
            }

            left.AddRange(node.Results.Any(result => result.Type is StackType && results.Contains(result)) ? [node] : []);
        }

        int before = small.Count;
        small.ExceptWith(left);
        return small.Count < before;
    }

    private ImmutableArray<RegionUnit> Collect()
    {
        var members = new Dictionary<int, List<Node>>();
        var units = new List<(int Level, int Place, List<Node> Nodes, bool IsRegion)>();
        int place = 0;
        foreach (Node node in graph.Nodes)
        {
            int region = RegionOf(node);
            if (region >= 0 && members.TryGetValue(region, out List<Node>? together))
            {
                together.Add(node);
            }
            else
            {
                var nodes = new List<Node> { node };
                units.Add((levels[node], place++, nodes, region >= 0 || alone.Contains(node)));
                if (region >= 0)
                {
                    members.Add(region, nodes);
                }
            }
        }

        return
        [
            .. units.OrderBy(unit => unit.Level).ThenBy(unit => unit.Place).Select(unit =>
                new RegionUnit([.. unit.Nodes], unit.IsRegion && IsWorthIt(unit.Nodes))),
        ];
    }

    /// <summary>One node that runs once is a kernel already.</summary>
    private static bool IsWorthIt(List<Node> nodes) => nodes.Count > 1 || nodes[0].Primitive is BodyPrimitive;
}
