using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>The largest element of each window that slides over a tensor: max pooling.</summary>
/// <remarks>
/// <para>Shape: (n + low + high - (window - 1) * dilation - 1) / stride + 1 along each axis, rounded down.</para>
/// <para>Padding counts as minus infinity, or the least integer, which a window in padding alone gives. NaN propagates.</para>
/// <para>Derivative: that of the element that attains the maximum, at ties of the first in row-major order (as StableHLO's
/// select_and_scatter), which window_select reads.</para>
/// </remarks>
/// <param name="Window">Elements of a window along each axis.</param>
/// <param name="Strides">Distance of windows along each axis.</param>
/// <param name="PadLow">Padding before, along each axis; negative crops.</param>
/// <param name="PadHigh">Padding behind, along each axis; negative crops.</param>
/// <param name="Dilation">Distance of a window's elements along each axis.</param>
public sealed partial record WindowMax(Ints Window, Ints Strides, Ints PadLow, Ints PadHigh, Ints Dilation)
    : UnaryPrimitive, IOrderedEvaluation
{
    /// <inheritdoc/>
    public override string Name => "window_max";

    private SlidingWindow Sliding => new(Window, Strides, PadLow, PadHigh, Dilation);

    /// <summary>Draws a tensor without ties and windows.</summary>
    public static Sample Draw(SampleSource source)
    {
        Shape shape = source.Shape(maxRank: 2);
        SlidingWindow window = SlidingWindow.DrawCovering(source, shape.Rank);
        return new(
            new WindowMax(window.Extents, window.Strides, window.Low, window.High, window.Dilation),
            source.Distinct(source.Floating(), shape));
    }

    /// <inheritdoc/>
    public override TensorType Infer(TensorType x)
    {
        Sliding.Check(Name, x);
        return DTypeKinds.Real.Contain(x.DType)
            ? x with { Shape = Sliding.Result(x.Shape) }
            : throw new TypeRuleException($"{Name}: takes real numbers, not {x}.");
    }

    /// <inheritdoc/>
    public override NDArray Evaluate(NDArray x) => Dispatch.Ordered(this, [x]);

    /// <inheritdoc/>
    NDArray IOrderedEvaluation.Run<T>(NDArray[] operands)
    {
        T[] x = operands[0].Data<T>();
        Shape shape = Sliding.Result(operands[0].Shape);
        var result = new T[shape.Size];
        T least = T.CreateSaturating(double.NegativeInfinity);
        int at = 0;
        foreach (ReadOnlyMemory<int> places in Sliding.Places(operands[0].Shape))
        {
            T best = least;
            foreach (int place in places.Span)
            {
                best = T.Max(best, x[place]);
            }

            result[at++] = best;
        }

        return NDArray.Own(shape, result);
    }

    /// <inheritdoc/>
    public override ElementRule? LowerElement(ImmutableArray<ValueType> operands) => LoopReductions.Window((TensorType)operands[0], Sliding, LoopOp.Maximum);

    /// <inheritdoc/>
    public override Kernel? Lower(ImmutableArray<ValueType> operands)
    {
        var x = (TensorType)operands[0];
        return WindowKernels.Greatest(Sliding, x.DType, x.Shape);
    }

    /// <inheritdoc/>
    public override Value? Jvp(Node node, Value tangent) => node.Result.Type.HasTangent
        ? Ops.Apply(new WindowSelect(Window, Strides, PadLow, PadHigh, Dilation), node.Operands[0], tangent)
        : null;

    /// <inheritdoc/>
    public override Batched Batch(Batched x, Extent size)
    {
        SlidingWindow window = Sliding.WithAxis(x.Axis);
        return new(Ops.Apply(new WindowMax(window.Extents, window.Strides, window.Low, window.High, window.Dilation), x.Value), x.Axis);
    }
}

public static partial class Ops
{
    /// <summary>The largest element of each window of a tensor.</summary>
    public static Value WindowMax(Value x, Ints window, Ints strides, Ints padLow, Ints padHigh) =>
        Apply(new WindowMax(window, strides, padLow, padHigh, Ints.Repeat(1, window.Count)), x);
}
