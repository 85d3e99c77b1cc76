using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Compile.Memory;

/// <summary>A while or repeat, whose states are kept in a table, and the repeats that run back over it and run its steps again from there.</summary>
/// <remarks>
/// Step t is kept while it runs if t is a multiple of d. Where t = d · places, the table is full: d doubles, and odd multiples of the old d are
/// overwritten from there on. The row of t is the sum of its digits to the base of the number of places: of the multiples that are
/// kept no two share one, and none moves when d doubles. What is not kept is written to a row that nobody reads.
/// </remarks>
internal sealed class LoopPlaces
{
    private const int LongestBits = 40;

    private readonly LoopPair pair;
    private readonly KeepPlaces keeping;
    private readonly Node now;
    private readonly Region region;
    private readonly Graph step;
    private readonly ImmutableArray<int> carried;
    private readonly ImmutableArray<Value> constants;
    private readonly Value? count;
    private ImmutableArray<Value> tables;
    private Value? distance;

    internal LoopPlaces(LoopPair pair, KeepPlaces keeping, Node now)
    {
        this.pair = pair;
        this.keeping = keeping;
        this.now = now;
        region = Region.Of(now.Primitive)!;
        step = region.Bodies[0].Graph;
        carried = [.. pair.Carried];
        constants = now.Operands[region.FirstConstant..region.FirstCarry];
        count = now.Primitive is Repeat ? now.Operands[0] : null;
    }

    private bool IsReverse => now.Primitive is Repeat { Reverse: true };

    /// <summary>What stands for the first loop's results; null for what is read by the second loop alone.</summary>
    internal Value?[] Forward()
    {
        Value[] start = [.. carried.Select(i => now.Operands[region.FirstCarry + i])];
        Value[] all = [.. start, Ops.Index(0), Ops.Index(1), .. start.Select(carry => Looping.Table(carry, keeping.Places + 1))];
        ImmutableArray<Value> ends;
        if (count is not null)
        {
            ends = Looping.Repeat(count, IsReverse, constants, all, (index, fixedOnes, x) => Kept(Step(index, fixedOnes, x), x));
        }
        else
        {
            Graph condition = region.Bodies[^1].Graph;
            ends = Looping.While(
                constants,
                all,
                (fixedOnes, x) => Substitution.Inline(condition, [.. fixedOnes, .. WithEmpty(x)])[0],
                (fixedOnes, x) => Kept(Step(null, fixedOnes, x), x));
        }

        distance = ends[carried.Length + 1];
        tables = ends[(carried.Length + 2)..];
        var results = new Value?[now.Results.Length];
        for (int i = 0; i < carried.Length; i++)
        {
            results[carried[i]] = ends[i];
        }

        return results;
    }

    /// <summary>What stands for the results of a loop that reads.</summary>
    internal ImmutableArray<Value> Backward(Node original, Node reader)
    {
        var repeat = (Repeat)reader.Primitive;
        int first = 1 + repeat.Constants;
        int[] read = [.. Enumerable.Range(1, repeat.Constants).Where(i => original.Operands[i].Producer == pair.Loop.Node && pair.Asked.Contains(original.Operands[i].Index))];
        Value[] own = [.. Enumerable.Range(1, repeat.Constants).Where(i => !read.Contains(i)).Select(i => reader.Operands[i])];
        Value[] carry = [.. reader.Operands.Skip(first)];
        var walk = new LoopWalk(keeping, Slot, Again);
        ImmutableArray<Value> ends = Looping.Repeat(
            reader.Operands[0],
            repeat.Reverse,
            [.. own, .. constants, .. tables, distance!, reader.Operands[0]],
            [.. carry, .. walk.Start(carried.Select(i => now.Operands[region.FirstCarry + i]))],
            (index, fixedOnes, x) =>
            {
                ImmutableArray<Value> loopConstants = fixedOnes[own.Length..(own.Length + constants.Length)];
                Value steps = fixedOnes[^1];
                Value place = IsReverse ? Ops.Sub(Ops.Sub(steps, Ops.Index(1)), index) : index;
                (ImmutableArray<Value> kept, ImmutableArray<Value> state) =
                    walk.To(place, fixedOnes[^2], fixedOnes[(own.Length + constants.Length)..^2], [.. loopConstants, steps], x[carry.Length..]);
                ImmutableArray<Value> values = Results(index, loopConstants, state, [.. pair.Asked.Select(i => pair.Loop.Remembered(i)!)]);
                ImmutableArray<Value> results = Read(repeat.Step.Graph, original, read, values, index, [.. fixedOnes.Take(own.Length)], x[..carry.Length]);
                return [.. results, .. kept];
            });
        return ends[..carry.Length];
    }

    /// <summary>The step of the reader with values in place of entries.</summary>
    private ImmutableArray<Value> Read(
        Graph body, Node original, int[] read, ImmutableArray<Value> values, Value index, ImmutableArray<Value> own, ImmutableArray<Value> carry)
    {
        var inside = new Substitution { [body.Parameters[0]] = index };
        var entries = new HashSet<Node>(ReferenceEqualityComparer.Instance);
        int next = 0;
        for (int i = 1; i < body.Parameters.Length - carry.Length; i++)
        {
            if (!read.Contains(i))
            {
                inside[body.Parameters[i]] = own[next++];
                continue;
            }

            foreach (Node node in body.Nodes.Where(node => node.Operands.Contains(body.Parameters[i])))
            {
                entries.Add(node);
                inside[node.Results[0]] = values[pair.Asked.IndexOf(original.Operands[i].Index)];
            }
        }

        for (int i = 0; i < carry.Length; i++)
        {
            inside[body.Parameters[body.Parameters.Length - carry.Length + i]] = carry[i];
        }

        foreach (Node node in body.Nodes.Where(node => !entries.Contains(node)))
        {
            inside.Apply(node);
        }

        return inside.Of(body.Results);
    }

    /// <summary>So many steps again from a place: (constants, number of steps of all).</summary>
    private ImmutableArray<Value> Again(Value from, Value steps, ImmutableArray<Value> fixedOnes, ImmutableArray<Value> state) => Looping.Repeat(
        steps,
        false,
        [.. fixedOnes, from],
        state,
        (i, given, x) =>
        {
            Value place = Ops.Add(given[^1], i);
            Value index = IsReverse ? Ops.Sub(Ops.Sub(given[^2], Ops.Index(1)), place) : place;
            return Results(index, given[..^2], x, [.. carried.Select(carry => step.Results[carry])]);
        });

    /// <summary>The row of a step that is kept.</summary>
    private Value Slot(Value place)
    {
        Value mask = Ops.Index(keeping.Places - 1);
        Value sum = Ops.And(place, mask);
        for (int shift = keeping.Bits; shift < LongestBits; shift += keeping.Bits)
        {
            sum = Ops.Add(sum, Ops.And(Ops.ShiftRightLogical(place, Ops.Index(shift)), mask));
        }

        return sum;
    }

    /// <summary>The carry after a step, and its state before put where it belongs.</summary>
    private IEnumerable<Value> Kept(ImmutableArray<Value> next, ImmutableArray<Value> before)
    {
        Value place = before[carried.Length];
        Value apart = before[carried.Length + 1];
        Value isFull = Ops.Equal(place, Ops.Mul(apart, Ops.Index(keeping.Places)));
        Value isKept = Ops.Equal(Ops.Rem(place, apart), Ops.Index(0));
        Value row = Ops.Select(isKept, Slot(place), Ops.Index(keeping.Places));
        return
        [
            .. next,
            Ops.Add(place, Ops.Index(1)),
            Ops.Select(isFull, Ops.Add(apart, apart), apart),
            .. before.Skip(carried.Length + 2).Select((table, i) => Looping.WithRow(table, row, before[i])),
        ];
    }

    private ImmutableArray<Value> Step(Value? index, ImmutableArray<Value> fixedOnes, ImmutableArray<Value> x) =>
        Results(index, fixedOnes, x, [.. carried.Select(carry => step.Results[carry])]);

    /// <summary>Values of a step of the first loop.</summary>
    private ImmutableArray<Value> Results(Value? index, ImmutableArray<Value> fixedOnes, ImmutableArray<Value> state, ImmutableArray<Value> wanted)
    {
        IEnumerable<Value> lead = count is null ? [] : [index!];
        return Substitution.Inline(new Graph(step.Parameters, wanted), [.. lead, .. fixedOnes, .. WithEmpty(state)]);
    }

    /// <summary>All carries of the loop as it was, with stacks that nothing reads.</summary>
    private IEnumerable<Value> WithEmpty(ImmutableArray<Value> state) => Enumerable.Range(0, region.Carries).Select(i =>
        carried.IndexOf(i) is >= 0 and var place ? state[place] : Ops.Zeros(now.Results[i].Type));
}
