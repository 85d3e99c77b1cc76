using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>The sum over each window that slides over a tensor; divided by the window's size it is average pooling.</summary>
/// <remarks>
/// <para>Shape: (n + low + high - (window - 1) * dilation - 1) / stride + 1 along each axis, rounded down; padding counts as zeros.</para>
/// <para>Error: |y - exact| &lt;= eps * size of the window * sum |x|; f16 and bf16 are summed in f32. Integers wrap.</para>
/// <para>Derivative: linear. The transpose sums over windows of the cotangent with the strides' gaps between its elements.</para>
/// </remarks>
/// <param name="Window">Elements of a window along each axis.</param>
/// <param name="Strides">Distance of windows along each axis.</param>
/// <param name="PadLow">Padding before, along each axis; negative crops.</param>
/// <param name="PadHigh">Padding behind, along each axis; negative crops.</param>
/// <param name="Dilation">Distance of a window's elements along each axis.</param>
public sealed partial record WindowSum(Ints Window, Ints Strides, Ints PadLow, Ints PadHigh, Ints Dilation)
    : LinearPrimitive, INumberEvaluation
{
    /// <inheritdoc/>
    public override string Name => "window_sum";

    private SlidingWindow Sliding => new(Window, Strides, PadLow, PadHigh, Dilation);

    /// <summary>Draws a tensor and windows.</summary>
    public static Sample Draw(SampleSource source)
    {
        Shape shape = source.Shape(maxRank: 2);
        SlidingWindow window = SlidingWindow.Draw(source, shape.Rank);
        return new(
            new WindowSum(window.Extents, window.Strides, window.Low, window.High, window.Dilation),
            source.Numbers(source.Numeric(), shape));
    }

    /// <inheritdoc/>
    public override TensorType Infer(TensorType x)
    {
        Sliding.Check(Name, x);
        return x.DType == DType.Bool
            ? throw new TypeRuleException($"{Name}: takes numbers, not {x}; cast it first?")
            : x with { Shape = Sliding.Result(x.Shape) };
    }

    /// <inheritdoc/>
    public override NDArray Evaluate(NDArray x) => Dispatch.Numbers(this, [x]);

    /// <inheritdoc/>
    NDArray INumberEvaluation.Run<T>(NDArray[] operands)
    {
        T[] x = operands[0].Data<T>();
        Shape shape = Sliding.Result(operands[0].Shape);
        var sums = new T[shape.Size];
        int at = 0;
        foreach (ReadOnlyMemory<int> places in Sliding.Places(operands[0].Shape))
        {
            foreach (int place in places.Span)
            {
                sums[at] += x[place];
            }

            at++;
        }

        return NDArray.Own(shape, sums);
    }

    /// <inheritdoc/>
    public override ElementRule? LowerElement(ImmutableArray<ValueType> operands) => LoopReductions.Window((TensorType)operands[0], Sliding, LoopOp.Add);

    /// <inheritdoc/>
    public override Kernel? Lower(ImmutableArray<ValueType> operands)
    {
        var x = (TensorType)operands[0];
        return WindowKernels.Sum(Sliding, x.DType, x.Shape);
    }

    /// <inheritdoc/>
    public override void Transpose(Node node, Value cotangent, Accumulator into)
    {
        if (cotangent.Tensor.Shape.Size == 0)
        {
            return;
        }

        if (Window.Equals(Strides) && PadLow.All(width => width == 0) && PadHigh.All(width => width <= 0) && Dilation.All(distance => distance == 1))
        {
            into.Add(Repeated(cotangent, node.Operands[0].Tensor.Shape));
            return;
        }

        Kernels.WindowAxis[] axes = Sliding.Axes(node.Operands[0].Tensor.Shape);
        var low = new Ints(axes.Select(axis => axis.Reach - axis.Low - 1));
        var high = new Ints(axes.Select((axis, i) => axis.Input - (((axis.Output - 1) * axis.Stride) + 1) + axis.Reach - 1 - low[i]));
        var interior = new Ints(Strides.Select(stride => stride - 1));
        Value spread = Ops.Pad(cotangent, Ops.Constant(Scalar.Zero(cotangent.Tensor.DType)), low, high, interior);
        Ints none = Ints.Repeat(0, axes.Length);
        into.Add(Ops.Apply(new WindowSum(Window, Ints.Repeat(1, axes.Length), none, none, Dilation), spread));
    }

    /// <summary>Each number of a cotangent at all places of its window, where windows lie side by side; zeros behind the last.</summary>
    private Value Repeated(Value cotangent, Shape shape)
    {
        int rank = Window.Count;
        int[] extents = cotangent.Tensor.Shape.ToArray();
        var spread = Shape.Of([.. Enumerable.Range(0, 2 * rank).Select(i => i % 2 == 0 ? extents[i / 2] : Window[i / 2])]);
        Value repeated = Ops.Broadcast(cotangent, spread, new(Enumerable.Range(0, rank).Select(axis => 2 * axis)));
        var whole = Shape.Of([.. extents.Select((extent, axis) => extent * Window[axis])]);
        var rest = new Ints(shape.Select((extent, axis) => extent.Value - whole[axis].Value));
        Ints none = Ints.Repeat(0, rank);
        Value dense = Ops.Reshape(repeated, whole);
        return rest.All(width => width == 0) ? dense : Ops.Pad(dense, Ops.Constant(Scalar.Zero(cotangent.Tensor.DType)), none, rest, none);
    }

    /// <inheritdoc/>
    public override Batched Batch(Batched x, Extent size)
    {
        SlidingWindow window = Sliding.WithAxis(x.Axis);
        return new(Ops.Apply(new WindowSum(window.Extents, window.Strides, window.Low, window.High, window.Dilation), x.Value), x.Axis);
    }
}

public static partial class Ops
{
    /// <summary>The sum over each window of a tensor.</summary>
    public static Value WindowSum(Value x, Ints window, Ints strides, Ints padLow, Ints padHigh) =>
        Apply(new WindowSum(window, strides, padLow, padHigh, Ints.Repeat(1, window.Count)), x);
}
