using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Primitives;

/// <summary>The element of y at the place of each window's first maximum of x: the derivative of max pooling.</summary>
/// <remarks>
/// <para>Shape: x and y have one; the result has one number a window. A window in padding alone gives zero; NaN counts as largest.</para>
/// <para>Derivative: linear in y, zero in x. The transpose is window_scatter.</para>
/// </remarks>
/// <param name="Window">Elements of a window along each axis.</param>
/// <param name="Strides">Distance of windows along each axis.</param>
/// <param name="PadLow">Padding before, along each axis; negative crops.</param>
/// <param name="PadHigh">Padding behind, along each axis; negative crops.</param>
/// <param name="Dilation">Distance of a window's elements along each axis.</param>
public sealed partial record WindowSelect(Ints Window, Ints Strides, Ints PadLow, Ints PadHigh, Ints Dilation) : TensorPrimitive
{
    /// <inheritdoc/>
    public override string Name => "window_select";

    private SlidingWindow Sliding => new(Window, Strides, PadLow, PadHigh, Dilation);

    /// <summary>Draws a tensor without ties, another to read, and windows.</summary>
    public static Sample Draw(SampleSource source)
    {
        Shape shape = source.Shape(maxRank: 2);
        SlidingWindow window = SlidingWindow.Draw(source, shape.Rank);
        DType type = source.Floating();
        return new(
            new WindowSelect(window.Extents, window.Strides, window.Low, window.High, window.Dilation),
            source.Distinct(type, shape),
            source.Numbers(type, shape));
    }

    /// <inheritdoc/>
    protected override TensorType InferTensor(ImmutableArray<TensorType> operands)
    {
        CheckCount(operands, 2);
        TensorType x = operands[0];
        Sliding.Check(Name, x);
        return x.Equals(operands[1]) && DTypeKinds.Real.Contain(x.DType)
            ? x with { Shape = Sliding.Result(x.Shape) }
            : throw new TypeRuleException($"{Name}: takes two real tensors of one type, not {x} and {operands[1]}.");
    }

    /// <inheritdoc/>
    protected override NDArray EvaluateTensor(NDArray[] operands, EvaluationContext context)
    {
        int[] maxima = WindowMaxima.Of(Sliding, operands[0]);
        NDArray result = NDArray.New(operands[1].Type, Sliding.Result(operands[0].Shape));
        for (int i = 0; i < maxima.Length; i++)
        {
            if (maxima[i] >= 0)
            {
                Boxes.Copy(new(operands[1], maxima[i], []), new(result, i, []), []);
            }
        }

        return result;
    }

    /// <inheritdoc/>
    protected override Value? JvpTensor(Node node, IReadOnlyList<Value?> tangents) =>
        tangents[1] is { } dy ? Ops.Apply(this, node.Operands[0], dy) : null;

    /// <inheritdoc/>
    protected override void TransposeTensor(Node node, Value cotangent, IReadOnlyList<Accumulator?> accumulators)
    {
        if (accumulators[0] is not null)
        {
            base.TransposeTensor(node, cotangent, accumulators);
        }

        accumulators[1]?.Add(Ops.Apply(new WindowScatter(Window, Strides, PadLow, PadHigh, Dilation), node.Operands[0], cotangent));
    }

    /// <inheritdoc/>
    protected override Batched BatchTensor(Node node, IReadOnlyList<Batched> operands, Extent size)
    {
        (ImmutableArray<Value> values, int axis) = BatchAxes.Align(operands, size);
        SlidingWindow window = Sliding.WithAxis(axis);
        var batched = new WindowSelect(window.Extents, window.Strides, window.Low, window.High, window.Dilation);
        return new(Node.Make(batched, values).Result, axis);
    }
}
