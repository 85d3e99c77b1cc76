using Adjoint.Loops;

namespace Adjoint.Compile.Emit;

/// <summary>Cuts long blocks into pieces that become methods of their own.</summary>
/// <remarks>
/// A compiler of machine code takes more than linear time for long methods and tracks some thousand locals at most. Values that one method
/// makes and another reads lie in the frame. A loop over lanes is cut where its body is long; then it has a main loop no more.
/// </remarks>
internal sealed class MethodCut
{
    /// <summary>The weight of a piece.</summary>
    private const int Longest = 300;

    /// <summary>A piece is no shorter than this, unless little is left.</summary>
    private const int Shortest = 200;

    /// <summary>What a loop over lanes weighs for each instruction: some vectors of the main loop, and one of the rest.</summary>
    private const int CopiesOfLanes = 3;

    /// <summary>What stays where it stands rather than become a method.</summary>
    private const int TooShort = 40;

    private readonly LaneKinds kinds;
    private readonly Demands demands;
    private readonly FrameLayout frame;
    private readonly int vectorBytes;
    private readonly int[] homes;
    private readonly Dictionary<LoopItem, int> weights = [];
    private readonly Dictionary<LoopBlock, IReadOnlyList<Piece>> pieces = [];
    private readonly Dictionary<LoopValue, int> places = [];
    private readonly Dictionary<(LoopValue Value, int Size), int> vectorPlaces = [];
    private int methods;
    private int lanes;

    internal MethodCut(LoopProgram program, LoopPhase phase, LaneKinds kinds, Demands demands, FrameLayout frame, int vectorBytes)
    {
        this.kinds = kinds;
        this.demands = demands;
        this.frame = frame;
        this.vectorBytes = vectorBytes;
        homes = new int[program.ValueCount];
        if (Weight(phase.Body) > Longest)
        {
            IsCut = true;
            ActivePlace = frame.Take(sizeof(long));
            Visit(phase.Body, 0);
        }
    }

    /// <summary>Whether there is more than one method.</summary>
    internal bool IsCut { get; }

    /// <summary>Where the number of lanes that count lies in the frame.</summary>
    internal int ActivePlace { get; }

    /// <summary>The pieces of a block, or null where it stays whole.</summary>
    internal IReadOnlyList<Piece>? PiecesOf(LoopBlock block) => pieces.GetValueOrDefault(block);

    /// <summary>Where a value lies in the frame for other methods, or null.</summary>
    internal int? PlaceOf(LoopValue value) => places.TryGetValue(value, out int place) ? place : null;

    /// <summary>Where vectors of a value lie in the frame for other methods, or null.</summary>
    internal int? PlaceOf(LoopValue value, int size) => vectorPlaces.TryGetValue((value, size), out int place) ? place : null;

    private int Weight(LoopBlock block)
    {
        int sum = 0;
        foreach (LoopItem item in block.Items)
        {
            sum += Weight(item);
        }

        return sum;
    }

    private int Weight(LoopItem item)
    {
        if (item is LoopValue value)
        {
            return value.IsConstant || !demands.IsNeeded(value) ? 0 : value.Op == LoopOp.Call ? 4 : 1;
        }

        if (!weights.TryGetValue(item, out int weight))
        {
            weight = 1;
            foreach (LoopBlock block in BlockWalk.Inside(item))
            {
                weight += Weight(block);
            }

            weights[item] = weight *= MayBeCut(item) ? 1 : CopiesOfLanes;
        }

        return weight;
    }

    private bool MayBeCut(LoopItem item) => item is not LoopValue && (vectorBytes == 0 || WidthsOf(item) is null or { Main: 0 });

    /// <summary>The widths of a loop over lanes, or null.</summary>
    private LaneWidths? WidthsOf(LoopItem item) =>
        vectorBytes > 0 && item is ForItem { Form: LoopForm.Lanes } loop ? LaneWidths.Of(loop, demands, kinds, vectorBytes) : null;

    private void Visit(LoopBlock block, int method, bool isWhole = false)
    {
        if (isWhole || Weight(block) <= Longest)
        {
            VisitAll(block.Items, method, isWhole);
            return;
        }

        List<Piece> found = [];
        List<LoopItem> run = [];
        foreach (LoopItem item in block.Items)
        {
            if (MayBeCut(item) && Weight(item) > Longest)
            {
                AddRun(found, run, method);
                found.Add(new([item], false));
                VisitAll([item], method);
            }
            else
            {
                run.Add(item);
            }
        }

        AddRun(found, run, method);
        pieces[block] = found;
    }

    /// <summary>Cuts items in a row where few values cross.</summary>
    private void AddRun(List<Piece> found, List<LoopItem> run, int method)
    {
        int start = 0;
        int[] crossing = Crossing(run);
        while (start < run.Count)
        {
            int end = EndOfPiece(run, start, crossing);
            List<LoopItem> items = run[start..end];
            bool isApart = items.Sum(Weight) > TooShort;
            found.Add(new(items, isApart));
            VisitAll(items, isApart ? ++methods : method);
            start = end;
        }

        run.Clear();
    }

    private int EndOfPiece(List<LoopItem> run, int start, int[] crossing)
    {
        int weight = 0;
        int best = -1;
        for (int end = start + 1; end <= run.Count; end++)
        {
            weight += Weight(run[end - 1]);
            if (weight > Longest && end > start + 1)
            {
                return best < 0 ? end - 1 : best;
            }

            if (weight >= Shortest && (best < 0 || crossing[end] <= crossing[best]))
            {
                best = end;
            }
        }

        return run.Count;
    }

    /// <summary>For each place in a run, how many values are made before and read behind it.</summary>
    private static int[] Crossing(List<LoopItem> run)
    {
        Dictionary<LoopValue, int> made = [];
        int[] change = new int[run.Count + 2];
        for (int i = 0; i < run.Count; i++)
        {
            if (run[i] is LoopValue value)
            {
                made[value] = i;
            }
        }

        Dictionary<LoopValue, int> last = [];
        for (int i = 0; i < run.Count; i++)
        {
            foreach (LoopValue read in BlockWalk.Read(run[i]))
            {
                last[read] = i;
            }
        }

        foreach ((LoopValue value, int from) in made)
        {
            if (last.TryGetValue(value, out int until))
            {
                change[from + 1]++;
                change[until + 1]--;
            }
        }

        for (int i = 1; i < change.Length; i++)
        {
            change[i] += change[i - 1];
        }

        return change;
    }

    private void VisitAll(IReadOnlyList<LoopItem> items, int method, bool isWhole = false)
    {
        foreach (LoopItem item in items)
        {
            foreach (LoopValue made in BlockWalk.Made(item))
            {
                homes[made.Id] = method;
            }

            lanes = WidthsOf(item)?.Rest ?? lanes;
            foreach (LoopBlock block in BlockWalk.Inside(item))
            {
                Visit(block, method, isWhole || !MayBeCut(item));
            }

            foreach (LoopValue read in BlockWalk.Read(item))
            {
                if (!read.IsConstant && homes[read.Id] != method)
                {
                    Place(read);
                }
            }
        }
    }

    private void Place(LoopValue value)
    {
        if (demands.AsNumber(value) && !places.ContainsKey(value))
        {
            places[value] = frame.TakeNumber();
        }

        foreach (int size in (ReadOnlySpan<int>)[4, 8])
        {
            if (kinds[value].Varies && demands.AsVector(value, size) && !vectorPlaces.ContainsKey((value, size)))
            {
                vectorPlaces[(value, size)] = frame.Take(lanes * size);
            }
        }
    }

    /// <summary>Items in a row.</summary>
    /// <param name="Items">The items.</param>
    /// <param name="IsApart">Whether they are a method of their own.</param>
    internal sealed record Piece(IReadOnlyList<LoopItem> Items, bool IsApart);
}
