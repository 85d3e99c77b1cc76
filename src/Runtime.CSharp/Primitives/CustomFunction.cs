using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Primitives;

/// <summary>A function with rules of its own: x → f(x).</summary>
/// <remarks>
/// <para>Forward mode uses the JVP rule; without one, the transpose of the pullback in the cotangent, which must be linear in it.
/// Reverse mode uses the VJP rule; without one, the JVP rule linearized in the tangents. Without either, f's own derivative.</para>
/// <para>Under vmap f and its rules are batched, every argument with a batch axis; a batching rule for the batch's size, where there is
/// one, stands for f alone, so the derivative's rules hold in either order.</para>
/// </remarks>
/// <param name="Primal">f.</param>
/// <param name="JvpRule">None, or (x, dx of those with tangents) → (y, dy of those with tangents).</param>
/// <param name="VjpRule">None, or x → (y, residuals), and (residuals, ȳ of those with tangents) → x̄ of those with tangents.</param>
/// <param name="Batches">Rules for particular sizes B: x with leading axes B → y with leading axes B.</param>
public sealed partial record CustomFunction(Body Primal, Bodies JvpRule, Bodies VjpRule, Bodies Batches) : BodyPrimitive
{
    /// <inheritdoc/>
    public override string Name => "custom_function";

    /// <summary>The exponential, with none, either or both of its rules.</summary>
    public static Sample Draw(SampleSource source)
    {
        TensorType type = new(source.Floating(), source.Shape(maxRank: 2));
        Graph primal = Graph.Of([type], x => [Ops.Exp(x[0])]);
        Graph jvp = Graph.Of([type, type], x => [Ops.Exp(x[0]), Ops.Mul(Ops.Exp(x[0]), x[1])]);
        Graph forward = Graph.Of([type], x => [Ops.Exp(x[0]), Ops.Exp(x[0])]);
        Graph backward = Graph.Of([type, type], x => [Ops.Mul(x[0], x[1])]);
        Bodies none = new();
        return new(
            new CustomFunction(primal, source.Bool() ? new Bodies(jvp) : none, source.Bool() ? new Bodies(forward, backward) : none, none),
            source.Real(type.DType, type.Shape, Domain.All));
    }

    /// <inheritdoc/>
    public override ImmutableArray<ValueType> Infer(ImmutableArray<ValueType> operands)
    {
        CheckBody("function", Primal.Graph, operands);
        ImmutableArray<ValueType> results = Primal.Graph.ResultTypes;
        ImmutableArray<ValueType> tangents = [.. operands.Where(type => type.HasTangent)];
        ImmutableArray<ValueType> cotangents = [.. results.Where(type => type.HasTangent)];
        foreach (Body jvp in JvpRule)
        {
            CheckBody("JVP rule", jvp.Graph, [.. operands, .. tangents], [.. results, .. cotangents]);
        }

        if (VjpRule.Count == 2)
        {
            ImmutableArray<ValueType> forward = VjpRule[0].Graph.ResultTypes;
            CheckBody("VJP rule's forward part", VjpRule[0].Graph, operands, [.. results, .. forward.Skip(results.Length)]);
            CheckBody("VJP rule's backward part", VjpRule[1].Graph, [.. forward.Skip(results.Length), .. cotangents], tangents);
        }

        CheckCounts(JvpRule.Count <= 1 && VjpRule.Count is 0 or 2);
        return results;
    }

    /// <inheritdoc/>
    public override Held[] Evaluate(ReadOnlySpan<Held> operands, EvaluationContext context) => context.Run(Primal.Graph, operands);

    /// <inheritdoc/>
    public override Dual JvpWithPrimal(Node node, IReadOnlyList<Value?> tangents, RuleContext context)
    {
        if (JvpRule.Count == 1)
        {
            ImmutableArray<Value> both = Ops.Call(JvpRule[0].Graph, [.. node.Operands, .. Instantiated(node, tangents)]);
            return new(both[..node.Results.Length], Spread(node, both.Skip(node.Results.Length)));
        }

        return VjpRule.Count == 0
            ? new Call(Primal).JvpWithPrimal(node, tangents, context)
            : Linearize(node, tangents, context);
    }

    /// <inheritdoc/>
    public override Dual Linearize(Node node, IReadOnlyList<Value?> tangents, RuleContext context)
    {
        int count = node.Results.Length;
        if (VjpRule.Count == 2)
        {
            ImmutableArray<Value> forward = Ops.Call(VjpRule[0].Graph, node.Operands);
            ImmutableArray<Value> residuals = forward[count..];
            Node linear = Node.Make(
                CustomPullback.Of(VjpRule[1].Graph, residuals.Length, context), [.. residuals, .. Instantiated(node, tangents)]);
            return new(forward[..count], Spread(node, linear.Results));
        }

        if (JvpRule.Count == 0)
        {
            return new Call(Primal).Linearize(node, tangents, context);
        }

        // The rule is linear in its tangents, so its linear part at zero tangents is the rule itself.
        int all = node.Operands.Length;
        ParameterMask active = ParameterMask.None(all).Concat(
            new(Enumerable.Range(0, all).Where(i => node.Operands[i].Type.HasTangent).Select(i => tangents[i] is not null)));
        LinearizedBody split = context.Linearize(
            JvpRule[0].Graph, active, ParameterMask.None(count).Concat(ParameterMask.All(JvpRule[0].Graph.Results.Length - count)));
        if (split.Forwarded.Skip(all).Contains(true))
        {
            throw new DerivativeException($"{Name}: the JVP rule is not linear in its tangents.");
        }

        ImmutableArray<Value> parameters =
            [.. node.Operands, .. node.Operands.Where(x => x.Type.HasTangent).Select(Ops.ZerosLike)];
        ImmutableArray<Value> primal = Ops.Call(split.Primal, parameters);
        ImmutableArray<Value> slopes = Ops.Call(
            split.Linear,
            BodyRules.LinearArguments(split, parameters, primal.Skip(JvpRule[0].Graph.Results.Length), tangents.OfType<Value>()));
        Value?[] spread = split.Tangents.Spread(slopes);
        return new(primal[..count], Spread(node, spread.Skip(count).Select(slope => slope!)));
    }

    /// <inheritdoc/>
    public override Batched[] Batch(Node node, IReadOnlyList<Batched> operands, Extent size, RuleContext context)
    {
        ImmutableArray<Value> lanes = BodyRules.Front(operands, ParameterMask.All(operands.Count), size);
        Body? own = Batches.FirstOrDefault(rule => rule.Graph.ParameterTypes.SequenceEqual(ValueTypes.Of(lanes)));
        if (own is not null)
        {
            CheckBody("batching rule", own.Graph, ValueTypes.Of(lanes), Primal.Graph.ResultTypes.Select(type => type.Batch(size)));
        }

        Body Whole(Body body) => context.Batch(
            body.Graph, ParameterMask.All(body.Graph.Parameters.Length), ParameterMask.All(body.Graph.Results.Length), size).Graph;
        var batch = new CustomFunction(
            own ?? Whole(Primal),
            new Bodies(JvpRule.Select(Whole)),
            new Bodies(VjpRule.Select(Whole)),
            new Bodies(Batches.Where(rule => !ReferenceEquals(rule, own)).Select(Whole)));
        return BodyRules.Batched(Node.Make(batch, lanes).Results, ParameterMask.All(node.Results.Length));
    }

    /// <inheritdoc/>
    public override Cost Cost(ImmutableArray<ValueType> operands) => BodyCost.Of(Primal.Graph);

    private static IEnumerable<Value> Instantiated(Node node, IReadOnlyList<Value?> tangents) =>
        BodyRules.Instantiate(new(node.Operands.Select(x => x.Type.HasTangent)), tangents, node.Operands);

    private static Value?[] Spread(Node node, IEnumerable<Value> tangents) =>
        new ParameterMask(node.Results.Select(y => y.Type.HasTangent)).Spread(tangents);
}
