using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Primitives;

/// <summary>Solves A x = b for a linear map A given as a body: (constants, b) → x. The solver is the user's and is not differentiated.</summary>
/// <remarks>
/// <para>Derivative: A dx = db − dA x, by the same solver; linear in b, and the transpose solves Aᵀ b̄ = x̄ (Giles 2008, sec. 2.3.1).</para>
/// </remarks>
/// <param name="Apply">(constants, x) → A x, linear in x.</param>
/// <param name="Solve">(constants, b) → x.</param>
/// <param name="TransposeSolve">(constants, x̄) → b̄ with Aᵀ b̄ = x̄.</param>
/// <param name="Constants">How many operands are constants.</param>
public sealed partial record CustomLinearSolve(Body Apply, Body Solve, Body TransposeSolve, int Constants) : BodyPrimitive
{
    /// <inheritdoc/>
    public override string Name => "custom_linear_solve";

    /// <summary>Division by a diagonal.</summary>
    public static Sample Draw(SampleSource source)
    {
        TensorType type = new(source.Floating(), source.Shape(maxRank: 2));
        Graph apply = Graph.Of([type, type], x => [Ops.Mul(x[0], x[1])]);
        Graph solve = Graph.Of([type, type], x => [Ops.Div(x[1], x[0])]);
        return new(
            new CustomLinearSolve(apply, solve, solve, 1),
            source.Real(type.DType, type.Shape, Domain.Positive),
            source.Real(type.DType, type.Shape, Domain.All));
    }

    /// <inheritdoc/>
    public override ImmutableArray<ValueType> Infer(ImmutableArray<ValueType> operands)
    {
        CheckCounts(Constants >= 0 && Constants <= operands.Length);
        ImmutableArray<ValueType> vector = operands[Constants..];
        if (vector.Any(type => !type.HasTangent))
        {
            throw new TypeRuleException($"{Name}: solves for floating or complex values, not ({string.Join(", ", vector)}).");
        }

        CheckBody("linear map", Apply.Graph, operands, vector);
        CheckBody("solver", Solve.Graph, operands, vector);
        CheckBody("transposed solver", TransposeSolve.Graph, operands, vector);
        return vector;
    }

    /// <inheritdoc/>
    public override Held[] Evaluate(ReadOnlySpan<Held> operands, EvaluationContext context) => context.Run(Solve.Graph, operands);

    /// <inheritdoc/>
    public override Dual JvpWithPrimal(Node node, IReadOnlyList<Value?> tangents, RuleContext context) =>
        Linearize(node, tangents, context);

    /// <inheritdoc/>
    public override Dual Linearize(Node node, IReadOnlyList<Value?> tangents, RuleContext context)
    {
        Value?[] right = [.. tangents.Skip(Constants)];
        ImmutableArray<Value> constants = node.Operands[..Constants];
        Value?[] change = ImplicitRules.Along(Apply.Graph, constants, node.Results, tangents, context);
        for (int i = 0; i < right.Length; i++)
        {
            right[i] = change[i] is not { } slope ? right[i] : right[i] is { } db ? Ops.Sub(db, slope) : Ops.Neg(slope);
        }

        if (Array.TrueForAll(right, value => value is null))
        {
            return new(node.Results, right);
        }

        Node tangent = Node.Make(
            this, [.. constants, .. right.Select((value, i) => value ?? Ops.ZerosLike(node.Results[i]))]);
        return new(node.Results, [.. tangent.Results]);
    }

    /// <inheritdoc/>
    public override void Transpose(
        Node node, IReadOnlyList<Value?> cotangents, IReadOnlyList<Accumulator?> accumulators, RuleContext context)
    {
        if (accumulators.Take(Constants).Any(into => into is not null))
        {
            throw new DerivativeException($"{Name}: not linear in its constants.");
        }

        int count = node.Results.Length;
        ParameterMask linear = ParameterMask.None(Constants).Concat(ParameterMask.All(count));
        Graph adjoint = context.Transpose(Apply.Graph, linear, ParameterMask.All(count), ParameterMask.None(count)).Graph;
        Node solved = Node.Make(
            new CustomLinearSolve(adjoint, TransposeSolve, Solve, Constants),
            [.. node.Operands[..Constants], .. cotangents.Select((cotangent, i) => cotangent ?? Ops.ZerosLike(node.Results[i]))]);
        for (int i = 0; i < count; i++)
        {
            accumulators[Constants + i]?.Add(solved.Results[i]);
        }
    }

    /// <inheritdoc/>
    public override Batched[] Batch(Node node, IReadOnlyList<Batched> operands, Extent size, RuleContext context)
    {
        int count = node.Results.Length;
        ParameterMask mask = BodyRules.BatchMask(operands).Slice(0, Constants).Concat(ParameterMask.All(count));
        Body Whole(Body body) => context.Batch(body.Graph, mask, ParameterMask.All(count), size).Graph;
        var batch = new CustomLinearSolve(Whole(Apply), Whole(Solve), Whole(TransposeSolve), Constants);
        return BodyRules.Batched(Node.Make(batch, BodyRules.Front(operands, mask, size)).Results, ParameterMask.All(count));
    }

    /// <inheritdoc/>
    public override Cost Cost(ImmutableArray<ValueType> operands) => BodyCost.Of(Solve.Graph);
}
