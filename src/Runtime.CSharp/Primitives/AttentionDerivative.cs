using Adjoint.Ir;

namespace Adjoint.Primitives;

/// <summary>A derivative of attention: five operands from attention itself, and then those that it is linear in.</summary>
public abstract record AttentionDerivative : AttentionPrimitive
{
    /// <summary>Where the operands begin in which it is linear: behind queries, keys, values, output and logarithms.</summary>
    private protected const int FirstLinear = 5;

    /// <summary>In how many operands it is linear.</summary>
    private protected abstract int LinearCount { get; }

    /// <summary>The transpose in these operands.</summary>
    private protected abstract Primitive Adjoint { get; }

    private protected sealed override int Count => FirstLinear + LinearCount;

    private protected sealed override (int Widths, int ValueWidths) Products => (3, 2);

    /// <inheritdoc/>
    public sealed override Value?[] Jvp(Node node, IReadOnlyList<Value?> tangents, RuleContext context) =>
        JvpWithPrimal(node, tangents, context).Tangents;

    /// <inheritdoc/>
    public sealed override Dual JvpWithPrimal(Node node, IReadOnlyList<Value?> tangents, RuleContext context)
    {
        if (IsLinearIn(tangents))
        {
            return Linear(node, tangents);
        }

        Node call = Call(node);
        return call.Primitive.JvpWithPrimal(call, tangents, context);
    }

    /// <inheritdoc/>
    public sealed override Dual Linearize(Node node, IReadOnlyList<Value?> tangents, RuleContext context)
    {
        if (IsLinearIn(tangents))
        {
            return Linear(node, tangents);
        }

        Node call = Call(node);
        return call.Primitive.Linearize(call, tangents, context);
    }

    /// <inheritdoc/>
    public sealed override void Transpose(
        Node node, IReadOnlyList<Value?> cotangents, IReadOnlyList<Accumulator?> accumulators, RuleContext context)
    {
        if (accumulators.Take(FirstLinear).Concat(accumulators.Skip(Count)).Any(accumulator => accumulator is not null))
        {
            base.Transpose(node, cotangents, accumulators, context);
        }

        IEnumerable<Value> given = cotangents.Select((cotangent, i) => cotangent ?? Ops.ZerosLike(node.Results[i]));
        Node adjoint = Node.Make(Adjoint, [.. node.Operands.Take(FirstLinear), .. given, .. MaskOf(node)]);
        for (int i = 0; i < LinearCount; i++)
        {
            accumulators[FirstLinear + i]?.Add(adjoint.Results[i]);
        }
    }

    private bool IsLinearIn(IReadOnlyList<Value?> tangents) =>
        tangents.Take(FirstLinear).Concat(tangents.Skip(Count)).All(tangent => tangent is null);

    /// <summary>In the operands that it is linear in, it is its own tangent.</summary>
    private Dual Linear(Node node, IReadOnlyList<Value?> tangents)
    {
        IEnumerable<Value> directions = Enumerable.Range(FirstLinear, LinearCount).Select(i => tangents[i] ?? Ops.ZerosLike(node.Operands[i]));
        Node tangent = Node.Make(this, [.. node.Operands.Take(FirstLinear), .. directions, .. MaskOf(node)]);
        return new(node.Results, [.. tangent.Results]);
    }
}
