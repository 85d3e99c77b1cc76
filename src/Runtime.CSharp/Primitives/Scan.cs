using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Primitives;

/// <summary>Runs a step along the leading axis of its inputs: (constants, carry, xs) → (the carry at the end, ys).</summary>
/// <remarks>
/// <para>Shapes: every x has the leading extent <paramref name="Length"/>; the step takes its slices, and its further results are
/// stacked along a new leading axis. Without carries it is a map.</para>
/// <para>Derivative: that of the steps. The primal part stacks its residuals beside ys; the linear part is a scan that reads them.
/// Linear when its steps are; its transpose runs the transposed steps the other way.</para>
/// </remarks>
/// <param name="Step">(constants, carry, slices) → (carry, slices of ys).</param>
/// <param name="Constants">How many operands are constants.</param>
/// <param name="Carries">How many are carried.</param>
/// <param name="Length">The number of steps.</param>
/// <param name="Reverse">Runs from the last slice to the first; the stacked results keep their places.</param>
public sealed partial record Scan(Body Step, int Constants, int Carries, int Length, bool Reverse) : BodyPrimitive
{
    /// <inheritdoc/>
    public override string Name => "scan";

    /// <inheritdoc/>
    public override bool MayUpdate(int operand) => operand >= Constants && operand < Constants + Carries;

    private int FirstX => Constants + Carries;

    /// <summary>A scan of a random program.</summary>
    public static Sample Draw(SampleSource source)
    {
        TensorType type = new(source.Floating(), source.Shape(maxRank: 2));
        int length = source.Int(0, 3);
        Shape stacked = type.Shape.Insert(0, length);
        return new(
            new Scan(source.Body([type, type, type], [type, type]), 1, 1, length, source.Bool()),
            source.Real(type.DType, type.Shape, Domain.All),
            source.Real(type.DType, type.Shape, Domain.All),
            source.Real(type.DType, stacked, Domain.All));
    }

    /// <inheritdoc/>
    public override ImmutableArray<ValueType> Infer(ImmutableArray<ValueType> operands)
    {
        ImmutableArray<ValueType> results = Step.Graph.ResultTypes;
        CheckCounts(
            Constants >= 0 && Carries >= 0 && Length >= 0 && Constants <= operands.Length
            && Carries <= operands.Length - Constants && Carries <= results.Length);
        CheckBody("step", Step.Graph, operands.Take(FirstX).Concat(operands.Skip(FirstX).Select(Slice)));
        if (!results.Take(Carries).SequenceEqual(operands.Skip(Constants).Take(Carries)))
        {
            throw new TypeRuleException(
                $"{Name}: the step turns a carry of ({string.Join(", ", operands.Skip(Constants).Take(Carries))}) into " +
                $"({string.Join(", ", results.Take(Carries))}); the types must be the same.");
        }

        return [.. results.Take(Carries), .. results.Skip(Carries).Select(Stacked)];
    }

    /// <inheritdoc/>
    public override Held[] Evaluate(ReadOnlySpan<Held> operands, EvaluationContext context) =>
        new ScanRun(this, operands, context).Run();

    /// <inheritdoc/>
    public override Dual JvpWithPrimal(Node node, IReadOnlyList<Value?> tangents, RuleContext context)
    {
        (JvpBody body, ParameterMask active) = LoopStep.Jvp(Step.Graph, ParameterMask.Present(tangents), Constants, Carries, context);
        Value[] directions = [.. BodyRules.Instantiate(active, tangents, node.Operands)];
        int all = node.Operands.Length;
        int results = node.Results.Length;
        int constants = active.Slice(0, Constants).Ones;
        int carries = active.Slice(Constants, Carries).Ones;
        ImmutableArray<Value> p = body.Graph.Parameters;
        ImmutableArray<Value> d = p[all..];
        ImmutableArray<Value> y = body.Graph.Results;
        var step = new Graph(
            [
                .. p[..Constants], .. d[..constants],
                .. p[Constants..FirstX], .. d[constants..(constants + carries)],
                .. p[FirstX..all], .. d[(constants + carries)..],
            ],
            [.. y[..Carries], .. y.Skip(results).Take(carries), .. y[Carries..results], .. y.Skip(results + carries)]);
        Node both = Node.Make(
            new Scan(step, Constants + constants, Carries + carries, Length, Reverse),
            [
                .. node.Operands[..Constants], .. directions[..constants],
                .. node.Operands[Constants..FirstX], .. directions[constants..(constants + carries)],
                .. node.Operands[FirstX..], .. directions[(constants + carries)..],
            ]);
        int position = 0;
        ImmutableArray<Value> carry = both.Results.Cut(ref position, Carries);
        ImmutableArray<Value> carryTangents = both.Results.Cut(ref position, carries);
        ImmutableArray<Value> ys = both.Results.Cut(ref position, results - Carries);
        return new([.. carry, .. ys], body.Tangents.Spread(carryTangents.Concat(both.Results.Skip(position))));
    }

    /// <inheritdoc/>
    public override Dual Linearize(Node node, IReadOnlyList<Value?> tangents, RuleContext context)
    {
        (LinearizedBody body, ParameterMask active) =
            LoopStep.Linearize(Step.Graph, ParameterMask.Present(tangents), Constants, Carries, context);
        return new ScanSplit(this, node, body, active).Build(tangents);
    }

    /// <inheritdoc/>
    public override void Transpose(
        Node node, IReadOnlyList<Value?> cotangents, IReadOnlyList<Accumulator?> accumulators, RuleContext context)
    {
        ParameterMask linear = LoopStep.Stable(
            LoopStep.LinearAtStart(node, accumulators, Constants, Carries), Constants, Carries, mask => context.Reached(Step.Graph, mask));
        if (linear.Slice(Constants, Carries).Ones != Carries)
        {
            throw BodyRules.NotLinear(Name);
        }

        Accumulator[] constants = [.. accumulators.Take(Constants).OfType<Accumulator>()];
        ParameterMask given = ParameterMask.All(Carries).Concat(ParameterMask.Present(cotangents.Skip(Carries)));
        ParameterMask accumulated = ParameterMask.All(constants.Length).Concat(ParameterMask.None(linear.Ones - constants.Length));
        Graph body = context.Transpose(Step.Graph, linear, given, accumulated).Graph;

        // The transposed body takes (fixed constants, fixed slices, cotangents of carry and ys, gathered).
        int position = 0;
        ImmutableArray<Value> fixedConstants = body.Parameters.Cut(ref position, Constants - constants.Length);
        ImmutableArray<Value> fixedSlices = body.Parameters.Cut(ref position, linear.Skip(FirstX).Count(flag => !flag));
        ImmutableArray<Value> carry = body.Parameters.Cut(ref position, Carries);
        ImmutableArray<Value> slices = body.Parameters.Cut(ref position, given.Ones - Carries);
        ImmutableArray<Value> gathered = body.Parameters.Cut(ref position, constants.Length);
        var step = new Graph(
            [.. fixedConstants, .. carry, .. gathered, .. fixedSlices, .. slices],
            [
                .. body.Results.Skip(constants.Length).Take(Carries),
                .. body.Results.Take(constants.Length),
                .. body.Results.Skip(constants.Length + Carries),
            ]);
        Node adjoint = Node.Make(
            new Scan(step, fixedConstants.Length, Carries + constants.Length, Length, !Reverse),
            [
                .. node.Operands.Take(Constants).Where((_, i) => !linear[i]),
                .. cotangents.Take(Carries).Select((cotangent, i) => cotangent ?? Ops.ZerosLike(node.Results[i])),
                .. constants.Select(into => into.Take()),
                .. node.Operands.Skip(FirstX).Where((_, i) => !linear[FirstX + i]),
                .. cotangents.Skip(Carries).OfType<Value>(),
            ]);
        Deliver(adjoint, accumulators, constants);
    }

    /// <inheritdoc/>
    public override Batched[] Batch(Node node, IReadOnlyList<Batched> operands, Extent size, RuleContext context)
    {
        (BatchedBody body, ParameterMask mask) =
            LoopStep.Batch(Step.Graph, BodyRules.BatchMask(operands), Constants, Carries, size, context);
        Node batch = Node.Make(
            new Scan(body.Graph, Constants, Carries, Length, Reverse),
            [.. operands.Select((operand, i) => i < FirstX ? Lanes.Front(operand, size, mask[i])
                : operand.IsBatched ? Ops.MoveAxis(operand.Value, operand.Axis, 1) : operand.Value)]);
        return [.. batch.Results.Select((y, i) => new Batched(y, !body.Batched[i] ? -1 : i < Carries ? 0 : 1))];
    }

    /// <inheritdoc/>
    public override Cost Cost(ImmutableArray<ValueType> operands) => Length * BodyCost.Of(Step.Graph);

    /// <summary>The type of one slice.</summary>
    private ValueType Slice(ValueType x) =>
        x is TensorType { Rank: > 0 } type && type.Shape[0].Equals(new Extent(Length))
            ? type with { Shape = type.Shape.Remove(0) }
            : throw new TypeRuleException($"{Name}: an input has the leading extent {Length}; {x} has not.");

    private ValueType Stacked(ValueType slice) => slice is TensorType type
        ? type with { Shape = type.Shape.Insert(0, Length) }
        : throw new TypeRuleException($"{Name}: a step gives slices of tensors, not {slice}. Carry a stack instead.");

    private void Deliver(Node adjoint, IReadOnlyList<Accumulator?> accumulators, Accumulator[] constants)
    {
        for (int i = 0; i < Carries; i++)
        {
            accumulators[Constants + i]?.Add(adjoint.Results[i]);
        }

        for (int i = 0; i < constants.Length; i++)
        {
            constants[i].Add(adjoint.Results[Carries + i]);
        }

        int next = Carries + constants.Length;
        foreach (Accumulator into in accumulators.Skip(FirstX).OfType<Accumulator>())
        {
            into.Add(adjoint.Results[next++]);
        }
    }
}
