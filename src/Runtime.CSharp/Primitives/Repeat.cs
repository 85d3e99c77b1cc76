using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Primitives;

/// <summary>Runs a step n times: (n i64[], constants, carry) → the carry at the end; n below 1 runs none.</summary>
/// <remarks>Derivative: that of the steps. Linear when its steps are; its transpose runs the transposed steps the other way.</remarks>
/// <param name="Step">(k i64[], constants, carry) → carry, of the same types; k is 0 … n − 1.</param>
/// <param name="Constants">How many operands, after n, are constants.</param>
/// <param name="Reverse">Runs k from n − 1 down to 0.</param>
public sealed partial record Repeat(Body Step, int Constants, bool Reverse) : BodyPrimitive
{
    /// <inheritdoc/>
    public override string Name => "repeat";

    /// <summary>One step: how many there are is known when it runs.</summary>
    public override Cost Cost(ImmutableArray<ValueType> operands) => BodyCost.Of(Step.Graph) with { HasOpenLoop = true };

    /// <inheritdoc/>
    public override bool MayUpdate(int operand) => operand >= FirstCarry;

    private int FirstCarry => 1 + Constants;

    /// <summary>A few steps of a random program.</summary>
    public static Sample Draw(SampleSource source)
    {
        TensorType type = new(source.Floating(), source.Shape(maxRank: 2));
        Body inner = source.Body([type, type], [type]);
        Graph step = Graph.Of([TensorType.Of(DType.I64), type, type], x => Substitution.Inline(inner.Graph, [x[1], x[2]]));
        return new(
            new Repeat(step, 1, source.Bool()),
            source.Integers(DType.I64, Shape.Scalar, 0, 3),
            source.Real(type.DType, type.Shape, Domain.All),
            source.Real(type.DType, type.Shape, Domain.All));
    }

    /// <inheritdoc/>
    public override ImmutableArray<ValueType> Infer(ImmutableArray<ValueType> operands)
    {
        CheckCounts(Constants >= 0 && Constants < operands.Length);
        if (!operands[0].Equals(TensorType.Of(DType.I64)))
        {
            throw new TypeRuleException($"{Name}: the number of steps is i64[], not {operands[0]}.");
        }

        ImmutableArray<ValueType> carry = operands[FirstCarry..];
        CheckBody("step", Step.Graph, operands, carry);
        return carry;
    }

    /// <inheritdoc/>
    public override Held[] Evaluate(ReadOnlySpan<Held> operands, EvaluationContext context)
    {
        long n = operands[0].Array.Item<long>();
        var state = new LoopState(operands, FirstCarry, operands.Length - FirstCarry);
        for (long i = 0; i < n; i++)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            state.Set(0, Held.New(NDArray.Scalar(Reverse ? n - 1 - i : i)));
            state.Advance(context.Run(Step.Graph, state.Give()));
        }

        return state.Carry;
    }

    /// <inheritdoc/>
    public override Dual JvpWithPrimal(Node node, IReadOnlyList<Value?> tangents, RuleContext context)
    {
        int carries = node.Results.Length;
        (JvpBody body, ParameterMask active) = LoopStep.Jvp(Step.Graph, ParameterMask.Present(tangents), FirstCarry, carries, context);
        Value[] directions = [.. BodyRules.Instantiate(active, tangents, node.Operands)];
        int constants = active.Slice(0, FirstCarry).Ones;
        int all = node.Operands.Length;
        ImmutableArray<Value> p = body.Graph.Parameters;
        Graph step = LoopStep.Reordered(
            body.Graph, p[..FirstCarry], p.Skip(all).Take(constants), p[FirstCarry..all], p.Skip(all + constants));
        Node both = Node.Make(
            new Repeat(step, Constants + constants, Reverse),
            [.. node.Operands[..FirstCarry], .. directions[..constants], .. node.Operands[FirstCarry..], .. directions[constants..]]);
        return new(both.Results[..carries], active.Slice(FirstCarry, carries).Spread(both.Results.Skip(carries)));
    }

    /// <inheritdoc/>
    public override Dual Linearize(Node node, IReadOnlyList<Value?> tangents, RuleContext context)
    {
        int carries = node.Results.Length;
        int all = node.Operands.Length;
        (LinearizedBody body, ParameterMask active) =
            LoopStep.Linearize(Step.Graph, ParameterMask.Present(tangents), FirstCarry, carries, context);
        var memory = new LoopMemory(body, Constants, skipped: 1);
        Graph step = Graph.Of(
            [.. Step.Graph.ParameterTypes, .. memory.Stacks],
            x =>
            {
                ImmutableArray<Value> parameters = [.. x.Take(all)];
                ImmutableArray<Value> results = Substitution.Inline(body.Primal, parameters);
                return
                [
                    .. results.Take(carries),
                    .. memory.Remember([.. x.Skip(all)], x[0], parameters, results.Skip(carries)),
                ];
            });
        Node primal = Node.Make(
            new Repeat(step, Constants, Reverse), [.. node.Operands, .. memory.Stacks.Select(Ops.Zeros)]);
        ImmutableArray<Value> slopes = memory.Replay(
            node.Operands[0], primal.Results.Skip(carries), node.Operands, tangents, active, Reverse);
        return new(primal.Results[..carries], active.Slice(FirstCarry, carries).Spread(slopes));
    }

    /// <inheritdoc/>
    public override void Transpose(
        Node node, IReadOnlyList<Value?> cotangents, IReadOnlyList<Accumulator?> accumulators, RuleContext context)
    {
        int carries = node.Results.Length;
        ParameterMask linear = LoopStep.Stable(
            LoopStep.LinearAtStart(node, accumulators, FirstCarry, carries), FirstCarry, carries, mask => context.Reached(Step.Graph, mask));
        if (linear.Slice(FirstCarry, carries).Ones != carries)
        {
            throw BodyRules.NotLinear(Name);
        }

        Accumulator[] constants = [.. accumulators.Take(FirstCarry).OfType<Accumulator>()];
        ParameterMask accumulated = ParameterMask.All(constants.Length).Concat(ParameterMask.None(carries));
        Graph body = context.Transpose(Step.Graph, linear, ParameterMask.All(carries), accumulated).Graph;

        // The transposed step takes (k, fixed constants, carry's cotangents, gathered) and gives (gathered, carry's cotangents).
        var step = new Graph(body.Parameters, [.. body.Results.Skip(constants.Length), .. body.Results.Take(constants.Length)]);
        Node adjoint = Node.Make(
            new Repeat(step, Constants - constants.Length, !Reverse),
            [
                .. node.Operands.Take(FirstCarry).Where((_, i) => !linear[i]),
                .. cotangents.Select((cotangent, i) => cotangent ?? Ops.ZerosLike(node.Results[i])),
                .. constants.Select(into => into.Take()),
            ]);
        for (int i = 0; i < carries; i++)
        {
            accumulators[FirstCarry + i]?.Add(adjoint.Results[i]);
        }

        for (int i = 0; i < constants.Length; i++)
        {
            constants[i].Add(adjoint.Results[carries + i]);
        }
    }

    /// <inheritdoc/>
    public override Batched[] Batch(Node node, IReadOnlyList<Batched> operands, Extent size, RuleContext context)
    {
        if (operands[0].IsBatched)
        {
            return Lanes.Batch(node, operands, size);
        }

        int carries = node.Results.Length;
        (BatchedBody body, ParameterMask mask) =
            LoopStep.Batch(Step.Graph, BodyRules.BatchMask(operands), FirstCarry, carries, size, context);
        Node batch = Node.Make(new Repeat(body.Graph, Constants, Reverse), BodyRules.Front(operands, mask, size));
        return BodyRules.Batched(batch.Results, mask.Slice(FirstCarry, carries));
    }
}
