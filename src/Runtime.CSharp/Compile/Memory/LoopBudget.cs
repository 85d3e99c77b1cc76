using System.Collections.Immutable;

namespace Adjoint.Compile.Memory;

/// <summary>Chooses how loops keep what they remember, so that it takes about so many bytes, and as few steps as that allows run again.</summary>
internal sealed class LoopBudget
{
    private const int MostBits = 7;
    private const int MostWalk = 31;
    private const int LeastBits = 2;

    private readonly ImmutableArray<LoopPair> pairs;
    private readonly LoopKeeping[] chosen;

    private LoopBudget(ImmutableArray<LoopPair> pairs)
    {
        this.pairs = pairs;
        chosen = [.. pairs.Select(First)];
    }

    private double Bytes => pairs.Select((pair, i) => chosen[i].Bytes(pair)).Sum();

    /// <summary>What loops keep at first: those of unknown length at places, all others whole.</summary>
    internal static ImmutableArray<LoopKeeping> Start(ImmutableArray<LoopPair> pairs) => [.. pairs.Select(First)];

    /// <summary>The same, but all loops that are no scans at places: none of them grows.</summary>
    internal static ImmutableArray<LoopKeeping> Bounded(ImmutableArray<LoopPair> pairs) =>
        [.. pairs.Select(pair => pair.Loop.IsScan ? First(pair) : new KeepPlaces(MostBits, MostWalk))];

    /// <summary>What loops keep within so many bytes, or as few as there can be.</summary>
    internal static ImmutableArray<LoopKeeping> Within(ImmutableArray<LoopPair> pairs, double bytes, int mostLevels = SegmentSizes.MostLevels)
    {
        var budget = new LoopBudget(pairs);
        budget.ShrinkPlaces(bytes);
        for (int levels = 1; levels <= mostLevels && budget.Bytes > bytes; levels++)
        {
            budget.Segment(levels, bytes);
        }

        return [.. budget.chosen];
    }

    private static LoopKeeping First(LoopPair pair) => pair.Length is null ? new KeepPlaces(MostBits, MostWalk) : KeepWhole.Instance;

    private void ShrinkPlaces(double bytes)
    {
        for (int bits = MostBits - 1; bits >= LeastBits && Bytes > bytes; bits--)
        {
            for (int i = 0; i < chosen.Length; i++)
            {
                chosen[i] = chosen[i] is KeepPlaces ? new KeepPlaces(bits, (1 << bits) / 4) : chosen[i];
            }
        }
    }

    /// <summary>Gives loops so many levels, those first that cost the fewest operations for a byte.</summary>
    private void Segment(int levels, double bytes)
    {
        IEnumerable<int> order = Enumerable.Range(0, pairs.Length)
            .Where(i => pairs[i].Length is not null)
            .OrderBy(i => pairs[i].StepOperations / Math.Max(1, pairs[i].KeptBytes));
        foreach (int i in order)
        {
            double over = Bytes - bytes;
            if (over <= 0)
            {
                return;
            }

            LoopKeeping? better = Better(pairs[i], levels, chosen[i].Bytes(pairs[i]) - over);
            if (better is not null && better.Bytes(pairs[i]) < chosen[i].Bytes(pairs[i]))
            {
                chosen[i] = better;
            }
        }
    }

    private static LoopKeeping? Better(LoopPair pair, int levels, double allowed) => pair.Loop.IsScan
        ? SegmentSizes.Find(pair, levels, allowed)
        : Enumerable.Range(LeastBits, MostBits - LeastBits + 1).Reverse()
            .Select(bits => new KeepPlaces(bits, (1 << bits) / 4))
            .FirstOrDefault(places => places.Bytes(pair) <= allowed, new KeepPlaces(LeastBits, 1));
}
