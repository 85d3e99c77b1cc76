using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Primitives;

/// <summary>Runs a step while a condition holds: (constants, carry) → the carry at the end.</summary>
/// <remarks>
/// <para>Derivative: that of the steps that ran; the number of steps itself has none. The primal part counts its steps and remembers
/// residuals in stacks; the linear part is a <see cref="Repeat"/> of as many steps that reads them, so reverse mode runs through a
/// loop of unknown length.</para>
/// </remarks>
/// <param name="Condition">(constants, carry) → bool[].</param>
/// <param name="Step">(constants, carry) → carry, of the same types.</param>
/// <param name="Constants">How many operands are constants.</param>
public sealed partial record While(Body Condition, Body Step, int Constants) : BodyPrimitive
{
    /// <inheritdoc/>
    public override string Name => "while";

    /// <summary>One turn: how many there are is known when it runs.</summary>
    public override Cost Cost(ImmutableArray<ValueType> operands) =>
        (BodyCost.Of(Condition.Graph) + BodyCost.Of(Step.Graph)) with { HasOpenLoop = true };

    /// <inheritdoc/>
    public override bool MayUpdate(int operand) => operand >= Constants;

    /// <summary>A few steps of a random program, counted down in the carry.</summary>
    public static Sample Draw(SampleSource source)
    {
        TensorType type = new(source.Floating(), source.Shape(maxRank: 2));
        TensorType count = TensorType.Of(DType.I64);
        Body inner = source.Body([type, type], [type]);
        Graph condition = Graph.Of([type, count, type], x => [Ops.Greater(x[1], Ops.Index(0))]);
        Graph step = Graph.Of(
            [type, count, type], x => [Ops.Sub(x[1], Ops.Index(1)), Substitution.Inline(inner.Graph, [x[0], x[2]])[0]]);
        return new(
            new While(condition, step, 1),
            source.Real(type.DType, type.Shape, Domain.All),
            source.Integers(DType.I64, Shape.Scalar, 0, 3),
            source.Real(type.DType, type.Shape, Domain.All));
    }

    /// <inheritdoc/>
    public override ImmutableArray<ValueType> Infer(ImmutableArray<ValueType> operands)
    {
        CheckCounts(Constants >= 0 && Constants <= operands.Length);
        ImmutableArray<ValueType> carry = operands[Constants..];
        CheckBody("condition", Condition.Graph, operands, [TensorType.Of(DType.Bool)]);
        CheckBody("step", Step.Graph, operands, carry);
        return carry;
    }

    /// <inheritdoc/>
    public override Held[] Evaluate(ReadOnlySpan<Held> operands, EvaluationContext context)
    {
        var state = new LoopState(operands, Constants, operands.Length - Constants);
        while (Holds(state, context))
        {
            context.Cancellation.ThrowIfCancellationRequested();
            state.Advance(context.Run(Step.Graph, state.Give()));
        }

        return state.Carry;
    }

    private bool Holds(LoopState state, EvaluationContext context)
    {
        Held answer = context.Run(Condition.Graph, state.Lend())[0];
        bool holds = answer.Array.Item<bool>();
        context.Return(answer);
        return holds;
    }

    /// <inheritdoc/>
    public override Dual JvpWithPrimal(Node node, IReadOnlyList<Value?> tangents, RuleContext context)
    {
        int carries = node.Results.Length;
        (JvpBody body, ParameterMask active) = LoopStep.Jvp(Step.Graph, ParameterMask.Present(tangents), Constants, carries, context);
        Value[] directions = [.. BodyRules.Instantiate(active, tangents, node.Operands)];
        int constants = active.Slice(0, Constants).Ones;
        int all = node.Operands.Length;
        ImmutableArray<Value> p = body.Graph.Parameters;
        Graph step = LoopStep.Reordered(body.Graph, p[..Constants], p.Skip(all).Take(constants), p[Constants..all], p.Skip(all + constants));
        ImmutableArray<Value> c = Condition.Graph.Parameters;
        Graph condition = LoopStep.Reordered(
            Condition.Graph, c[..Constants], Fresh(directions[..constants]), c[Constants..], Fresh(directions[constants..]));
        Node both = Node.Make(
            new While(condition, step, Constants + constants),
            [.. node.Operands[..Constants], .. directions[..constants], .. node.Operands[Constants..], .. directions[constants..]]);
        return new(both.Results[..carries], active.Slice(Constants, carries).Spread(both.Results.Skip(carries)));
    }

    /// <inheritdoc/>
    public override Dual Linearize(Node node, IReadOnlyList<Value?> tangents, RuleContext context)
    {
        int carries = node.Results.Length;
        (LinearizedBody body, ParameterMask active) =
            LoopStep.Linearize(Step.Graph, ParameterMask.Present(tangents), Constants, carries, context);
        var memory = new LoopMemory(body, Constants, skipped: 0);
        TensorType count = TensorType.Of(DType.I64);
        Graph step = Graph.Of(
            [.. Step.Graph.ParameterTypes, count, .. memory.Stacks],
            x =>
            {
                Value k = x[node.Operands.Length];
                ImmutableArray<Value> parameters = [.. x.Take(node.Operands.Length)];
                ImmutableArray<Value> results = Substitution.Inline(body.Primal, parameters);
                return
                [
                    .. results.Take(carries),
                    Ops.Add(k, Ops.Index(1)),
                    .. memory.Remember([.. x.Skip(node.Operands.Length + 1)], k, parameters, results.Skip(carries)),
                ];
            });
        Graph condition = LoopStep.Reordered(
            Condition.Graph, Condition.Graph.Parameters, [Value.Parameter(count)], memory.Stacks.Select(type => Value.Parameter(type)));
        Node primal = Node.Make(
            new While(condition, step, Constants), [.. node.Operands, Ops.Index(0), .. memory.Stacks.Select(Ops.Zeros)]);
        ImmutableArray<Value> slopes = memory.Replay(
            primal.Results[carries], primal.Results.Skip(carries + 1), node.Operands, tangents, active, reverse: false);
        return new(primal.Results[..carries], active.Slice(Constants, carries).Spread(slopes));
    }

    /// <inheritdoc/>
    public override Batched[] Batch(Node node, IReadOnlyList<Batched> operands, Extent size, RuleContext context)
    {
        int carries = node.Results.Length;
        (BatchedBody body, ParameterMask mask) =
            LoopStep.Batch(Step.Graph, BodyRules.BatchMask(operands), Constants, carries, size, context);
        BatchedBody condition = context.Batch(Condition.Graph, mask, ParameterMask.None(1), size);
        if (condition.Batched.Any)
        {
            return Lanes.Batch(node, operands, size);
        }

        Node batch = Node.Make(new While(condition.Graph, body.Graph, Constants), BodyRules.Front(operands, mask, size));
        return BodyRules.Batched(batch.Results, mask.Slice(Constants, carries));
    }

    private static IEnumerable<Value> Fresh(IEnumerable<Value> values) => values.Select(value => Value.Parameter(value.Type));
}
