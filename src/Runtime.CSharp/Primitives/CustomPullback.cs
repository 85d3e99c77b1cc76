using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Primitives;

/// <summary>The linear map whose transpose a user has given: (residuals, dx) → dy, where (residuals, ȳ) → x̄ is the user's pullback.</summary>
/// <remarks>
/// Run forward it is the transpose of the pullback, which must then be linear; transposed, it is the pullback itself, so a pullback that
/// clips or scales its cotangent works in reverse mode.
/// </remarks>
/// <param name="Pullback">(residuals, ȳ) → x̄.</param>
/// <param name="Pushforward">(residuals, dx) → dy, or none where the pullback is not linear in ȳ.</param>
/// <param name="Residuals">How many operands are residuals.</param>
public sealed partial record CustomPullback(Body Pullback, Bodies Pushforward, int Residuals) : BodyPrimitive
{
    /// <inheritdoc/>
    public override string Name => "custom_pullback";

    private Graph Forward => Pushforward.Count == 1 ? Pushforward[0].Graph : throw new DerivativeException(
        "custom_vjp: the backward rule is not linear in the cotangent, so it has no forward mode. Give a JVP rule too.");

    /// <summary>The pullback of a product.</summary>
    public static Sample Draw(SampleSource source)
    {
        TensorType type = new(source.Floating(), source.Shape(maxRank: 2));
        Graph product = Graph.Of([type, type], x => [Ops.Mul(x[0], x[1])]);
        return new(
            new CustomPullback(product, new Bodies(product), 1),
            source.Real(type.DType, type.Shape, Domain.All),
            source.Real(type.DType, type.Shape, Domain.All));
    }

    /// <inheritdoc/>
    public override ImmutableArray<ValueType> Infer(ImmutableArray<ValueType> operands)
    {
        CheckCounts(Residuals >= 0 && Residuals <= operands.Length && Residuals <= Pullback.Graph.Parameters.Length);
        ImmutableArray<ValueType> cotangents = Pullback.Graph.ParameterTypes;
        CheckBody("pullback", Pullback.Graph, [.. operands[..Residuals], .. cotangents[Residuals..]], operands[Residuals..]);
        foreach (Body forward in Pushforward)
        {
            CheckBody("pushforward", forward.Graph, operands, cotangents[Residuals..]);
        }

        return cotangents[Residuals..];
    }

    /// <inheritdoc/>
    public override Held[] Evaluate(ReadOnlySpan<Held> operands, EvaluationContext context) => context.Run(Forward, operands);

    /// <inheritdoc/>
    public override Dual JvpWithPrimal(Node node, IReadOnlyList<Value?> tangents, RuleContext context) =>
        new Call(Forward).JvpWithPrimal(node, tangents, context);

    /// <inheritdoc/>
    public override Dual Linearize(Node node, IReadOnlyList<Value?> tangents, RuleContext context) =>
        new Call(Forward).Linearize(node, tangents, context);

    /// <inheritdoc/>
    public override void Transpose(
        Node node, IReadOnlyList<Value?> cotangents, IReadOnlyList<Accumulator?> accumulators, RuleContext context)
    {
        if (accumulators.Take(Residuals).Any(into => into is not null))
        {
            throw new DerivativeException($"{Name}: not linear in its residuals.");
        }

        ImmutableArray<Value> back = Ops.Call(
            Pullback.Graph,
            [.. node.Operands[..Residuals], .. cotangents.Select((cotangent, i) => cotangent ?? Ops.ZerosLike(node.Results[i]))]);
        for (int i = Residuals; i < accumulators.Count; i++)
        {
            accumulators[i]?.Add(back[i - Residuals]);
        }
    }

    /// <inheritdoc/>
    public override Batched[] Batch(Node node, IReadOnlyList<Batched> operands, Extent size, RuleContext context)
    {
        Body Whole(Body body) => context.Batch(
            body.Graph, ParameterMask.All(body.Graph.Parameters.Length), ParameterMask.All(body.Graph.Results.Length), size).Graph;
        var batch = new CustomPullback(Whole(Pullback), new Bodies(Pushforward.Select(Whole)), Residuals);
        ImmutableArray<Value> results = Node.Make(batch, BodyRules.Front(operands, ParameterMask.All(operands.Count), size)).Results;
        return BodyRules.Batched(results, ParameterMask.All(results.Length));
    }

    /// <summary>The linear map of a pullback; without a forward direction where the pullback is not linear.</summary>
    internal static CustomPullback Of(Graph pullback, int residuals, RuleContext context)
    {
        int cotangents = pullback.Parameters.Length - residuals;
        ParameterMask linear = ParameterMask.None(residuals).Concat(ParameterMask.All(cotangents));
        try
        {
            Graph forward = context.Transpose(
                pullback, linear, ParameterMask.All(pullback.Results.Length), ParameterMask.None(cotangents)).Graph;
            return new(pullback, new Bodies(forward), residuals);
        }
        catch (DerivativeException)
        {
            return new(pullback, new Bodies(), residuals);
        }
    }
}
