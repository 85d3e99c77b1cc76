using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Primitives;

/// <summary>A primitive that runs one of several bodies; operand 0 chooses, the others are every body's arguments.</summary>
/// <remarks>
/// Derivative: that of the branch that runs; the choice itself has none. The linear part is a branch too, so that a branch that is not
/// taken is not run, and adds exactly zero.
/// </remarks>
public abstract record BranchPrimitive : BodyPrimitive
{
    /// <summary>The bodies.</summary>
    private protected abstract Bodies Alternatives { get; }

    /// <inheritdoc/>
    public sealed override bool MayUpdate(int operand) => operand > 0;

    /// <inheritdoc/>
    public sealed override ImmutableArray<ValueType> Infer(ImmutableArray<ValueType> operands)
    {
        if (operands.Length == 0 || Alternatives.Count == 0)
        {
            throw new TypeRuleException($"{Name}: takes a choice and at least one branch.");
        }

        CheckChoice(operands[0]);
        ImmutableArray<ValueType> results = Alternatives[0].Graph.ResultTypes;
        for (int i = 0; i < Alternatives.Count; i++)
        {
            CheckBody($"branch {i}", Alternatives[i].Graph, operands.Skip(1), results);
        }

        return results;
    }

    /// <inheritdoc/>
    public sealed override Held[] Evaluate(ReadOnlySpan<Held> operands, EvaluationContext context) =>
        context.Run(Alternatives[Chosen(operands[0].Array)].Graph, operands[1..]);

    /// <inheritdoc/>
    public sealed override Dual JvpWithPrimal(Node node, IReadOnlyList<Value?> tangents, RuleContext context)
    {
        int count = node.Results.Length;
        Value?[] arguments = [.. tangents.Skip(1)];
        ParameterMask active = ParameterMask.Present(arguments);
        ParameterMask required = Union(ParameterMask.None(count), (graph, none) => context.Jvp(graph, active, none).Tangents);
        Node both = Node.Make(
            With(new Bodies(Alternatives.Select(body => (Body)context.Jvp(body.Graph, active, required).Graph))),
            [.. node.Operands, .. arguments.OfType<Value>()]);
        return new(both.Results[..count], required.Spread(both.Results.Skip(count)));
    }

    /// <inheritdoc/>
    public sealed override Dual Linearize(Node node, IReadOnlyList<Value?> tangents, RuleContext context)
    {
        int count = node.Results.Length;
        Value?[] arguments = [.. tangents.Skip(1)];
        ParameterMask active = ParameterMask.Present(arguments);
        ParameterMask required = Union(ParameterMask.None(count), (graph, none) => context.Linearize(graph, active, none).Tangents);
        LinearizedBody[] splits = [.. Alternatives.Select(body => context.Linearize(body.Graph, active, required))];
        var slots = new ResidualSlots(splits.Select(split => split.Residuals));
        var forwarded = new ParameterMask(active.Select((_, i) => splits.Any(split => split.Forwarded[i])));
        Node primal = Node.Make(With(new Bodies(splits.Select((split, k) => slots.Primal(k, split.Primal, count)))), node.Operands);
        Node linear = Node.Make(
            With(new Bodies(splits.Select((split, k) => slots.Linear(k, split, forwarded, Alternatives[k].Graph)))),
            [node.Operands[0], .. forwarded.Choose(node.Operands.Skip(1)), .. primal.Results.Skip(count), .. arguments.OfType<Value>()]);
        return new(primal.Results[..count], required.Spread(linear.Results));
    }

    /// <inheritdoc/>
    public sealed override void Transpose(
        Node node, IReadOnlyList<Value?> cotangents, IReadOnlyList<Accumulator?> accumulators, RuleContext context)
    {
        ParameterMask linear = ParameterMask.Present(accumulators.Skip(1));
        ParameterMask given = ParameterMask.Present(cotangents);
        Accumulator[] into = [.. accumulators.OfType<Accumulator>()];
        ParameterMask accumulated = BodyRules.Accumulated(into);
        TransposedBody[] bodies = [.. Alternatives.Select(body => context.Transpose(body.Graph, linear, given, accumulated))];
        Node adjoint = Node.Make(
            With(new Bodies(bodies.Select(body => (Body)body.Graph))),
            [
                node.Operands[0],
                .. node.Operands.Skip(1).Where((_, i) => !linear[i]),
                .. cotangents.OfType<Value>(),
                .. accumulated.Choose(into).Select(accumulator => accumulator.Take()),
            ]);
        ParameterMask nonZero = bodies.Select(body => body.NonZero).Aggregate((left, right) => left.Or(right));
        BodyRules.Deliver(into, adjoint.Results, nonZero, accumulated);
    }

    /// <inheritdoc/>
    public sealed override Batched[] Batch(Node node, IReadOnlyList<Batched> operands, Extent size, RuleContext context)
    {
        if (operands[0].IsBatched)
        {
            return Lanes.Batch(node, operands, size);
        }

        ParameterMask mask = BodyRules.BatchMask(operands);
        ParameterMask arguments = mask.Slice(1, mask.Count - 1);
        ParameterMask required = Union(
            ParameterMask.None(node.Results.Length), (graph, none) => context.Batch(graph, arguments, none, size).Batched);
        Node batch = Node.Make(
            With(new Bodies(Alternatives.Select(body => (Body)context.Batch(body.Graph, arguments, required, size).Graph))),
            BodyRules.Front(operands, mask, size));
        return BodyRules.Batched(batch.Results, required);
    }

    /// <inheritdoc/>
    public sealed override Cost Cost(ImmutableArray<ValueType> operands) =>
        Alternatives.Select(body => BodyCost.Of(body.Graph)).MaxBy(cost => cost.Operations);

    /// <summary>Throws unless the choice is of the right type.</summary>
    protected abstract void CheckChoice(ValueType choice);

    /// <summary>Which body runs.</summary>
    protected abstract int Chosen(NDArray choice);

    /// <summary>The same primitive over other bodies.</summary>
    protected abstract Primitive With(Bodies bodies);

    private ParameterMask Union(ParameterMask none, Func<Graph, ParameterMask, ParameterMask> mask) =>
        Alternatives.Aggregate(none, (sum, body) => sum.Or(mask(body.Graph, none)));
}
