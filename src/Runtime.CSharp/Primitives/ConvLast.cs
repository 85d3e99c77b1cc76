using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Kernels;
using Adjoint.Kernels.Libraries;

namespace Adjoint.Primitives;

/// <summary>Operands and results of convolutions whose second axis stands last, behind the spatial ones, and how they are turned.</summary>
internal static class ConvLast
{
    /// <summary>The convolution as libraries know it; null where they don't. Channels stand last only where what it takes for channels does.</summary>
    internal static NativeConvolution? Shape(ConvGeneral conv, ConvView view)
    {
        bool exchanged = conv.InputLast && conv.InputSwapped;
        bool fits = exchanged
            ? !conv.OutputLast && (!conv.FilterLast || conv.FilterSwapped)
            : !conv.FilterLast && !(conv.OutputLast && conv.OutputSwapped);
        if (!fits || view.Result.Size == 0)
        {
            return null;
        }

        ConvolutionLayout plain = view.Layout;
        var layout = new ConvolutionLayout(
            exchanged ? 1 : plain.InputBatch,
            conv.InputLast && !exchanged ? 1 : plain.InputChannel,
            conv.FilterLast ? 1 : plain.FilterOutput,
            plain.FilterInput,
            plain.OutputBatch,
            conv.OutputLast ? 1 : plain.OutputChannel);
        return NativeConvolution.Of(view.Geometry, layout, new(conv.BatchGroups, conv.FilterSwapped, exchanged));
    }

    /// <summary>The convolution with channels last; null where it has them so, or no library could run it.</summary>
    internal static ConvGeneral? Turned(ConvGeneral conv, TensorType input, TensorType filter)
    {
        bool byFilter = conv.InputSwapped;
        bool isPlain = !conv.InputLast && !conv.FilterLast && !conv.OutputLast;
        if (!isPlain || (byFilter ? !conv.FilterSwapped : conv.OutputSwapped))
        {
            return null;
        }

        ConvGeneral last = byFilter
            ? conv with { InputLast = true, FilterLast = true }
            : conv with { InputLast = true, OutputLast = true };
        return Shape(last, new(conv, input.Shape, filter.Shape)) is { } shape && shape.Kind == ConvolutionKind.ByFilter == byFilter ? last : null;
    }

    /// <summary>[a, b, S…] of [a, S…, b].</summary>
    internal static Shape Plain(Shape shape, bool last) => last ? shape.Remove(shape.Rank - 1).Insert(1, shape[^1]) : shape;

    /// <summary>[a, S…, b] of [a, b, S…].</summary>
    internal static Shape Last(Shape shape, bool last) => last ? shape.Remove(1).Insert(shape.Rank - 1, shape[1]) : shape;

    /// <summary>The second axis in its place.</summary>
    internal static Value Plain(Value x, bool last) => last ? Ops.MoveAxis(x, x.Tensor.Rank - 1, 1) : x;

    /// <summary>The second axis last.</summary>
    internal static Value Last(Value x, bool last) => last ? Ops.MoveAxis(x, 1, x.Tensor.Rank - 1) : x;

    /// <summary>The same for arrays, one copy.</summary>
    internal static NDArray Plain(NDArray x, bool last)
    {
        int[] strides = x.Shape.Strides();
        return last ? Strided.Copy(x, Plain(x.Shape, true), [strides[0], strides[^1], .. strides[1..^1]]) : x;
    }

    /// <summary>The same for arrays, one copy.</summary>
    internal static NDArray Last(NDArray x, bool last)
    {
        int[] strides = x.Shape.Strides();
        return last ? Strided.Copy(x, Last(x.Shape, true), [strides[0], .. strides[2..], strides[1]]) : x;
    }

    /// <summary>Lanes in front, and the second axis in its place.</summary>
    internal static Batched Plain(Batched x, bool last)
    {
        if (!last)
        {
            return x;
        }

        if (!x.IsBatched)
        {
            return x with { Value = Plain(x.Value, last) };
        }

        Value front = Ops.MoveAxis(x.Value, x.Axis, 0);
        return new(Ops.MoveAxis(front, front.Tensor.Rank - 1, 2), 0);
    }

    /// <summary>Lanes in front, and the second axis last.</summary>
    internal static Batched Last(Batched x, bool last)
    {
        if (!last)
        {
            return x;
        }

        Value front = Ops.MoveAxis(x.Value, x.Axis, 0);
        return new(Ops.MoveAxis(front, 2, front.Tensor.Rank - 1), 0);
    }
}
