using Adjoint.Ir;

namespace Adjoint.Compile.Fusion;

/// <summary>Whether ways lead from nodes to groups, where each group is one node. What is not found out quickly counts as leading there.</summary>
internal sealed class FusionReach
{
    /// <summary>Nodes and groups that are looked at for one answer.</summary>
    private const int Budget = 256;

    private readonly Dictionary<Node, int> order = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<FusionGroup, (int First, int Last)> spans = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<FusionGroup, Dictionary<object, Node>> leaving = new(ReferenceEqualityComparer.Instance);
    private readonly SpanCounts across;
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

        across = new(order.Count);
    }

    /// <summary>A node has joined a group; all that reads it has found its place before.</summary>
    internal void Joined(Node node, FusionGroup group)
    {
        int place = order[node];
        if (!spans.TryGetValue(group, out (int First, int Last) span))
        {
            span = (place, place);
            leaving.Add(group, new(ReferenceEqualityComparer.Instance));
        }

        Span(group, (Math.Min(span.First, place), Math.Max(span.Last, place)));
        foreach (Node reader in readers[node])
        {
            FusionGroup? other = home.GetValueOrDefault(reader);
            if (other != group)
            {
                leaving[group].TryAdd(other is null ? reader : other, reader);
            }
        }
    }

    /// <summary>A group is no more.</summary>
    internal void Left(FusionGroup group)
    {
        (int first, int last) = spans[group];
        across.Add(first, last, -1);
        spans.Remove(group);
        leaving.Remove(group);
    }

    private void Span(FusionGroup group, (int First, int Last) span)
    {
        if (spans.TryGetValue(group, out (int First, int Last) before))
        {
            across.Add(before.First, before.Last, -1);
        }

        across.Add(span.First, span.Last, 1);
        spans[group] = span;
    }

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
        PushReaders(from);
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

        return across[last] == 0;
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

            if (group is not null)
            {
                PushReaders(group);
                continue;
            }

            foreach (Node reader in readers[node])
            {
                pending.Push(reader);
            }
        }

        return false;
    }

    /// <summary>What reads a group's results: of each other group one node.</summary>
    private void PushReaders(FusionGroup group)
    {
        foreach (Node reader in leaving[group].Values)
        {
            if (home.GetValueOrDefault(reader) != group)
            {
                pending.Push(reader);
            }
        }
    }

    private int FirstOf(Node node) => home.TryGetValue(node, out FusionGroup? group) ? spans[group].First : order[node];
}
