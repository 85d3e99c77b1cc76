using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Primitives;

/// <summary>Solves f(constants, x) = 0 from a guess: (constants, guess) → x. The solver is the user's and is not differentiated.</summary>
/// <remarks>
/// Derivative: (∂f/∂x) dx = −(∂f/∂constants) dconstants at the root, by the user's tangent solver (the implicit function theorem;
/// Blondel et al. 2022). The guess has none.
/// </remarks>
/// <param name="Function">f: (constants, x) → residual, of x's types.</param>
/// <param name="Solve">(constants, guess) → x.</param>
/// <param name="TangentSolve">(constants, x, y) → v with (∂f/∂x) v = y, linear in y.</param>
/// <param name="Constants">How many operands are constants.</param>
public sealed partial record CustomRoot(Body Function, Body Solve, Body TangentSolve, int Constants) : BodyPrimitive
{
    /// <inheritdoc/>
    public override string Name => "custom_root";

    /// <summary>A reciprocal: c x = 1.</summary>
    public static Sample Draw(SampleSource source)
    {
        TensorType type = new(source.Floating(), source.Shape(maxRank: 2));
        Graph function = Graph.Of([type, type], x => [Ops.Sub(Ops.Mul(x[0], x[1]), Ops.OnesLike(x[0]))]);
        Graph solve = Graph.Of([type, type], x => [Ops.Div(Ops.OnesLike(x[0]), x[0])]);
        Graph tangent = Graph.Of([type, type, type], x => [Ops.Div(x[2], x[0])]);
        return new(
            new CustomRoot(function, solve, tangent, 1),
            source.Real(type.DType, type.Shape, Domain.Positive),
            source.Real(type.DType, type.Shape, Domain.Positive));
    }

    /// <inheritdoc/>
    public override ImmutableArray<ValueType> Infer(ImmutableArray<ValueType> operands)
    {
        CheckCounts(Constants >= 0 && Constants <= operands.Length);
        ImmutableArray<ValueType> root = operands[Constants..];
        CheckBody("function", Function.Graph, operands, root);
        CheckBody("solver", Solve.Graph, operands, root);
        CheckBody("tangent solver", TangentSolve.Graph, [.. operands, .. root], root);
        return root;
    }

    /// <inheritdoc/>
    public override Held[] Evaluate(ReadOnlySpan<Held> operands, EvaluationContext context) => context.Run(Solve.Graph, operands);

    /// <inheritdoc/>
    public override Dual JvpWithPrimal(Node node, IReadOnlyList<Value?> tangents, RuleContext context) =>
        Linearize(node, tangents, context);

    /// <inheritdoc/>
    public override Dual Linearize(Node node, IReadOnlyList<Value?> tangents, RuleContext context)
    {
        ImmutableArray<Value> constants = node.Operands[..Constants];
        Value?[] change = ImplicitRules.Along(Function.Graph, constants, node.Results, tangents, context);
        if (Array.TrueForAll(change, slope => slope is null))
        {
            return new(node.Results, new Value?[node.Results.Length]);
        }

        ImmutableArray<Value> solved = Ops.Call(
            TangentSolve.Graph,
            [.. constants, .. node.Results, .. change.Select((slope, i) => slope is null ? Ops.ZerosLike(node.Results[i]) : Ops.Neg(slope))]);
        return new(node.Results, [.. solved.Select(dx => dx.Type.HasTangent ? dx : null)]);
    }

    /// <inheritdoc/>
    public override Batched[] Batch(Node node, IReadOnlyList<Batched> operands, Extent size, RuleContext context)
    {
        ParameterMask root = ParameterMask.All(node.Results.Length);
        ParameterMask mask = BodyRules.BatchMask(operands).Slice(0, Constants).Concat(root);
        Body Whole(Body body, ParameterMask batched) => context.Batch(body.Graph, batched, root, size).Graph;
        var batch = new CustomRoot(Whole(Function, mask), Whole(Solve, mask), Whole(TangentSolve, mask.Concat(root)), Constants);
        return BodyRules.Batched(Node.Make(batch, BodyRules.Front(operands, mask, size)).Results, root);
    }

    /// <inheritdoc/>
    public override Cost Cost(ImmutableArray<ValueType> operands) => BodyCost.Of(Solve.Graph);
}
