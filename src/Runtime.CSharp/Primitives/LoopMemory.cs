using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Primitives;

/// <summary>What a loop of run-time length remembers for its linear part: a stack each for residuals and for the carries that are read.</summary>
/// <remarks>The step's parameters are (skipped, constants, carry); the skipped one, where there is one, is the loop's index.</remarks>
internal sealed class LoopMemory
{
    private readonly LinearizedBody body;
    private readonly int constants;
    private readonly int skipped;
    private readonly int[] carried;

    internal LoopMemory(LinearizedBody body, int constants, int skipped)
    {
        this.body = body;
        this.constants = constants;
        this.skipped = skipped;
        int firstCarry = skipped + constants;
        carried = [.. body.Forwarded.Indices.Where(i => i >= firstCarry)];
        Stacks = [.. carried.Select(i => body.Primal.Parameters[i].Type).Concat(body.Residuals).Select(type => new StackType(type))];
    }

    /// <summary>The stacks' types.</summary>
    internal ImmutableArray<StackType> Stacks { get; }

    /// <summary>The stacks after step k.</summary>
    internal IEnumerable<Value> Remember(
        ImmutableArray<Value> stacks, Value k, ImmutableArray<Value> parameters, IEnumerable<Value> residuals) =>
        carried.Select(i => parameters[i]).Concat(residuals).Select((value, i) => Ops.StackPut(stacks[i], k, value));

    /// <summary>The tangents of the active carries at the end: the linear steps, repeated as often as the primal ones.</summary>
    internal ImmutableArray<Value> Replay(
        Value count, IEnumerable<Value> stacks, ImmutableArray<Value> operands, IReadOnlyList<Value?> tangents, ParameterMask active, bool reverse)
    {
        int[] fixedReads = [.. body.Forwarded.Indices.Where(i => i >= skipped && i < skipped + constants)];
        Value[] directions = [.. BodyRules.Instantiate(active, tangents, operands)];
        int lead = active.Slice(0, skipped + constants).Ones;
        Value[] readings = [.. fixedReads.Select(i => operands[i]), .. stacks];
        Graph step = Graph.Of(
            [TensorType.Of(DType.I64), .. ValueTypes.Of(readings), .. ValueTypes.Of(directions)],
            x => Substitution.Inline(body.Linear, Arguments(x[0], [.. x.Skip(1)], fixedReads)));
        return Node.Make(
            new Repeat(step, readings.Length + lead, reverse), [count, .. readings, .. directions]).Results;
    }

    private List<Value> Arguments(Value k, ImmutableArray<Value> inner, int[] fixedReads)
    {
        List<Value> entries = [.. Stacks.Select((_, i) => Ops.StackGet(inner[fixedReads.Length + i], k))];
        var arguments = new List<Value>();
        int nextFixed = 0;
        int nextCarried = 0;
        foreach (int i in body.Forwarded.Indices)
        {
            arguments.Add(i < skipped ? k : i < skipped + constants ? inner[nextFixed++] : entries[nextCarried++]);
        }

        arguments.AddRange(entries.Skip(carried.Length));
        arguments.AddRange(inner.Skip(fixedReads.Length + Stacks.Length));
        return arguments;
    }
}
