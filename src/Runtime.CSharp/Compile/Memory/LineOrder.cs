using System.Collections.Immutable;
using Adjoint.Ir;

namespace Adjoint.Compile.Memory;

/// <summary>Orders of nodes that use less memory: what frees more bytes than it makes runs as soon as it can, what makes more as late as it may.</summary>
internal static class LineOrder
{
    /// <summary>The best of some orders of a graph's nodes.</summary>
    internal static Line Best(Graph graph, ImmutableArray<Node> order)
    {
        var best = new Line(graph, order);
        long least = new LineLives(best).Peak;
        foreach ((bool early, bool late) in new[] { (true, false), (false, true), (true, true) })
        {
            var line = new Line(graph, order);
            if (early)
            {
                EarlyOrder.Apply(line);
            }

            if (late)
            {
                RunLate(line);
            }

            long peak = new LineLives(line).Peak;
            (best, least) = peak < least ? (line, peak) : (best, least);
        }

        return best;
    }

    /// <summary>Has such nodes run late. Readers of what is updated in place stay before the update.</summary>
    private static void RunLate(Line line)
    {
        var lives = new LineLives(line);
        var effects = new Effects();
        int count = line.Items.Count;
        int[] first = FirstReaders(line, count);
        var places = new int[count];
        var waiting = new Stack<LineItem>?[count + 1];
        for (int i = count - 1; i >= 0; i--)
        {
            LineItem item = line.Items[i];
            int reader = item.Results.Min(result => first[result]);
            int place = reader < count ? places[reader] : count;
            bool late = place > i + 1 && place < count && effects.IsSilent(item.Source) && MakesMore(item, i, lives);
            places[i] = late ? place : i;
            (waiting[places[i]] ??= new()).Push(item);
            foreach (int operand in item.Operands)
            {
                bool before = first[operand] < count && (places[first[operand]], first[operand]).CompareTo((places[i], i)) <= 0;
                first[operand] = before ? first[operand] : i;
            }
        }

        line.Items = [.. waiting.Where(items => items is not null).SelectMany(items => items!)];
    }

    private static int[] FirstReaders(Line line, int none)
    {
        var first = new int[line.Count];
        Array.Fill(first, none);
        return first;
    }

    private static bool MakesMore(LineItem item, int step, LineLives lives)
    {
        long made = item.Results.Sum(result => lives.Roots[result] == result ? lives.Bytes[result] : 0);
        long ended = item.Operands.Select(operand => lives.Roots[operand]).Distinct()
            .Sum(root => lives.Made[root] >= 0 && lives.Last(root) == step ? lives.Bytes[root] : 0);
        return made > ended && item.Operands.All(operand => !lives.IsUpdated[lives.Roots[operand]])
            && item.Results.All(result => !lives.IsUpdated[lives.Roots[result]]);
    }
}
