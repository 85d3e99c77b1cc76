using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Compile.Memory;

/// <summary>The way back over a loop whose states stand in tables: finds the state of each step, the last first, by running steps again.</summary>
/// <remarks>
/// The tables hold the states of every d-th step. States further on that are kept on the way back stand in tables of their own, the one behind
/// the other, and one more row takes what is not kept. With f rows free and n steps from the last state to the step that is asked for, the next
/// state is kept C(f + r − 1, r − 1) steps on, r being the least with C(f + r, r) ≥ n: then no step runs more than r times (Griewank and
/// Walther, ACM TOMS 26, 2000).
/// </remarks>
/// <param name="keeping">How many rows there are.</param>
/// <param name="row">The row of a multiple of d.</param>
/// <param name="again">(from which step, how many, constants, state) → the state after these steps.</param>
internal sealed class LoopWalk(
    KeepPlaces keeping, Func<Value, Value> row, Func<Value, Value, ImmutableArray<Value>, ImmutableArray<Value>, ImmutableArray<Value>> again)
{
    /// <summary>What the way back carries: how many states are kept further on, of which steps, and the tables of these.</summary>
    internal IEnumerable<Value> Start(IEnumerable<Value> states) =>
        [Ops.Index(0), Ops.Zeros(TensorType.Of(DType.I64, keeping.Walk + 1)), .. states.Select(state => Looping.Table(state, keeping.Walk + 1))];

    /// <summary>What is carried on, and the state at a step, which lies one before the last that was asked for.</summary>
    internal (ImmutableArray<Value> Kept, ImmutableArray<Value> State) To(
        Value place, Value distance, ImmutableArray<Value> tables, ImmutableArray<Value> constants, ImmutableArray<Value> carried)
    {
        Value depth = carried[0];
        Value isPassed = Ops.And(Ops.Greater(depth, Ops.Index(0)), Ops.Greater(Looping.Row(carried[1], Before(depth)), place));
        depth = Ops.Select(isPassed, Before(depth), depth);
        Value begin = Ops.Sub(place, Ops.Rem(place, distance));
        Value from = Ops.Select(Ops.Greater(depth, Ops.Index(0)), Looping.Row(carried[1], Before(depth)), begin);
        Value first = row(begin);
        ImmutableArray<Value> ends = Looping.While(
            [.. tables, .. constants, place, first],
            [from, Before(depth), depth, .. carried[1..]],
            (fixedOnes, x) => Ops.Less(x[0], fixedOnes[^2]),
            (fixedOnes, x) => Onward(fixedOnes[..tables.Length], fixedOnes[tables.Length..^2], fixedOnes[^2], fixedOnes[^1], x));
        return (ends[2..], Last(tables, first, ends[1], ends[4..]));
    }

    /// <summary>Runs from the last state to the next that is kept, or to the end.</summary>
    private IEnumerable<Value> Onward(
        ImmutableArray<Value> tables, ImmutableArray<Value> constants, Value place, Value first, ImmutableArray<Value> x)
    {
        (Value from, Value at, Value depth) = (x[0], x[1], x[2]);
        Value left = Ops.Sub(place, from);
        Value free = Ops.Sub(Ops.Index(keeping.Walk), depth);
        Value isFree = Ops.Greater(free, Ops.Index(0));
        Value count = Ops.Select(isFree, Ops.Min(Gap(free, Ops.Add(left, Ops.Index(1))), left), left);
        ImmutableArray<Value> state = again(from, count, constants, Last(tables, first, at, x[4..]));
        Value next = Ops.Add(from, count);
        Value isKept = Ops.And(isFree, Ops.Less(next, place));
        Value to = Ops.Select(isKept, depth, Ops.Index(keeping.Walk));
        return
        [
            next,
            to,
            Ops.Select(isKept, Ops.Add(depth, Ops.Index(1)), depth),
            Looping.WithRow(x[3], to, next),
            .. x.Skip(4).Select((table, i) => Looping.WithRow(table, to, state[i])),
        ];
    }

    /// <summary>The last state: of a row of the way back, or, before its first, of a multiple of d.</summary>
    private static ImmutableArray<Value> Last(ImmutableArray<Value> tables, Value first, Value at, ImmutableArray<Value> further)
    {
        Value isFirst = Ops.Less(at, Ops.Index(0));
        return
        [
            .. tables.Select((table, i) =>
            {
                Value state = Looping.Row(table, first);
                return Ops.Select(Ops.BroadcastScalar(isFirst, state.Tensor.Shape), state, Looping.Row(further[i], at));
            }),
        ];
    }

    /// <summary>How far on the next state is kept; see the remarks.</summary>
    private static Value Gap(Value free, Value count)
    {
        Value one = Ops.Index(1);
        return Looping.While(
            [free, count],
            [one, Ops.Add(free, one), one],
            (fixedOnes, x) => Ops.And(Ops.Less(x[1], fixedOnes[1]), Ops.Greater(fixedOnes[0], Ops.Index(0))),
            (fixedOnes, x) =>
            {
                Value times = Ops.Add(x[2], Ops.Index(1));
                return [x[1], Ops.Div(Ops.Mul(x[1], Ops.Add(fixedOnes[0], times)), times), times];
            })[0];
    }

    private static Value Before(Value depth) => Ops.Sub(depth, Ops.Index(1));
}
