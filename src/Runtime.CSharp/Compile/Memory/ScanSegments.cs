using System.Collections.Immutable;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Compile.Memory;

/// <summary>A pair of scans in segments: the first keeps the carry at the begin of each, the second runs each again before it runs back over it.</summary>
/// <remarks>
/// Segments of segments are treated alike. The steps are the same bodies as before on the same numbers. Of n steps in one level of segments
/// about 2√n states are kept instead of n, and the first loop runs twice (Chen, Xu, Zhang, Guestrin, "Training deep nets with sublinear memory
/// cost", 2016; before that Griewank, "Achieving logarithmic growth of temporal and spatial complexity", 1992).
/// </remarks>
internal sealed class ScanSegments
{
    private readonly LoopPair pair;
    private readonly KeepSegments keeping;
    private readonly Scan scan;
    private readonly Graph step;
    private readonly ImmutableArray<Value> constants;
    private readonly ImmutableArray<Value> start;
    private readonly ImmutableArray<Value> slices;
    private readonly Dictionary<int, Value> whole = [];
    private ImmutableArray<Value> states;

    internal ScanSegments(LoopPair pair, KeepSegments keeping, Node now)
    {
        this.pair = pair;
        this.keeping = keeping;
        scan = (Scan)now.Primitive;
        step = scan.Step.Graph;
        int firstX = scan.Constants + scan.Carries;
        constants = now.Operands[..scan.Constants];
        start = now.Operands[scan.Constants..firstX];
        slices = now.Operands[firstX..];
    }

    private int Top => keeping.Sizes[^1];

    /// <summary>What stands for the first loop's results; null for what is read by the second loop alone.</summary>
    internal Value?[] Forward()
    {
        int[] others = [.. Enumerable.Range(scan.Carries, step.Results.Length - scan.Carries).Where(i => !pair.Asked.Contains(i))];
        var plain = new Graph(step.Parameters, [.. step.Results.Take(scan.Carries), .. others.Select(i => step.Results[i])]);
        ImmutableArray<Value> head = Looping.Scan(
            Top,
            scan.Reverse,
            constants,
            start,
            [.. slices.Select(x => Looping.Grouped(Head(x, scan.Reverse), Top))],
            (fixedOnes, carry, x) => [.. Looping.Steps(plain, keeping.Head / Top, scan.Reverse, fixedOnes, carry, x), .. carry]);
        ImmutableArray<Value> carry = head[..scan.Carries];
        states = head[(scan.Carries + others.Length)..];
        var results = new Value?[step.Results.Length];
        for (int i = 0; i < others.Length; i++)
        {
            results[others[i]] = Looping.Flat(head[scan.Carries + i]);
        }

        if (keeping.Whole > 0)
        {
            ImmutableArray<Value> tail = Looping.Steps(step, keeping.Whole, scan.Reverse, constants, carry, [.. slices.Select(x => Tail(x, scan.Reverse))]);
            carry = tail[..scan.Carries];
            foreach (int i in others)
            {
                results[i] = Joined(results[i]!, tail[i]);
            }

            foreach (int i in pair.Asked)
            {
                whole[i] = tail[i];
            }
        }

        for (int i = 0; i < scan.Carries; i++)
        {
            results[i] = carry[i];
        }

        return results;
    }

    /// <summary>What stands for the results of a loop that reads; its operands are those of now, but for what it reads of the first loop.</summary>
    internal ImmutableArray<Value> Backward(Node original, Node now)
    {
        var reader = (Scan)now.Primitive;
        int firstX = reader.Constants + reader.Carries;
        var back = new Reader(reader, [.. original.Operands.Skip(firstX).Select(x => x.Producer == pair.Loop.Node && pair.Asked.Contains(x.Index) ? x.Index : -1)]);
        ImmutableArray<Value> given = now.Operands[firstX..];
        Value[] own = [.. given.Where((_, i) => back.Read[i] < 0)];
        ImmutableArray<Value> constantsOfReader = now.Operands[..reader.Constants];
        ImmutableArray<Value> carry = now.Operands[reader.Constants..firstX];
        bool tailFirst = reader.Reverse != scan.Reverse;
        ImmutableArray<Value> tail = [];
        if (keeping.Whole > 0 && tailFirst)
        {
            tail = RunTail(carry);
            carry = tail[..reader.Carries];
        }

        ImmutableArray<Value> head = Walk(
            keeping.Sizes.Length - 1,
            back,
            new(constants, states, [.. slices.Select(x => Head(x, scan.Reverse))]),
            new(constantsOfReader, carry, [.. own.Select(x => Head(x, scan.Reverse))]));
        carry = head[..reader.Carries];
        if (keeping.Whole > 0 && !tailFirst)
        {
            tail = RunTail(carry);
            carry = tail[..reader.Carries];
        }

        return [.. carry, .. head.Skip(reader.Carries).Select((y, i) => tail.IsEmpty ? y : Joined(y, tail[reader.Carries + i]))];

        ImmutableArray<Value> RunTail(ImmutableArray<Value> from) => Looping.Steps(
            reader.Step.Graph,
            keeping.Whole,
            reader.Reverse,
            constantsOfReader,
            from,
            [.. given.Select((x, i) => back.Read[i] < 0 ? Tail(x, scan.Reverse) : whole[back.Read[i]])]);
    }

    /// <summary>Runs back over segments of one level from the states at their begins.</summary>
    private ImmutableArray<Value> Walk(int level, Reader reader, Inputs first, Inputs second)
    {
        int count = keeping.Sizes[level];
        Value[] given = [.. first.Slices.Concat(second.Slices).Select(x => Looping.Grouped(x, count))];
        ImmutableArray<Value> results = Looping.Scan(
            count,
            reader.Scan.Reverse,
            [.. first.Constants, .. second.Constants],
            second.Carry,
            [.. first.Carry, .. given],
            (fixedOnes, carry, x) => Segment(
                level - 1,
                reader,
                new(fixedOnes[..first.Constants.Length], x[..first.Carry.Length], [.. x.Skip(first.Carry.Length).Take(first.Slices.Length)]),
                new(fixedOnes[first.Constants.Length..], carry, x[(first.Carry.Length + first.Slices.Length)..])));
        return [.. results.Select((y, i) => i < reader.Scan.Carries ? y : Looping.Flat(y))];
    }

    /// <summary>Runs one segment again, and back over it.</summary>
    private ImmutableArray<Value> Segment(int level, Reader reader, Inputs first, Inputs second)
    {
        int count = keeping.Sizes[level];
        ImmutableArray<Value> carries = step.Results[..scan.Carries];
        if (level > 0)
        {
            var plain = new Graph(step.Parameters, carries);
            int inside = keeping.Sizes.Take(level).Aggregate(1, (product, size) => product * size);
            ImmutableArray<Value> begins = Looping.Scan(
                count,
                scan.Reverse,
                first.Constants,
                first.Carry,
                [.. first.Slices.Select(x => Looping.Grouped(x, count))],
                (fixedOnes, carry, x) => [.. Looping.Steps(plain, inside, scan.Reverse, fixedOnes, carry, x), .. carry]);
            return Walk(level, reader, first with { Carry = begins[scan.Carries..] }, second);
        }

        var remembering = new Graph(step.Parameters, [.. carries, .. pair.Asked.Select(i => step.Results[i])]);
        ImmutableArray<Value> again = Looping.Steps(remembering, count, scan.Reverse, first.Constants, first.Carry, first.Slices);
        int own = 0;
        Value[] given = [.. reader.Read.Select(result => result < 0 ? second.Slices[own++] : again[scan.Carries + pair.Asked.IndexOf(result)])];
        return Looping.Steps(reader.Scan.Step.Graph, count, reader.Scan.Reverse, second.Constants, second.Carry, given);
    }

    /// <summary>Rows of the steps that run in segments: those that run first.</summary>
    private Value Head(Value x, bool reverse) => reverse ? Looping.Rows(x, keeping.Whole, scan.Length) : Looping.Rows(x, 0, keeping.Head);

    private Value Tail(Value x, bool reverse) => reverse ? Looping.Rows(x, 0, keeping.Whole) : Looping.Rows(x, keeping.Head, scan.Length);

    private Value Joined(Value head, Value tail) => scan.Reverse ? Ops.Concatenate(0, tail, head) : Ops.Concatenate(0, head, tail);

    /// <summary>A loop that reads, and for each of its slices the result of the first loop that it is; −1 for one of its own.</summary>
    private sealed record Reader(Scan Scan, ImmutableArray<int> Read);

    /// <summary>What a loop runs on.</summary>
    private sealed record Inputs(ImmutableArray<Value> Constants, ImmutableArray<Value> Carry, ImmutableArray<Value> Slices);
}
