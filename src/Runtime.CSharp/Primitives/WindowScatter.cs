using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>Zeros like x, each number of y added at the place of its window's first maximum of x: the gradient of max pooling.</summary>
/// <remarks>
/// <para>Shape: y has one number a window; the result has x's. As StableHLO's select_and_scatter of ge and add from zero.</para>
/// <para>Derivative: linear in y, zero in x. The transpose is window_select.</para>
/// </remarks>
/// <param name="Window">Elements of a window along each axis.</param>
/// <param name="Strides">Distance of windows along each axis.</param>
/// <param name="PadLow">Padding before, along each axis; negative crops.</param>
/// <param name="PadHigh">Padding behind, along each axis; negative crops.</param>
/// <param name="Dilation">Distance of a window's elements along each axis.</param>
public sealed partial record WindowScatter(Ints Window, Ints Strides, Ints PadLow, Ints PadHigh, Ints Dilation) : TensorPrimitive
{
    /// <inheritdoc/>
    public override string Name => "window_scatter";

    private SlidingWindow Sliding => new(Window, Strides, PadLow, PadHigh, Dilation);

    /// <summary>Draws a tensor without ties, windows, and a number for each.</summary>
    public static Sample Draw(SampleSource source)
    {
        Shape shape = source.Shape(maxRank: 2);
        SlidingWindow window = SlidingWindow.Draw(source, shape.Rank);
        DType type = source.Floating();
        return new(
            new WindowScatter(window.Extents, window.Strides, window.Low, window.High, window.Dilation),
            source.Distinct(type, shape),
            source.Numbers(type, window.Result(shape)));
    }

    /// <inheritdoc/>
    public override Kernel? Lower(ImmutableArray<ValueType> operands)
    {
        var x = (TensorType)operands[0];
        return WindowKernels.Scatter(Sliding, x.DType, x.Shape);
    }

    /// <inheritdoc/>
    protected override TensorType InferTensor(ImmutableArray<TensorType> operands)
    {
        CheckCount(operands, 2);
        TensorType x = operands[0];
        Sliding.Check(Name, x);
        TensorType wanted = x with { Shape = Sliding.Result(x.Shape) };
        return wanted.Equals(operands[1]) && DTypeKinds.Real.Contain(x.DType)
            ? x
            : throw new TypeRuleException($"{Name}: the windows of {x} take {wanted}, a real number each, not {operands[1]}.");
    }

    /// <inheritdoc/>
    protected override NDArray EvaluateTensor(NDArray[] operands, EvaluationContext context)
    {
        int[] maxima = WindowMaxima.Of(Sliding, operands[0]);
        NDArray result = NDArray.New(operands[0].Type, operands[0].Shape);
        int[] windows = [.. Enumerable.Range(0, maxima.Length)];
        Combining.Join(ScatterUpdate.Add, new(result, maxima, [0]), new(operands[1], windows, [0]));
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

        accumulators[1]?.Add(Ops.Apply(new WindowSelect(Window, Strides, PadLow, PadHigh, Dilation), node.Operands[0], cotangent));
    }

    /// <inheritdoc/>
    protected override Batched BatchTensor(Node node, IReadOnlyList<Batched> operands, Extent size)
    {
        (ImmutableArray<Value> values, int axis) = BatchAxes.Align(operands, size);
        SlidingWindow window = Sliding.WithAxis(axis);
        var batched = new WindowScatter(window.Extents, window.Strides, window.Low, window.High, window.Dilation);
        return new(Node.Make(batched, values).Result, axis);
    }
}
