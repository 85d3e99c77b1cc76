using System.Collections.Immutable;
using Adjoint.Ir;

namespace Adjoint.Compile.Fusion;

/// <summary>Which nodes of a graph run together, found from the results back: a node joins the group that reads it, where it fits there.</summary>
internal sealed class FusionMap
{
    /// <summary>Groups that read an array of more elements together had better be one.</summary>
    private const int Many = 256;

    /// <summary>How many groups that read one array are tried.</summary>
    private const int MostMerged = 8;

    private readonly Graph graph;
    private readonly FusionKinds kinds;
    private readonly Dictionary<Node, List<Node>> readers = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Node, FusionGroup> home = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Node, List<FusionGroup>> copies = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<Node> results = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<Node> alone = new(ReferenceEqualityComparer.Instance);
    private readonly FusionReach reach;
    private readonly FusionSites sites = new();

    /// <summary>The map of a graph, without groups of which no node has more than so many elements of work.</summary>
    internal FusionMap(Graph graph, FusionKinds kinds, double least)
    {
        this.graph = graph;
        this.kinds = kinds;
        results.UnionWith(graph.Results.Select(result => result.Producer).OfType<Node>());
        foreach (Node node in graph.Nodes)
        {
            readers.Add(node, []);
            foreach (Value operand in node.Operands)
            {
                if (operand.Producer is { } producer)
                {
                    readers[producer].Add(node);
                }
            }
        }

        reach = new(graph, home, readers);
        for (int i = graph.Nodes.Length - 1; i >= 0; i--)
        {
            Place(graph.Nodes[i]);
            Settle(graph.Nodes[i]);
        }

        MergeSiblings();
        Dissolve(least);
    }

    /// <summary>The group that computes a node for others too; null where it runs by itself, or each reader computes it.</summary>
    internal FusionGroup? HomeOf(Node node) => home.GetValueOrDefault(node);

    /// <summary>Whether a node runs by itself.</summary>
    internal bool StandsAlone(Node node) => alone.Contains(node);

    /// <summary>Whether one group computes everything.</summary>
    internal bool IsOneGroup => alone.Count == 0 && home.Values.Distinct().Take(2).Count() == 1;

    /// <summary>The nodes of a group, in the graph's order.</summary>
    internal ImmutableArray<Node> NodesOf(FusionGroup group) => [.. group.Nodes.OrderBy(reach.PlaceOf)];

    /// <summary>Whether a node's result is read outside of a group, by what does not compute it for itself.</summary>
    internal bool IsSeen(Node node, FusionGroup group)
    {
        if (results.Contains(node))
        {
            return true;
        }

        foreach (Node reader in readers[node])
        {
            if (alone.Contains(reader) || (home.TryGetValue(reader, out FusionGroup? other) ? other != group : CopiedBeside(reader, group)))
            {
                return true;
            }
        }

        return false;
    }

    private bool CopiedBeside(Node view, FusionGroup group) =>
        copies.TryGetValue(view, out List<FusionGroup>? groups) && groups.Any(copy => copy != group);

    /// <summary>Finds out whether a node runs by itself, once this is known of all that read it.</summary>
    private void Settle(Node node)
    {
        if (!home.ContainsKey(node) && (!kinds.IsFusible(node) || !copies.TryGetValue(node, out List<FusionGroup>? own)
            || results.Contains(node)
            || readers[node].Any(reader => alone.Contains(reader)
                || (home.TryGetValue(reader, out FusionGroup? group) ? !own.Contains(group)
                    : copies.TryGetValue(reader, out List<FusionGroup>? groups) && groups.Exists(copy => !own.Contains(copy))))))
        {
            alone.Add(node);
        }
    }

    /// <summary>Takes groups over the same space together that read the same array, where neither waits for the other.</summary>
    private void MergeSiblings()
    {
        foreach (Node node in graph.Nodes)
        {
            MergeReaders(readers[node]);
        }

        var ofParameters = new Dictionary<Value, List<Node>>(ReferenceEqualityComparer.Instance);
        foreach (Node node in graph.Nodes)
        {
            foreach (Value operand in node.Operands.Where(operand => operand.Producer is null))
            {
                ofParameters.TryAdd(operand, []);
                ofParameters[operand].Add(node);
            }
        }

        foreach (List<Node> reading in graph.Parameters.Where(ofParameters.ContainsKey).Select(parameter => ofParameters[parameter]))
        {
            MergeReaders(reading);
        }
    }

    private void MergeReaders(List<Node> reading)
    {
        List<FusionGroup> groups = GroupsOf(reading, MostMerged);
        for (int i = 1; i < groups.Count; i++)
        {
            FusionGroup first = groups[i - 1];
            FusionGroup second = groups[i];
            if (first.Fits(second) && !reach.Leads(first, second) && !reach.Leads(second, first))
            {
                Merge(second, first);
                groups[i] = first;
            }
        }
    }

    private void Merge(FusionGroup from, FusionGroup into)
    {
        foreach (Node node in from.Nodes)
        {
            if (home.GetValueOrDefault(node) == from)
            {
                home[node] = into;
                reach.Joined(node, into);
            }
            else if (copies.TryGetValue(node, out List<FusionGroup>? groups))
            {
                groups.Remove(from);
                if (!groups.Contains(into))
                {
                    groups.Add(into);
                }
            }
        }

        into.Take(from);
        reach.Left(from);
    }

    /// <summary>Whether what a group gives has one shape: numbers of rows come with what reduces rows.</summary>
    private bool IsWhole(FusionGroup group) => group.Reduces
        || !group.Nodes.Any(node => group.IsOfRows(node) && home.GetValueOrDefault(node) == group && IsSeen(node, group));

    /// <summary>Lets the nodes of groups that are not worth it run by themselves.</summary>
    private void Dissolve(double least)
    {
        foreach (FusionGroup group in home.Values.Distinct().Where(group => !group.IsWorthIt(least) || !IsWhole(group)).ToArray())
        {
            foreach (Node node in group.Nodes)
            {
                if (home.GetValueOrDefault(node) == group)
                {
                    home.Remove(node);
                }
                else if (copies.TryGetValue(node, out List<FusionGroup>? groups) && groups.Remove(group) && groups.Count == 0)
                {
                    copies.Remove(node);
                }
            }
        }

        alone.Clear();
        for (int i = graph.Nodes.Length - 1; i >= 0; i--)
        {
            Settle(graph.Nodes[i]);
        }
    }

    private void Place(Node node)
    {
        if (!kinds.IsFusible(node))
        {
            return;
        }

        if (node.Result.Tensor.Shape.Size > Many)
        {
            MergeReaders(readers[node]);
        }

        List<FusionGroup> groups = GroupsOf(readers[node], int.MaxValue);
        if (FusionKinds.IsView(node) || (groups.Count > 1 && kinds.IsCheaperThanReading(node) && !IsSeenAlone(node)))
        {
            foreach (FusionGroup group in groups)
            {
                TakeCopy(node, group);
            }

            return;
        }

        foreach (FusionGroup group in groups)
        {
            bool isSeen = IsSeen(node, group);
            if ((!isSeen || !Circles(node, group)) && group.TryTake(node, PlaceIn(node, group), isSeen))
            {
                home.Add(node, group);
                reach.Joined(node, group);
                return;
            }
        }

        var made = new FusionGroup(node, sites);
        home.Add(node, made);
        reach.Joined(node, made);
    }

    private void TakeCopy(Node node, FusionGroup group)
    {
        group.Copy(node, PlaceIn(node, group));
        copies.TryAdd(node, []);
        copies[node].Add(group);
    }

    private bool IsSeenAlone(Node node) => results.Contains(node) || readers[node].Any(alone.Contains);

    /// <summary>The groups that compute some of these nodes, for others too or each for itself, in order of joining; no more than so many.</summary>
    private List<FusionGroup> GroupsOf(List<Node> nodes, int most)
    {
        var groups = new List<FusionGroup>();
        foreach (Node node in nodes)
        {
            if (home.TryGetValue(node, out FusionGroup? group))
            {
                Add(group);
            }
            else if (copies.TryGetValue(node, out List<FusionGroup>? all))
            {
                all.ForEach(Add);
            }
        }

        return groups;

        void Add(FusionGroup group)
        {
            if (groups.Count < most && !groups.Contains(group))
            {
                groups.Add(group);
            }
        }
    }

    /// <summary>How the members of a group read a node.</summary>
    private FusionPlace PlaceIn(Node node, FusionGroup group)
    {
        FusionPlace? place = null;
        Node? before = null;
        foreach (Node reader in readers[node])
        {
            // A node that reads another several times stands in a row among its readers.
            if (ReferenceEquals(reader, before) || !group.Contains(reader))
            {
                continue;
            }

            before = reader;
            for (int i = 0; i < reader.Operands.Length; i++)
            {
                if (ReferenceEquals(reader.Operands[i].Producer, node))
                {
                    FusionPlace next = group.PlaceOf(reader, i);
                    place = place?.With(next) ?? next;
                }
            }
        }

        return place!.Value;
    }

    /// <summary>Whether a way leads from a node's readers outside of a group back into the group. A reader may be computed in several groups.</summary>
    private bool Circles(Node node, FusionGroup group) => readers[node].Any(reader => !group.Contains(reader)
        ? reach.Leads(reader, group)
        : copies.TryGetValue(reader, out List<FusionGroup>? all) && all.Any(other => other != group && reach.Leads(other, group)));
}
