using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Primitives;

/// <summary>A primitive that runs one body on its operands.</summary>
public abstract record CallPrimitive : BodyPrimitive
{
    /// <summary>The body.</summary>
    private protected abstract Body Inner { get; }

    /// <inheritdoc/>
    public sealed override bool MayUpdate(int operand) => true;

    /// <inheritdoc/>
    public sealed override ImmutableArray<ValueType> Infer(ImmutableArray<ValueType> operands)
    {
        CheckBody("body", Inner.Graph, operands);
        return Inner.Graph.ResultTypes;
    }

    /// <inheritdoc/>
    public sealed override Held[] Evaluate(ReadOnlySpan<Held> operands, EvaluationContext context) => context.Run(Inner.Graph, operands);

    /// <inheritdoc/>
    public sealed override Dual JvpWithPrimal(Node node, IReadOnlyList<Value?> tangents, RuleContext context)
    {
        int count = node.Results.Length;
        JvpBody body = context.Jvp(Inner.Graph, ParameterMask.Present(tangents), ParameterMask.None(count));
        Node both = Node.Make(With(body.Graph), [.. node.Operands, .. tangents.OfType<Value>()]);
        return new(both.Results[..count], body.Tangents.Spread(both.Results.Skip(count)));
    }

    /// <inheritdoc/>
    public override Dual Linearize(Node node, IReadOnlyList<Value?> tangents, RuleContext context)
    {
        ParameterMask active = ParameterMask.Present(tangents);
        LinearizedBody split = context.Linearize(Inner.Graph, active, ParameterMask.None(node.Results.Length));
        Node primal = Node.Make(With(split.Primal), node.Operands);
        int count = node.Results.Length;
        Node linear = Node.Make(
            With(split.Linear),
            BodyRules.LinearArguments(split, node.Operands, primal.Results.Skip(count), tangents.OfType<Value>()));
        return new(primal.Results[..count], split.Tangents.Spread(linear.Results));
    }

    /// <inheritdoc/>
    public sealed override void Transpose(
        Node node, IReadOnlyList<Value?> cotangents, IReadOnlyList<Accumulator?> accumulators, RuleContext context)
    {
        ParameterMask linear = ParameterMask.Present(accumulators);
        Accumulator[] into = [.. accumulators.OfType<Accumulator>()];
        ParameterMask accumulated = BodyRules.Accumulated(into);
        TransposedBody body = context.Transpose(Inner.Graph, linear, ParameterMask.Present(cotangents), accumulated);
        Node adjoint = Node.Make(
            With(body.Graph),
            [
                .. node.Operands.Where((_, i) => !linear[i]),
                .. cotangents.OfType<Value>(),
                .. accumulated.Choose(into).Select(accumulator => accumulator.Take()),
            ]);
        BodyRules.Deliver(into, adjoint.Results, body.NonZero, accumulated);
    }

    /// <inheritdoc/>
    public sealed override Batched[] Batch(Node node, IReadOnlyList<Batched> operands, Extent size, RuleContext context)
    {
        ParameterMask mask = BodyRules.BatchMask(operands);
        BatchedBody body = context.Batch(Inner.Graph, mask, ParameterMask.None(node.Results.Length), size);
        Node batch = Node.Make(With(body.Graph), BodyRules.Front(operands, mask, size));
        return BodyRules.Batched(batch.Results, body.Batched);
    }

    /// <inheritdoc/>
    public sealed override Cost Cost(ImmutableArray<ValueType> operands) => BodyCost.Of(Inner.Graph);

    /// <summary>The same primitive over another body.</summary>
    protected abstract Primitive With(Graph body);
}
