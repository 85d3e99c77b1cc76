using System.Collections.Immutable;
using System.Globalization;
using Adjoint.Compile;
using Adjoint.Compile.Memory;
using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Execute;

/// <summary>Finds a graph, and an order of its nodes, that runs within so many bytes: announced by <see cref="MemoryForecast"/>, not guessed.</summary>
/// <remarks>
/// First the graph as it is. Then cheap values are computed again late; then loops keep less, as little as it takes, by the estimates of
/// <see cref="LoopBudget"/>, which are corrected by what is announced; then products and loops run again too.
/// </remarks>
internal sealed class MemoryFit
{
    /// <summary>Stands for the bytes of what grows without a bound.</summary>
    internal const long Unbounded = long.MaxValue / 2;

    private const int MostTries = 12;
    private const double Close = 0.9;

    private readonly Graph source;
    private readonly long budget;
    private readonly ImmutableArray<LoopPair> pairs;
    private Fitted? least;

    private MemoryFit(Graph source, long budget)
    {
        this.source = source;
        this.budget = budget;
        pairs = KeepLess.Pairs(source);
    }

    /// <summary>The graph made ready within a budget, from one that has gone through all passes before fusion.</summary>
    /// <exception cref="MemoryBudgetException">No way was found.</exception>
    internal static Fitted Of(Graph source, long budget) => new MemoryFit(source, budget).Run();

    private Fitted Run()
    {
        ImmutableArray<LoopKeeping> keeping = LoopBudget.Start(pairs);
        if (Try(keeping, heavyToo: false) is { } first)
        {
            return first;
        }

        if (least!.Bytes >= Unbounded)
        {
            keeping = LoopBudget.Bounded(pairs);
            if (Try(keeping, heavyToo: false) is { } bounded)
            {
                return bounded;
            }
        }

        return WithLess(Kept(keeping)) ?? Try(least!.Keeping, heavyToo: true) ?? throw BudgetErrors.Unreachable(budget, least);
    }

    /// <summary>Has loops keep less until it fits, then as much as still does.</summary>
    /// <param name="failed">What they keep where it does not fit.</param>
    private Fitted? WithLess(double failed)
    {
        Fitted? found = null;
        double wanted = Math.Max(failed - (least!.Last - budget), 0);
        for (int i = 0; i < MostTries && pairs.Length > 0 && !(found?.Bytes > Close * budget); i++)
        {
            ImmutableArray<LoopKeeping> keeping = LoopBudget.Within(pairs, wanted);
            if (Try(keeping, heavyToo: false) is { } fits)
            {
                found = found is null || Again(fits) <= Again(found) ? fits : found;
                wanted = Math.Min(wanted + budget - fits.Bytes, (wanted + failed) / 2);
            }
            else if (Kept(keeping) > wanted || found is not null)
            {
                break;
            }
            else
            {
                failed = wanted;
                wanted = i < MostTries / 2 ? Math.Max(Math.Min(wanted - (least.Last - budget), wanted * 0.9), 0) : 0;
            }
        }

        return found ?? Fewest();
    }

    /// <summary>With as little kept as there can be, in more and more levels of segments, where each level takes a little for itself.</summary>
    private Fitted? Fewest()
    {
        for (int levels = 2; levels <= SegmentSizes.MostLevels; levels++)
        {
            if (pairs.Length > 0 && Try(LoopBudget.Within(pairs, 0, levels), heavyToo: false) is { } fits)
            {
                return fits;
            }
        }

        return null;
    }

    /// <summary>The operations that run again.</summary>
    private double Again(Fitted fitted) => fitted.Keeping.Select((kept, i) => kept.Operations(pairs[i])).Sum();

    private double Kept(ImmutableArray<LoopKeeping> keeping) => keeping.Select((kept, i) => kept.Bytes(pairs[i])).Sum();

    /// <summary>The graph whose loops keep this, if it fits once cheap values are computed again.</summary>
    private Fitted? Try(ImmutableArray<LoopKeeping> keeping, bool heavyToo)
    {
        Graph graph = Pipeline.Fusing.Run(KeepLess.Apply(source, keeping));
        Fitted whole = Announced(graph, null, keeping, 0);
        if (whole.Bytes <= budget)
        {
            return whole;
        }

        ImmutableArray<Node> order = Schedule.Of(graph);
        long peak = Rematerialize.PeakOf(graph, order);
        long target = peak - (whole.Bytes - budget);
        Fitted best = whole;
        for (int i = 0; i < MostTries && target > 0; i++)
        {
            (Graph again, ImmutableArray<Node> steps, int repeated) = Rematerialize.Within(graph, order, target, heavyToo);
            Fitted now = Announced(again, steps, keeping, repeated);
            best = now.Bytes < best.Bytes ? now : best;
            if (best.Bytes <= budget || Rematerialize.PeakOf(again, steps) > target)
            {
                break;
            }

            target -= now.Bytes - budget;
        }

        least = (least is null || best.Bytes < least.Bytes ? best : least) with { Last = best.Bytes };
        return best.Bytes <= budget ? best : null;
    }

    private Fitted Announced(Graph graph, ImmutableArray<Node>? order, ImmutableArray<LoopKeeping> keeping, int repeated)
    {
        Dictionary<Graph, ImmutableArray<Node>> orders = new(ReferenceEqualityComparer.Instance);
        if (order is { } steps)
        {
            orders.Add(graph, steps);
        }

        var plans = new PlanTable(KernelSource.Sizes, orders);
        (long bytes, bool complete) = MemoryForecast.Most(graph, plans, new Interpreter(plans));
        return new(graph, orders, complete ? bytes : Unbounded, keeping, pairs, repeated) { Last = bytes };
    }
}
