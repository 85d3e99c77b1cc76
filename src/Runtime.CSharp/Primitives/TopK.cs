using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>The K largest elements along the last axis in descending order, and their indices.</summary>
/// <remarks>
/// <para>Results: values [.., K] and indices, i32[.., K]. Equal elements in order of index; NaN counts as the largest, so that
/// the first of them is the maximum (as JAX's and PyTorch's).</para>
/// <para>Derivative: the values' tangents are the operand's at the indices.</para>
/// </remarks>
/// <param name="K">How many, at most the extent.</param>
public sealed partial record TopK(int K) : Primitive
{
    /// <inheritdoc/>
    public override string Name => "top_k";

    /// <summary>Draws a tensor without ties and a number.</summary>
    public static Sample Draw(SampleSource source)
    {
        Shape shape = source.Shape(minRank: 1);
        return new(new TopK(source.Int(0, shape[^1].Value)), source.Distinct(source.Floating(), shape));
    }

    /// <inheritdoc/>
    public override ImmutableArray<ValueType> Infer(ImmutableArray<ValueType> operands)
    {
        if (operands.Length != 1 || operands[0] is not TensorType { Rank: > 0 } x || x.DType.IsComplex())
        {
            throw new TypeRuleException($"{Name}: takes one tensor of ordered elements with at least one axis.");
        }

        if (K < 0 || K > x.Shape[^1].Value)
        {
            throw new TypeRuleException($"{Name}: {K} is outside 0 to the {x.Shape[^1]} elements along the last axis of {x}.");
        }

        Shape shape = x.Shape.With(x.Rank - 1, K);
        return [x with { Shape = shape }, new TensorType(DType.I32, shape)];
    }

    /// <inheritdoc/>
    public override Held[] Evaluate(ReadOnlySpan<Held> operands, EvaluationContext context)
    {
        NDArray x = operands[0].Array;
        int last = x.Shape.Rank - 1;
        NDArray order = Orders.Of(x, last, true, nansFirst: true);
        NDArray sorted = Orders.Take(x, order, 1, x.Shape[last].Value);
        var first = new Slice(Ints.Repeat(0, last + 1), new(x.Shape.With(last, K).ToArray()), Ints.Repeat(1, last + 1));
        context.CountElements(x.Size);
        return [Held.New(first.Evaluate(sorted)), Held.New(Conversion.To(first.Evaluate(order), DType.I32))];
    }

    /// <inheritdoc/>
    public override Kernel? Lower(ImmutableArray<ValueType> operands) => SortKernels.OfTopK((TensorType)operands[0], K);

    /// <inheritdoc/>
    public override Value?[] Jvp(Node node, IReadOnlyList<Value?> tangents, RuleContext context) =>
        [Ops.TakeAlong(tangents[0]!, node.Results[1], node.Operands[0].Tensor.Rank - 1), null];

    /// <inheritdoc/>
    public override Batched[] Batch(Node node, IReadOnlyList<Batched> operands, Extent size, RuleContext context) =>
        [.. Node.Make(this, [BatchAxes.At(operands[0], 0, size)]).Results.Select(result => new Batched(result, 0))];
}

public static partial class Ops
{
    /// <summary>The k largest elements along the last axis in descending order, and their indices in i32.</summary>
    public static (Value Values, Value Indices) TopK(Value x, int k)
    {
        Node node = Node.Make(new TopK(k), [x]);
        return (node.Results[0], node.Results[1]);
    }
}
