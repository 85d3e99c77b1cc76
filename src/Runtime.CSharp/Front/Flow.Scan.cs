using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Front;

/// <content>Loops over axis 0.</content>
public static partial class Flow
{
    /// <summary>Carries a state along axis 0 of a tensor, and stacks what each step gives.</summary>
    public static (Expr State, Expr Results) Scan(
        Func<Expr, Expr, (Expr State, Expr Result)> step, Expr state, Expr x, bool reverse = false)
    {
        (Expr[] last, Expr[] results) = Scan(
            (leaves, slices) => step(leaves[0], slices[0]) is var next ? ([next.State], [next.Result]) : default,
            [state],
            [x],
            null,
            reverse);
        return (last[0], results[0]);
    }

    /// <summary>Carries a state along axis 0 of tensors, and stacks what each step gives on a new axis 0.</summary>
    /// <param name="step">(state, one slice of each x) → (next state, results).</param>
    /// <param name="state">The state before the first step.</param>
    /// <param name="x">Tensors of one extent on axis 0; there may be none if the length is given.</param>
    /// <param name="length">The number of steps; the extent of axis 0 unless given.</param>
    /// <param name="reverse">From the last slice to the first; results still lie at their slice's place.</param>
    /// <param name="paths">What the leaves of the state are called in messages.</param>
    /// <exception cref="StructureException">The state after a step is not of the types before it.</exception>
    public static (Expr[] State, Expr[] Results) Scan(
        Func<Expr[], Expr[], (Expr[] State, Expr[] Results)> step,
        Expr[] state,
        Expr[] x,
        int? length = null,
        bool reverse = false,
        IReadOnlyList<string>? paths = null)
    {
        int steps = Steps(x, length);
        ValueType[] types = [.. state.Select(leaf => leaf.Handle.Type)];
        ValueType[] slices = [.. x.Select(leaf => leaf.Type with { Shape = leaf.Shape.Remove(0) })];
        int count = state.Length;
        Traced body = Traced.Of("scan", [.. types, .. slices], leaves =>
        {
            (Expr[] next, Expr[] results) = step(leaves[..count], leaves[count..]);
            SameTypes("scan", "the state before a step", types, "the state after it", [.. next.Select(leaf => leaf.Handle.Type)], paths);
            return [.. next, .. results];
        });
        Expr[] captured = [.. body.Captured];
        Expr[] all = Building.Apply(
            new Scan(body.Close(0, captured), captured.Length, count, steps, reverse), [.. captured, .. state, .. x]);
        return (all[..count], all[count..]);
    }

    /// <summary>A function of each slice along axis 0, one after the other; vmap does all at once.</summary>
    public static Expr Map(Func<Expr, Expr> f, Expr x) => Map(Leaves.Of(f), [x])[0];

    /// <summary>A function of each slice along axis 0 of tensors, one after the other; vmap does all at once.</summary>
    public static Expr[] Map(Func<Expr[], Expr[]> f, Expr[] x) => Scan((_, slices) => ([], f(slices)), [], x).Results;

    private static int Steps(Expr[] x, int? length)
    {
        if (length is < 0)
        {
            throw new ShapeException($"scan: {length} steps are asked for; give 0 or more.").Here();
        }

        int? steps = length;
        for (int i = 0; i < x.Length; i++)
        {
            if (x[i].Rank == 0)
            {
                throw new ShapeException($"scan: x {i} is {x[i].Type}; it has no axis 0 to go along. "
                    + "Give it to the body from outside.").Here();
            }

            int extent = x[i].Shape[0].Value;
            if (steps is { } known && known != extent)
            {
                throw new ShapeException($"scan: x {i} is {x[i].Type}, {extent} along axis 0, but there are {known} steps.").Here();
            }

            steps = extent;
        }

        return steps ?? throw new ShapeException("scan: no x says how many steps there are. Give the length.").Here();
    }
}
