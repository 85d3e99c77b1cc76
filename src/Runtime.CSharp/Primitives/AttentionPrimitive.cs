using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Primitives;

/// <summary>Attention or a derivative of it: the operands begin with queries, keys and values, and a mask may stand behind all of them.</summary>
/// <remarks>
/// Kernels never hold the scores at once. What they compute is said by a composition of other primitives, which plain evaluation runs and higher
/// derivatives go through.
/// </remarks>
public abstract record AttentionPrimitive : Primitive
{
    /// <summary>How many operands it has without a mask.</summary>
    private protected abstract int Count { get; }

    private protected abstract bool IsCausal { get; }

    private protected abstract double Factor { get; }

    /// <inheritdoc/>
    public sealed override ImmutableArray<ValueType> Infer(ImmutableArray<ValueType> operands)
    {
        AttentionSizes sizes = Sizes(operands);
        ImmutableArray<TensorType> wanted = OperandTypes(sizes);
        for (int i = 3; i < Count; i++)
        {
            if (!operands[i].Equals(wanted[i]))
            {
                throw new TypeRuleException($"{Name}: operand {i} is {operands[i]}, not {wanted[i]}, beside queries {sizes.Query} and keys {sizes.Key}.");
            }
        }

        return [.. ResultTypes(sizes)];
    }

    /// <inheritdoc/>
    public sealed override Held[] Evaluate(ReadOnlySpan<Held> operands, EvaluationContext context)
    {
        var types = new ValueType[operands.Length];
        for (int i = 0; i < types.Length; i++)
        {
            types[i] = ValueTypes.Of(operands[i].Value);
        }

        return context.Run(Composed(types), operands);
    }

    /// <inheritdoc/>
    public sealed override Batched[] Batch(Node node, IReadOnlyList<Batched> operands, Extent size, RuleContext context)
    {
        var values = ImmutableArray.CreateBuilder<Value>(operands.Count);
        for (int i = 0; i < operands.Count; i++)
        {
            Batched operand = operands[i];
            values.Add(i == Count && !operand.IsBatched
                ? Ops.Reshape(operand.Value, operand.Value.Tensor.Shape.Insert(0, 1))
                : BatchAxes.At(operand, 0, size));
        }

        return [.. Node.Make(this, values.MoveToImmutable()).Results.Select(result => new Batched(result, 0))];
    }

    /// <inheritdoc/>
    public sealed override Cost Cost(ImmutableArray<ValueType> operands)
    {
        AttentionSizes sizes = Sizes(operands);
        (int widths, int valueWidths) = Products;
        double seen = IsCausal ? 0.5 * Math.Min(1.0, (double)sizes.Keys / Math.Max(sizes.Queries, 1)) : 1;
        return base.Cost(operands) with
        {
            Operations = seen * sizes.ScoreCount * ((2.0 * ((widths * sizes.Width) + (valueWidths * sizes.ValueWidth))) + 4),
        };
    }

    /// <summary>How many products over the width of keys, and over that of values, a score takes part in.</summary>
    private protected abstract (int Widths, int ValueWidths) Products { get; }

    /// <summary>The extents that operands of these types have.</summary>
    private protected AttentionSizes Sizes(ImmutableArray<ValueType> operands)
    {
        if (operands.Length != Count && operands.Length != Count + 1)
        {
            throw new TypeRuleException($"{Name}: takes {Count} operands and perhaps a mask, not {operands.Length}.");
        }

        ImmutableArray<TensorType> tensors =
            [.. operands.Select(type => type as TensorType ?? throw new TypeRuleException($"{Name}: takes tensors, not {type}."))];
        return AttentionSizes.Of(Name, tensors, operands.Length > Count ? tensors[Count] : null);
    }

    /// <summary>The types of the operands without a mask.</summary>
    private protected abstract ImmutableArray<TensorType> OperandTypes(AttentionSizes sizes);

    /// <summary>The types of the results.</summary>
    private protected abstract ImmutableArray<TensorType> ResultTypes(AttentionSizes sizes);

    /// <summary>The results in other primitives.</summary>
    private protected abstract Value[] Compose(AttentionComposition composition, IReadOnlyList<Value> operands);

    /// <summary>A node that calls the composition in place of this primitive, for derivatives that have no rule of their own.</summary>
    private protected Node Call(Node node) => Node.Make(new Call(new Body(Composed(node.Operands.Select(operand => operand.Type)))), node.Operands);

    /// <summary>The mask of a node as operands to append.</summary>
    private protected IEnumerable<Value> MaskOf(Node node) => node.Operands.Skip(Count);

    private Graph Composed(IEnumerable<ValueType> types)
    {
        ImmutableArray<ValueType> all = [.. types];
        AttentionSizes sizes = Sizes(all);
        return Graph.Of(all, operands =>
            Compose(new(sizes, IsCausal, Factor, operands.Count > Count ? operands[Count] : null), operands));
    }
}
