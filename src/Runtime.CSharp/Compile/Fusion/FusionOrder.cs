using Adjoint.Ir;

namespace Adjoint.Compile.Fusion;

/// <summary>The order in which groups and single nodes run: each after what it reads, otherwise as the graph has it.</summary>
internal static class FusionOrder
{
    /// <summary>Groups, and nodes that stand alone.</summary>
    internal static List<object> Of(Graph graph, FusionMap map)
    {
        var order = new List<object>();
        var done = new HashSet<object>(ReferenceEqualityComparer.Instance);
        var pending = new Stack<(object Unit, bool IsReady)>();
        foreach (Node node in graph.Nodes)
        {
            if (UnitOf(node, map) is { } unit)
            {
                pending.Push((unit, false));
            }

            while (pending.TryPop(out (object Unit, bool IsReady) next))
            {
                if (next.IsReady)
                {
                    order.Add(next.Unit);
                }
                else if (done.Add(next.Unit))
                {
                    pending.Push((next.Unit, true));
                    foreach (object before in Before(next.Unit, map).Where(before => !done.Contains(before)))
                    {
                        pending.Push((before, false));
                    }
                }
            }
        }

        return order;
    }

    private static IEnumerable<object> Before(object unit, FusionMap map)
    {
        IEnumerable<Node> nodes = unit is FusionGroup group ? map.NodesOf(group) : [(Node)unit];
        return nodes
            .SelectMany(node => node.Operands)
            .Select(operand => operand.Producer)
            .OfType<Node>()
            .Where(producer => unit is not FusionGroup own || !own.Contains(producer))
            .Select(producer => UnitOf(producer, map))
            .OfType<object>()
            .Where(before => before != unit);
    }

    private static object? UnitOf(Node node, FusionMap map) => map.HomeOf(node) ?? (map.StandsAlone(node) ? node : (object?)null);
}
