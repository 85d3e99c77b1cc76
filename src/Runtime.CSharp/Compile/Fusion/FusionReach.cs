using Adjoint.Ir;

namespace Adjoint.Compile.Fusion;

/// <summary>Whether ways lead from nodes to groups, where each group is one node. What is not found out quickly counts as leading there.</summary>
internal sealed class FusionReach
{
    /// <summary>Nodes and groups that are looked at for one answer.</summary>
    private const int Budget = 256;

    private readonly Dictionary<Node, int> order = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<FusionGroup, (int First, int Last)> spans = new(ReferenceEqualityComparer.Instance);
    private readonly Stack<Node> pending = [];
    private readonly HashSet<object> met = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Node, FusionGroup> home;
    private readonly Dictionary<Node, List<Node>> readers;

    /// <summary>For the nodes of a graph, who reads them, and the groups that they belong to as these grow.</summary>
    internal FusionReach(Graph graph, Dictionary<Node, FusionGroup> home, Dictionary<Node, List<Node>> readers)
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
    internal bool Leads(Node from, FusionGroup target)
    {
        pending.Push(from);
        return Leads(target);
    }

    /// <summary>Whether a way may lead from a group to another one.</summary>
    internal bool Leads(FusionGroup from, FusionGroup target)
    {
        foreach (Node node in from.Nodes)
        {
            if (home.GetValueOrDefault(node) == from)
            {
                foreach (Node reader in readers[node])
                {
                    if (home.GetValueOrDefault(reader) != from)
                    {
                        pending.Push(reader);
                    }
                }
            }
        }

        return Leads(target);
    }

    /// <summary>From the nodes that are pending, of which none is afterwards.</summary>
    private bool Leads(FusionGroup target)
    {
        bool found = !StartsBehind(target) && Follow(target);
        pending.Clear();
        met.Clear();
        return found;
    }

    /// <summary>Whether all begins behind a group, and no other group leads back over its end.</summary>
    private bool StartsBehind(FusionGroup target)
    {
        int last = spans[target].Last;
        foreach (Node node in pending)
        {
            if (FirstOf(node) <= last)
            {
                return false;
            }
        }

        foreach ((FusionGroup group, (int first, int end)) in spans)
        {
            if (group != target && first <= last && end > last)
            {
                return false;
            }
        }

        return true;
    }

    private bool Follow(FusionGroup target)
    {
        while (pending.TryPop(out Node? node))
        {
            FusionGroup? group = home.GetValueOrDefault(node);
            if (group == target)
            {
                return true;
            }

            if (!met.Add(group is null ? node : group))
            {
                continue;
            }

            if (met.Count > Budget)
            {
                return true;
            }

            if (group is null)
            {
                PushReaders(node);
                continue;
            }

            foreach (Node member in group.Nodes)
            {
                PushReaders(member);
            }
        }

        return false;
    }

    private void PushReaders(Node node)
    {
        foreach (Node reader in readers[node])
        {
            pending.Push(reader);
        }
    }

    private int FirstOf(Node node) => home.TryGetValue(node, out FusionGroup? group) ? spans[group].First : order[node];
}
