using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Kernels;

namespace Adjoint.Primitives;

/// <summary>The gradients of a convolution: convolutions whose axes have changed their part.</summary>
/// <remarks>Paddings and dilations as Dumoulin and Visin 2016, A guide to convolution arithmetic; groups as JAX's rules.</remarks>
internal static class ConvTransposes
{
    /// <summary>By the input: the cotangent with the filter backwards and its channels exchanged; strides are dilation.</summary>
    internal static Value OfInput(ConvGeneral conv, Value cotangent, Shape input, Value filter)
    {
        WindowAxis[] axes = new ConvView(conv, input, filter.Tensor.Shape).Axes;
        bool lanes = conv.BatchGroups > 1;
        int[] low = [.. axes.Select(axis => axis.Reach - axis.Low - 1)];
        int[] high = [.. axes.Select((axis, i) => axis.Dilated + axis.Reach - 1 - Spread(axis) - low[i])];
        ConvGeneral back = conv with
        {
            Strides = conv.InputDilation,
            PadLow = new(low),
            PadHigh = new(high),
            InputDilation = conv.Strides,
            FeatureGroups = conv.FeatureGroups * conv.BatchGroups,
            BatchGroups = 1,
            InputSwapped = conv.OutputSwapped,
            FilterSwapped = lanes || !conv.FilterSwapped,
            OutputSwapped = lanes || conv.InputSwapped,
            ReverseWindow = !conv.ReverseWindow,
        };
        Value byOutputs = lanes && conv.FilterSwapped ? Ops.MoveAxis(filter, 1, 0) : filter;
        Value result = Ops.Apply(back, cotangent, byOutputs);
        if (!lanes)
        {
            return result;
        }

        // [(groups, channels), images of a group] to images and channels as the input has them.
        Value parts = Split(result, 0, conv.BatchGroups);
        Value ordered = conv.InputSwapped ? Ops.MoveAxis(parts, 0, 1) : Ops.MoveAxis(parts, 1, 2);
        return Ops.Reshape(ordered, input);
    }

    /// <summary>By the filter: the input with the cotangent as filter, channels as images; strides and dilation change places.</summary>
    internal static Value OfFilter(ConvGeneral conv, Value cotangent, Value input, Shape filter)
    {
        WindowAxis[] axes = new ConvView(conv, input.Tensor.Shape, filter).Axes;
        bool lanes = conv.BatchGroups > 1;
        bool regroup = conv.FilterSwapped && conv.FeatureGroups > 1;
        ConvGeneral back = conv with
        {
            Strides = conv.WindowDilation,
            PadHigh = new(axes.Select(axis => Spread(axis) - axis.Dilated + axis.Reach - axis.Low - 1)),
            WindowDilation = conv.Strides,
            FeatureGroups = conv.BatchGroups,
            BatchGroups = conv.FeatureGroups,
            InputSwapped = !conv.InputSwapped,
            FilterSwapped = !lanes && !conv.OutputSwapped,
            OutputSwapped = regroup || !conv.FilterSwapped,
            ReverseWindow = false,
        };
        Value byOutputs = lanes && !conv.OutputSwapped ? Ops.MoveAxis(cotangent, 1, 0) : cotangent;
        Value result = Ops.Apply(back, input, byOutputs);
        if (regroup)
        {
            result = Ops.Reshape(Ops.MoveAxis(Split(result, 0, conv.FeatureGroups), 2, 1), filter);
        }

        return conv.ReverseWindow ? Ops.Reverse(result, new(Enumerable.Range(2, axes.Length))) : result;
    }

    /// <summary>The extent of the cotangent along an axis with the strides' gaps between its elements.</summary>
    private static int Spread(WindowAxis axis) => ((axis.Output - 1) * axis.Stride) + 1;

    /// <summary>An axis as two: groups, and what is in a group.</summary>
    private static Value Split(Value x, int axis, int groups)
    {
        Shape shape = x.Tensor.Shape;
        return Ops.Reshape(x, shape.With(axis, shape[axis] / groups).Insert(axis, groups));
    }
}
