using System.Globalization;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Front.Audits;

/// <summary>One run of a body of a node: which iteration, which branch; and where that node runs itself.</summary>
/// <param name="Outer">Where the node that holds the body runs; null at the top.</param>
/// <param name="Holder">The node.</param>
/// <param name="Step">The index of a loop's step, as the body sees it; the number of a branch; otherwise 0.</param>
/// <param name="Text">How a reader is told: iteration 3 of scan.</param>
internal sealed record Place(Place? Outer, Node Holder, long Step, string Text)
{
    /// <summary>The places from the innermost to the outermost.</summary>
    internal static IEnumerable<Place> Outwards(Place? place)
    {
        for (; place is not null; place = place.Outer)
        {
            yield return place;
        }
    }

    /// <summary>Whether two places are the same step of nodes with the same origin.</summary>
    internal static bool Same(Place? x, Place? y)
    {
        for (; x is not null && y is not null; (x, y) = (x.Outer, y.Outer))
        {
            if (x.Step != y.Step || !ReferenceEquals(x.Holder.Origin, y.Holder.Origin))
            {
                return false;
            }
        }

        return x is null && y is null;
    }

    /// <summary>The place of the count-th run (from 0) of a body of a node.</summary>
    internal static Place Of(Place? outer, Node holder, Graph body, IReadOnlyList<HostValue> operands, long count)
    {
        string line = holder.Origin.ToString() is { Length: > 0 } where ? $" ({where})" : "";
        string name = holder.Primitive.Name;
        (long step, string text) = holder.Primitive switch
        {
            Scan scan => Iteration(scan.Reverse ? scan.Length - 1 - count : count, scan.Length),
            Repeat repeat when ((NDArray)operands[0]).Item<long>() is var n => Iteration(repeat.Reverse ? n - 1 - count : count, n),
            While loop when ReferenceEquals(body, loop.Condition.Graph) => (count, $"the condition before iteration {count} of"),
            While => (count, $"iteration {count} of"),
            Cond cond => ReferenceEquals(body, cond.Then.Graph) ? (0, "the branch taken where true of") : (1, "the branch taken where false of"),
            Switch choice when Array.FindIndex([.. choice.Branches], branch => ReferenceEquals(branch.Graph, body)) is var i => (i, $"branch {i} of"),
            _ => (0L, "the body of"),
        };
        return new(outer, holder, step, $"{text} {name}{line}");
    }

    private static (long Step, string Text) Iteration(long step, long count) =>
        (step, string.Create(CultureInfo.InvariantCulture, $"iteration {step} (of 0 to {count - 1}) of"));
}
