using System.Collections.Immutable;
using Adjoint.Ir;

namespace Adjoint.Compile;

/// <summary>The order in which to run the nodes of a graph: the graph's, but reads of a value come before the node that updates it in place.</summary>
/// <remarks>
/// While another node is still to read a value, an update of it has to copy it: of an array in a loop, at every step. So before such a node
/// run the readers that do not depend on it, where few nodes lie behind them. Of several nodes that update a value only the last can do so
/// in place, so only that one waits for readers.
/// </remarks>
internal sealed class Schedule
{
    private const int MostNodesBehind = 256;
    private const int Deepest = 16;

    private readonly ImmutableArray<Node> nodes;
    private readonly Dictionary<Node, int> places;
    private readonly Dictionary<Value, List<int>> readers = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Value, int> updaters = new(ReferenceEqualityComparer.Instance);
    private readonly bool[] done;
    private readonly ImmutableArray<Node>.Builder order;

    private Schedule(ImmutableArray<Node> nodes)
    {
        this.nodes = nodes;
        places = new(nodes.Length, ReferenceEqualityComparer.Instance);
        done = new bool[nodes.Length];
        order = ImmutableArray.CreateBuilder<Node>(nodes.Length);
        for (int i = 0; i < nodes.Length; i++)
        {
            places.Add(nodes[i], i);
            foreach (Value updated in Updated(nodes[i]))
            {
                readers.TryAdd(updated, []);
                updaters[updated] = i;
            }
        }

        for (int i = 0; i < nodes.Length; i++)
        {
            foreach (Value operand in nodes[i].Operands)
            {
                if (readers.TryGetValue(operand, out List<int>? list))
                {
                    list.Add(i);
                }
            }
        }
    }

    internal static ImmutableArray<Node> Of(Graph graph)
    {
        if (!graph.Nodes.Any(node => Updated(node).Any()))
        {
            return graph.Nodes;
        }

        var schedule = new Schedule(graph.Nodes);
        for (int i = 0; i < graph.Nodes.Length; i++)
        {
            schedule.Emit(i, 0);
        }

        return schedule.order.MoveToImmutable();
    }

    private static IEnumerable<Value> Updated(Node node) => node.Operands.Where((_, i) => node.Primitive.MayUpdate(i));

    /// <summary>Appends a node whose operands are there, after the readers of what it updates.</summary>
    private void Emit(int place, int depth)
    {
        if (!done[place] && depth < Deepest)
        {
            foreach (Value updated in Updated(nodes[place]).Where(value => updaters[value] == place))
            {
                foreach (int reader in readers[updated])
                {
                    EmitReader(reader, place, depth);
                }
            }
        }

        if (!done[place])
        {
            done[place] = true;
            order.Add(nodes[place]);
        }
    }

    private void EmitReader(int reader, int before, int depth)
    {
        if (done[reader] || reader <= before)
        {
            return;
        }

        if (Behind(reader, before) is { } behind)
        {
            foreach (int place in behind)
            {
                Emit(place, depth + 1);
            }
        }
    }

    /// <summary>A node and those behind it that are still to run, in order; null where one of them is excluded, or where they are many.</summary>
    private SortedSet<int>? Behind(int place, int excluded)
    {
        var behind = new SortedSet<int> { place };
        var pending = new Stack<int>([place]);
        while (pending.TryPop(out int next))
        {
            foreach (Value operand in nodes[next].Operands)
            {
                if (operand.Producer is { } producer && places[producer] is int at && !done[at] && behind.Add(at))
                {
                    pending.Push(at);
                }
            }

            if (behind.Contains(excluded) || behind.Count > MostNodesBehind)
            {
                return null;
            }
        }

        return behind;
    }
}
