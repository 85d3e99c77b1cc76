namespace Adjoint.Compile.Residuals;

/// <summary>The cheapest cut between two ends of a network, by Dinic's method of level graphs and blocking flows (Dinic 1970).</summary>
/// <remarks>Of several cheapest cuts the one nearest to the target is given. The same network gives the same cut.</remarks>
internal sealed class MinimumCut
{
    /// <summary>A capacity that no cut can afford.</summary>
    internal const long Infinite = long.MaxValue / 4;

    private readonly List<int> heads = [];
    private readonly List<long> capacities = [];
    private readonly List<List<int>> edges = [];

    /// <summary>A new place in the network.</summary>
    internal int Place()
    {
        edges.Add([]);
        return edges.Count - 1;
    }

    /// <summary>Lets so much flow from one place to another.</summary>
    internal void Connect(int from, int to, long capacity)
    {
        edges[from].Add(heads.Count);
        heads.Add(to);
        capacities.Add(capacity);
        edges[to].Add(heads.Count);
        heads.Add(from);
        capacities.Add(0);
    }

    /// <summary>Whether each place lies on the target's side.</summary>
    internal bool[] Run(int source, int target)
    {
        var levels = new int[edges.Count];
        var next = new int[edges.Count];
        while (FindLevels(source, target, levels))
        {
            Array.Clear(next);
            while (Push(source, target, levels, next))
            {
            }
        }

        return Reaching(target);
    }

    /// <summary>Distances from the source over what is not full; whether the target is reached.</summary>
    private bool FindLevels(int source, int target, int[] levels)
    {
        Array.Fill(levels, -1);
        levels[source] = 0;
        var pending = new Queue<int>([source]);
        while (pending.TryDequeue(out int place))
        {
            foreach (int edge in edges[place])
            {
                if (capacities[edge] > 0 && levels[heads[edge]] < 0)
                {
                    levels[heads[edge]] = levels[place] + 1;
                    pending.Enqueue(heads[edge]);
                }
            }
        }

        return levels[target] >= 0;
    }

    /// <summary>Fills one path from the source to the target; false where there is none left in the level graph.</summary>
    private bool Push(int source, int target, int[] levels, int[] next)
    {
        var path = new Stack<int>();
        int place = source;
        while (place != target)
        {
            int edge = Onward(place, levels, next);
            if (edge >= 0)
            {
                path.Push(edge);
                place = heads[edge];
            }
            else if (path.TryPop(out int back))
            {
                place = heads[back ^ 1];
                next[place]++;
            }
            else
            {
                return false;
            }
        }

        long flow = path.Min(edge => capacities[edge]);
        foreach (int edge in path)
        {
            capacities[edge] -= flow;
            capacities[edge ^ 1] += flow;
        }

        return true;
    }

    private int Onward(int place, int[] levels, int[] next)
    {
        for (; next[place] < edges[place].Count; next[place]++)
        {
            int edge = edges[place][next[place]];
            if (capacities[edge] > 0 && levels[heads[edge]] == levels[place] + 1)
            {
                return edge;
            }
        }

        return -1;
    }

    /// <summary>The places from which the target is reached over what is not full.</summary>
    private bool[] Reaching(int target)
    {
        var reaching = new bool[edges.Count];
        reaching[target] = true;
        var pending = new Queue<int>([target]);
        while (pending.TryDequeue(out int place))
        {
            foreach (int edge in edges[place])
            {
                if (capacities[edge ^ 1] > 0 && !reaching[heads[edge]])
                {
                    reaching[heads[edge]] = true;
                    pending.Enqueue(heads[edge]);
                }
            }
        }

        return reaching;
    }
}
