using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>Tensors of one shape put into the order of the first along an axis; the others go along as payload.</summary>
/// <remarks>
/// <para>Stable in both directions: equal elements, and 0 and -0 are equal, keep their order. NaN is last in both directions.</para>
/// <para>Shape: the operands'. The first operand has an order: real numbers or bools.</para>
/// <para>Derivative: each result's tangent is its operand's, taken in the same order; at ties that of the stable order.</para>
/// </remarks>
/// <param name="Axis">The axis.</param>
/// <param name="Descending">Largest first.</param>
public sealed partial record Sort(int Axis, bool Descending) : Primitive
{
    /// <inheritdoc/>
    public override string Name => "sort";

    /// <summary>Draws distinct keys and payload.</summary>
    public static Sample Draw(SampleSource source)
    {
        Shape shape = source.Shape(minRank: 1);
        DType type = source.Floating();
        NDArray keys = source.Distinct(type, shape);
        var sort = new Sort(source.Int(0, shape.Rank - 1), source.Bool());
        return source.Bool() ? new(sort, keys, source.Numbers(source.Numeric(), shape)) : new(sort, keys);
    }

    /// <inheritdoc/>
    public override ImmutableArray<ValueType> Infer(ImmutableArray<ValueType> operands)
    {
        if (operands.IsEmpty || operands[0] is not TensorType keys || (uint)Axis >= (uint)keys.Rank)
        {
            throw new TypeRuleException($"{Name}: takes at least one tensor, with an axis {Axis}.");
        }

        if (keys.DType.IsComplex())
        {
            throw new TypeRuleException($"{Name}: {keys} has no order; sort by its real part or magnitude?");
        }

        return operands.All(operand => operand is TensorType tensor && tensor.Shape.Equals(keys.Shape))
            ? operands
            : throw new TypeRuleException($"{Name}: payload has the shape of the keys {keys}.");
    }

    /// <inheritdoc/>
    public override Held[] Evaluate(ReadOnlySpan<Held> operands, EvaluationContext context)
    {
        NDArray keys = operands[0].Array;
        NDArray order = Orders.Of(keys, Axis, Descending);
        int stride = keys.Shape.Strides()[Axis];
        var results = new Held[operands.Length];
        for (int i = 0; i < results.Length; i++)
        {
            NDArray operand = operands[i].Array;
            results[i] = Held.New(Orders.Take(operand, order, stride, keys.Shape[Axis].Value));
            context.CountElements(operand.Size);
        }

        return results;
    }

    /// <inheritdoc/>
    public override Kernel? Lower(ImmutableArray<ValueType> operands) => SortKernels.OfSort((TensorType)operands[0], Axis, Descending);

    /// <inheritdoc/>
    public override Value?[] Jvp(Node node, IReadOnlyList<Value?> tangents, RuleContext context)
    {
        Value keys = node.Operands[0];
        Value order = Ops.Sort(Axis, Descending, keys, Ops.Iota(DType.I64, keys.Tensor.Shape, Axis))[1];
        return [.. tangents.Select(tangent => tangent is null ? null : Ops.TakeAlong(tangent, order, Axis))];
    }

    /// <inheritdoc/>
    public override Batched[] Batch(Node node, IReadOnlyList<Batched> operands, Extent size, RuleContext context)
    {
        (ImmutableArray<Value> values, int axis) = BatchAxes.Align(operands, size);
        Node sorted = Node.Make(this with { Axis = axis <= Axis ? Axis + 1 : Axis }, values);
        return [.. sorted.Results.Select(result => new Batched(result, axis))];
    }
}

public static partial class Ops
{
    /// <summary>Tensors in the order of the first along an axis.</summary>
    public static Value[] Sort(int axis, bool descending, params Value[] operands) =>
        [.. Node.Make(new Sort(axis, descending), [.. operands]).Results];
}
