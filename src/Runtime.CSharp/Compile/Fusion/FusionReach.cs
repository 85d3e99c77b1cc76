using Adjoint.Ir;

namespace Adjoint.Compile.Fusion;

/// <summary>Whether ways lead from nodes to groups, where each group is one node. What is not found out quickly counts as leading there.</summary>
internal sealed class FusionReach
{
    /// <summary>Nodes and groups that are looked at for one answer.</summary>
    private const int Budget = 256;

    private readonly Dictionary<Node, int> order = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<FusionGroup, (int First, int Last)> spans = new(ReferenceEqualityComparer.Instance);
    private readonly IReadOnlyDictionary<Node, FusionGroup> home;
    private readonly IReadOnlyDictionary<Node, List<Node>> readers;

    /// <summary>For the nodes of a graph, who reads them, and the groups that they belong to as these grow.</summary>
    internal FusionReach(Graph graph, IReadOnlyDictionary<Node, FusionGroup> home, IReadOnlyDictionary<Node, List<Node>> readers)
    {
        this.home = home;
        this.readers = readers;
        foreach (Node node in graph.Nodes)
        {
            order.Add(node, order.Count);
        }
    }

    /// <summary>A node has joined a group.</summary>
    internal void Joined(Node node, FusionGroup group)
    {
        int place = order[node];
        spans[group] = spans.TryGetValue(group, out (int First, int Last) span)
            ? (Math.Min(span.First, place), Math.Max(span.Last, place))
            : (place, place);
    }

    /// <summary>A group is no more.</summary>
    internal void Left(FusionGroup group) => spans.Remove(group);

    /// <summary>The place of a node in the graph's order.</summary>
    internal int PlaceOf(Node node) => order[node];

    /// <summary>Whether a way may lead from a node to a group that it is not in.</summary>
    internal bool Leads(Node from, FusionGroup target) => Leads([from], target);

    /// <summary>Whether a way may lead from a group to another one.</summary>
    internal bool Leads(FusionGroup from, FusionGroup target) =>
        Leads(from.Nodes.Where(node => home.GetValueOrDefault(node) == from).SelectMany(node => readers[node])
            .Where(node => home.GetValueOrDefault(node) != from), target);

    private bool Leads(IEnumerable<Node> starts, FusionGroup target)
    {
        int last = spans[target].Last;
        var pending = new Stack<Node>(starts);
        if (pending.All(node => FirstOf(node) > last) && !spans.Any(span => span.Key != target && span.Value.First <= last && span.Value.Last > last))
        {
            return false;
        }

        var met = new HashSet<object>(ReferenceEqualityComparer.Instance);
        while (pending.TryPop(out Node? node))
        {
            FusionGroup? group = home.GetValueOrDefault(node);
            if (group == target)
            {
                return true;
            }

            if (met.Add(group is null ? node : group))
            {
                if (met.Count > Budget)
                {
                    return true;
                }

                foreach (Node next in group is null ? readers[node] : group.Nodes.SelectMany(member => readers[member]))
                {
                    pending.Push(next);
                }
            }
        }

        return false;
    }

    private int FirstOf(Node node) => home.TryGetValue(node, out FusionGroup? group) ? spans[group].First : order[node];
}
