using System.Collections.Immutable;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Compile.Memory;

/// <summary>
/// Computes values again before they are read late instead of keeping them, until no step of a graph uses more than so many bytes: those
/// first that take the fewest operations for each byte and step that they are gone.
/// </summary>
/// <remarks>
/// The rule of choice is that of Kirisame et al., "Dynamic tensor rematerialization", ICLR 2021 (cost ÷ (bytes · staleness)), here before the
/// run. It works on nodes as they run, after fusion, as XLA's HloRematerialization does: the same kernels on the same numbers.
/// </remarks>
internal sealed class Rematerialize
{
    private const int MostTogether = 12;
    private const int MostRounds = 4000;
    private const double Overhead = 1000;

    private readonly Line line;
    private readonly bool heavyToo;
    private readonly Effects effects = new();
    private readonly Cones cones = new();
    private LineLives lives;

    private Rematerialize(Line line, bool heavyToo)
    {
        this.line = line;
        this.heavyToo = heavyToo;
        lives = new(line);
    }

    /// <summary>How many nodes run again.</summary>
    private int Repeated { get; set; }

    /// <summary>The most bytes that a step of nodes in this order uses.</summary>
    internal static long PeakOf(Graph graph, ImmutableArray<Node> order) => new LineLives(new(graph, order)).Peak;

    /// <summary>The graph and an order of its nodes in which steps use no more than so many bytes, or as few as were found.</summary>
    /// <param name="graph">The graph, after fusion.</param>
    /// <param name="order">Its nodes in order.</param>
    /// <param name="bytes">The most bytes that a step may use.</param>
    /// <param name="heavyToo">Whether products, loops and sorts may run again.</param>
    internal static (Graph Graph, ImmutableArray<Node> Order, int Repeated) Within(Graph graph, ImmutableArray<Node> order, long bytes, bool heavyToo)
    {
        Line best = LineOrder.Best(graph, order);
        var work = new Rematerialize(best, heavyToo);
        work.Run(bytes);
        (Graph made, ImmutableArray<Node> steps) = best.Made();
        return (made, steps, work.Repeated);
    }

    private void Run(long bytes)
    {
        for (int round = 0; round < MostRounds && lives.Peak > bytes && Best() is { } choice; round++)
        {
            long peak = lives.Peak;
            Insert(choice);
            line.RemoveUnread();
            lives = new(line);
            if (lives.Peak > peak)
            {
                return;
            }
        }
    }

    /// <summary>What pays best to compute again at the step that uses most.</summary>
    private Choice? Best()
    {
        int peak = lives.PeakStep;
        Choice? best = null;
        for (int root = line.Parameters; root < line.Count; root++)
        {
            if (lives.Bytes[root] > 0 && lives.Roots[root] == root && lives.Made[root] >= 0 && lives.Made[root] < peak
                && !lives.IsResult[root] && !lives.IsUpdated[root] && lives.Last(root) > peak
                && Again(root, peak) is { } choice && (best is null || choice.Price < best.Price))
            {
                best = choice;
            }
        }

        return best;
    }

    /// <summary>What computing a root again takes; null where it cannot be, or frees nothing at the step.</summary>
    private Choice? Again(int root, int peak)
    {
        List<int> reads = lives.Reads[root]!;
        int next = reads.FindIndex(step => step >= peak);
        if (reads[next] == peak)
        {
            return null;
        }

        int at = reads[next];
        var items = new SortedDictionary<(int Step, int Result), LineItem>();
        var pending = new Stack<int>(lives.Members(root).Where(value => lives.LastReads[value] >= at && lives.Made[value] < at));
        long freed = lives.Bytes[root];
        double price = 0;
        while (pending.TryPop(out int value))
        {
            int step = lives.Made[value];
            (int place, LineItem item) = Smallest(step, value, root, at);
            if (!items.TryAdd((step, place), item))
            {
                continue;
            }

            if (items.Count > MostTogether || !MayRepeat(line.Items[step], item))
            {
                return null;
            }

            price += Cost(item);
            foreach (int operand in item.Operands)
            {
                freed -= Reach(operand, root, at, peak, pending);
            }
        }

        int since = next == 0 ? lives.Made[root] : reads[next - 1];
        return freed <= 0 ? null : new(root, at, [.. items.Values], price / ((double)freed * (at - since)));
    }

    /// <summary>The smallest item that gives a value, from what else there is at a step.</summary>
    private (int Place, LineItem Item) Smallest(int step, int value, int root, int at)
    {
        LineItem item = line.Items[step];
        int place = Array.IndexOf(item.Results, value);
        ulong there = 0;
        for (int i = 0; i < Math.Min(item.Results.Length, 64); i++)
        {
            int other = lives.Roots[item.Results[i]];
            there |= other != root && lives.Last(other) >= at && !lives.IsUpdated[other] ? 1UL << i : 0;
        }

        if (cones.Of(item.Primitive, place, there) is not { } cone)
        {
            return (-1, item);
        }

        int[] operands = [.. cone.Inputs.Select(input => input < 0 ? item.Results[~input] : item.Operands[input])];
        Node source = Node.Make(cone.Primitive, [.. operands.Select(operand => Value.Parameter(line.Type(operand)))], item.Source.Origin);
        return (place, new(source, operands, [value]));
    }

    /// <summary>Has an operand at hand at a step: kept anyway, computed again too, or kept for it at the cost of so many bytes.</summary>
    private long Reach(int operand, int root, int at, int peak, Stack<int> pending)
    {
        int from = lives.Roots[operand];
        if (from == root)
        {
            pending.Push(operand);
            return 0;
        }

        if (lives.Made[operand] < 0 || (lives.Made[from] < 0 && !line.Items[lives.Made[operand]].IsView) || lives.Last(from) >= at)
        {
            return 0;
        }

        if (lives.IsUpdated[from])
        {
            return long.MaxValue / 4;
        }

        if (lives.Last(from) > peak && lives.Made[from] >= 0)
        {
            return 0;
        }

        LineItem maker = line.Items[lives.Made[operand]];
        if (MayRepeat(maker, maker))
        {
            pending.Push(operand);
            return 0;
        }

        return lives.Made[from] > peak ? 0 : lives.Bytes[from];
    }

    private void Insert(Choice choice)
    {
        var renamed = new Dictionary<int, int>();
        List<LineItem> again = [];
        foreach (LineItem item in choice.Items)
        {
            int[] operands = [.. item.Operands.Select(operand => renamed.GetValueOrDefault(operand, operand))];
            int[] results = [.. item.Results.Select(result => line.Add(line.Type(result)))];
            for (int i = 0; i < results.Length; i++)
            {
                renamed.Add(item.Results[i], results[i]);
            }

            again.Add(item with { Operands = operands, Results = results });
        }

        for (int i = choice.At; i < line.Items.Count; i++)
        {
            LineItem item = line.Items[i];
            if (item.Operands.Any(operand => lives.Roots[operand] == choice.Root && renamed.ContainsKey(operand)))
            {
                line.Items[i] = item with
                {
                    Operands = [.. item.Operands.Select(operand => lives.Roots[operand] == choice.Root ? renamed.GetValueOrDefault(operand, operand) : operand)],
                };
            }
        }

        line.Items.InsertRange(choice.At, again);
        Repeated += again.Count(item => !item.IsView);
    }

    private bool MayRepeat(LineItem whole, LineItem item) => effects.IsTotal(whole.Source)
        && item.Source.Results.All(result => result.Type is TensorType)
        && item.Source.Operands.All(operand => operand.Type is TensorType)
        && (heavyToo || !IsHeavy(item.Primitive));

    private static bool IsHeavy(Primitive primitive) => primitive switch
    {
        Fused fused => fused.Body.Graph.Nodes.Any(node => IsHeavy(node.Primitive)),
        DotGeneral or ConvGeneral or Sort or TopK or BodyPrimitive => true,
        _ => false,
    };

    private static double Cost(LineItem item)
    {
        Cost cost = item.IsView ? default : item.Primitive.Cost([.. item.Source.Operands.Select(operand => operand.Type)]);
        return item.IsView ? 0 : Overhead + cost.Operations + cost.Bytes;
    }

    /// <summary>What to compute again.</summary>
    /// <param name="Root">Whose memory is not kept.</param>
    /// <param name="At">Before which step.</param>
    /// <param name="Items">The steps that run again.</param>
    /// <param name="Price">Operations for each byte and step.</param>
    private sealed record Choice(int Root, int At, List<LineItem> Items, double Price);
}
