using System.Collections.Immutable;
using Adjoint.Core;

namespace Adjoint.Ir;

/// <summary>A primitive of tensors alone, with one result, whose evaluation makes a new array.</summary>
public abstract record TensorPrimitive : Primitive
{
    /// <inheritdoc/>
    public sealed override ImmutableArray<ValueType> Infer(ImmutableArray<ValueType> operands)
    {
        var tensors = ImmutableArray.CreateBuilder<TensorType>(operands.Length);
        foreach (ValueType operand in operands)
        {
            tensors.Add(operand as TensorType ?? throw new TypeRuleException($"{Name}: takes tensors, not {operand}."));
        }

        return [InferTensor(tensors.MoveToImmutable())];
    }

    /// <inheritdoc/>
    public sealed override Held[] Evaluate(ReadOnlySpan<Held> operands, EvaluationContext context)
    {
        var arrays = new NDArray[operands.Length];
        for (int i = 0; i < arrays.Length; i++)
        {
            arrays[i] = operands[i].Array;
        }

        NDArray result = EvaluateTensor(arrays, context);
        context.CountElements(result.Size);
        return [Held.New(result)];
    }

    /// <inheritdoc/>
    public sealed override Value?[] Jvp(Node node, IReadOnlyList<Value?> tangents, RuleContext context) => [JvpTensor(node, tangents)];

    /// <inheritdoc/>
    public sealed override void Transpose(
        Node node, IReadOnlyList<Value?> cotangents, IReadOnlyList<Accumulator?> accumulators, RuleContext context)
    {
        if (cotangents[0] is { } cotangent)
        {
            TransposeTensor(node, cotangent, accumulators);
        }
    }

    /// <inheritdoc/>
    public sealed override Batched[] Batch(Node node, IReadOnlyList<Batched> operands, Extent size, RuleContext context) =>
        [BatchTensor(node, operands, size)];

    /// <summary>Checks the operands' types and gives the result's.</summary>
    /// <exception cref="TypeRuleException">The operands break the rule.</exception>
    protected abstract TensorType InferTensor(ImmutableArray<TensorType> operands);

    /// <summary>The meaning: a new array, or an operand or one that shares its memory; it writes to none of them.</summary>
    protected abstract NDArray EvaluateTensor(NDArray[] operands, EvaluationContext context);

    /// <summary>The result's tangent; null means identically zero.</summary>
    protected abstract Value? JvpTensor(Node node, IReadOnlyList<Value?> tangents);

    /// <summary>Adds to the accumulators of the linear operands.</summary>
    protected virtual void TransposeTensor(Node node, Value cotangent, IReadOnlyList<Accumulator?> accumulators) =>
        throw new DerivativeException($"{Name}: not linear in its operands, so it has no transpose.");

    /// <summary>The result for all lanes; at least one operand is batched.</summary>
    protected abstract Batched BatchTensor(Node node, IReadOnlyList<Batched> operands, Extent size);

    /// <summary>Throws unless there are so many operands.</summary>
    protected void CheckCount(ImmutableArray<TensorType> operands, int count)
    {
        if (operands.Length != count)
        {
            throw new TypeRuleException($"{Name}: takes {count} operand{(count == 1 ? "" : "s")}, not {operands.Length}.");
        }
    }
}

/// <summary>A primitive of one tensor.</summary>
public abstract record UnaryPrimitive : TensorPrimitive
{
    /// <summary>Checks the operand's type and gives the result's.</summary>
    /// <exception cref="TypeRuleException">The operand breaks the rule.</exception>
    public abstract TensorType Infer(TensorType x);

    /// <summary>The meaning: a new array.</summary>
    public abstract NDArray Evaluate(NDArray x);

    /// <summary>The result's tangent; null means identically zero.</summary>
    public abstract Value? Jvp(Node node, Value tangent);

    /// <summary>The result for all lanes of a batched operand.</summary>
    public abstract Batched Batch(Batched x, Extent size);

    /// <inheritdoc/>
    protected sealed override TensorType InferTensor(ImmutableArray<TensorType> operands)
    {
        CheckCount(operands, 1);
        return Infer(operands[0]);
    }

    /// <inheritdoc/>
    protected sealed override NDArray EvaluateTensor(NDArray[] operands, EvaluationContext context) => Evaluate(operands[0]);

    /// <inheritdoc/>
    protected sealed override Value? JvpTensor(Node node, IReadOnlyList<Value?> tangents) => Jvp(node, tangents[0]!);

    /// <inheritdoc/>
    protected sealed override Batched BatchTensor(Node node, IReadOnlyList<Batched> operands, Extent size) => Batch(operands[0], size);
}

/// <summary>A primitive of one tensor that is linear in it: its own JVP.</summary>
public abstract record LinearPrimitive : UnaryPrimitive
{
    /// <inheritdoc/>
    public sealed override Value? Jvp(Node node, Value tangent) =>
        node.Result.Type.HasTangent ? Node.Make(this, [tangent]).Result : null;

    /// <summary>Adds to the operand's accumulator what the result's cotangent says.</summary>
    public abstract void Transpose(Node node, Value cotangent, Accumulator into);

    /// <inheritdoc/>
    protected sealed override void TransposeTensor(Node node, Value cotangent, IReadOnlyList<Accumulator?> accumulators) =>
        Transpose(node, cotangent, accumulators[0]!);
}
