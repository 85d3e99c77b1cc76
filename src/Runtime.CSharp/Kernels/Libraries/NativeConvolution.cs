using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Adjoint.Kernels.Libraries;

/// <summary>What a convolution of a library computes.</summary>
internal enum ConvolutionKind
{
    /// <summary>The output from input and filter.</summary>
    Forward = 0,

    /// <summary>The gradient by the input from the gradient by the output and the filter.</summary>
    ByInput = 1,

    /// <summary>The gradient by the filter from the input and the gradient by the output.</summary>
    ByFilter = 2,
}

/// <summary>A number for each spatial axis.</summary>
[InlineArray(3)]
internal struct Spatial
{
    private long first;
}

/// <summary>A convolution as the C boundary takes it: <c>adj_convolution</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeConvolution
{
    internal ConvolutionKind Kind;
    internal int Axes;
    internal long Images;
    internal long Groups;
    internal long Inputs;
    internal long Outputs;
    internal Spatial Input;
    internal Spatial Window;
    internal Spatial Output;
    internal Spatial Stride;
    internal Spatial Dilation;
    internal Spatial Low;
    internal long InputImage;
    internal long InputChannel;
    internal long FilterOutput;
    internal long FilterInput;
    internal long OutputImage;
    internal long OutputChannel;

    /// <summary>
    /// The convolution or gradient that a geometry is: libraries have fast ways for each, while the runtime has one operation for all three.
    /// Null where it is none of them.
    /// </summary>
    internal static NativeConvolution? Of(in ConvolutionGeometry geometry, ConvolutionLayout layout)
    {
        ReadOnlySpan<WindowAxis> axes = [geometry.Outer, geometry.Middle, geometry.Inner];
        bool plain = true, spread = true;
        long windows = 1, outputs = 1;
        foreach (WindowAxis axis in axes)
        {
            bool reversed = geometry.ReverseWindow && axis.Window > 1;
            plain &= axis.InputDilation == 1 && !reversed && axis.Low >= 0;
            spread &= axis.Stride == 1 && (geometry.ReverseWindow || axis.Window == 1) && axis.Reach - 1 - axis.Low >= 0;
            windows *= axis.Window;
            outputs *= axis.Output;
        }

        return plain && geometry.Groups == 1 && windows > outputs ? ByFilter(geometry, layout, axes)
            : plain ? Forward(geometry, layout, axes)
            : spread && geometry.Groups == 1 ? ByInput(geometry, layout, axes)
            : null;
    }

    /// <summary>The same for a part of the images, or, of a gradient by the filter, of the filter's outputs.</summary>
    internal readonly NativeConvolution Part(long count) =>
        Kind == ConvolutionKind.ByFilter ? this with { Outputs = count } : this with { Images = count };

    private static NativeConvolution Forward(in ConvolutionGeometry geometry, ConvolutionLayout layout, ReadOnlySpan<WindowAxis> axes)
    {
        var found = new NativeConvolution
        {
            Kind = ConvolutionKind.Forward,
            Axes = 3,
            Images = geometry.Batch,
            Groups = geometry.Groups,
            Inputs = geometry.InputChannels,
            Outputs = geometry.OutputChannels,
            InputImage = layout.InputBatch,
            InputChannel = layout.InputChannel,
            FilterOutput = layout.FilterOutput,
            FilterInput = layout.FilterInput,
            OutputImage = layout.OutputBatch,
            OutputChannel = layout.OutputChannel,
        };
        for (int i = 0; i < 3; i++)
        {
            WindowAxis axis = axes[i];
            (found.Input[i], found.Window[i], found.Output[i]) = (axis.Input, axis.Window, axis.Output);
            (found.Stride[i], found.Dilation[i], found.Low[i]) = (axis.Stride, axis.WindowDilation, axis.Low);
        }

        return found.Trimmed();
    }

    /// <summary>y[t] = Σ x[s] f[w] over t = s·dilation of the input + w·dilation of the window − low, the filter read as it lies.</summary>
    private static NativeConvolution ByInput(in ConvolutionGeometry geometry, ConvolutionLayout layout, ReadOnlySpan<WindowAxis> axes)
    {
        var found = new NativeConvolution
        {
            Kind = ConvolutionKind.ByInput,
            Axes = 3,
            Images = geometry.Batch,
            Groups = 1,
            Inputs = geometry.OutputChannels,
            Outputs = geometry.InputChannels,
            InputImage = layout.OutputBatch,
            InputChannel = layout.OutputChannel,
            FilterOutput = layout.FilterInput,
            FilterInput = layout.FilterOutput,
            OutputImage = layout.InputBatch,
            OutputChannel = layout.InputChannel,
        };
        for (int i = 0; i < 3; i++)
        {
            WindowAxis axis = axes[i];
            (found.Input[i], found.Window[i], found.Output[i]) = (axis.Output, axis.Window, axis.Input);
            (found.Stride[i], found.Dilation[i], found.Low[i]) = (axis.InputDilation, axis.WindowDilation, axis.Reach - 1 - axis.Low);
        }

        return found.Trimmed();
    }

    /// <summary>Channels stand for images and images for channels; the window goes over what was the filter's gradient.</summary>
    private static NativeConvolution ByFilter(in ConvolutionGeometry geometry, ConvolutionLayout layout, ReadOnlySpan<WindowAxis> axes)
    {
        var found = new NativeConvolution
        {
            Kind = ConvolutionKind.ByFilter,
            Axes = 3,
            Images = geometry.InputChannels,
            Groups = 1,
            Inputs = geometry.Batch,
            Outputs = geometry.OutputChannels,
            InputImage = layout.InputChannel,
            InputChannel = layout.InputBatch,
            FilterOutput = layout.OutputChannel,
            FilterInput = layout.OutputBatch,
            OutputImage = layout.FilterInput,
            OutputChannel = layout.FilterOutput,
        };
        for (int i = 0; i < 3; i++)
        {
            WindowAxis axis = axes[i];
            (found.Input[i], found.Window[i], found.Output[i]) = (axis.Input, axis.Output, axis.Window);
            (found.Stride[i], found.Dilation[i], found.Low[i]) = (axis.WindowDilation, axis.Stride, axis.Low);
        }

        return found.Trimmed();
    }

    /// <summary>Without leading axes of one element, down to two axes: libraries are fastest on images.</summary>
    private readonly NativeConvolution Trimmed()
    {
        NativeConvolution trimmed = this;
        while (trimmed.Axes > 1 && trimmed.Input[0] == 1 && trimmed.Window[0] == 1 && trimmed.Output[0] == 1 && trimmed.Low[0] == 0)
        {
            trimmed.Axes--;
            for (int i = 0; i < 2; i++)
            {
                (trimmed.Input[i], trimmed.Window[i], trimmed.Output[i]) = (trimmed.Input[i + 1], trimmed.Window[i + 1], trimmed.Output[i + 1]);
                (trimmed.Stride[i], trimmed.Dilation[i], trimmed.Low[i]) = (trimmed.Stride[i + 1], trimmed.Dilation[i + 1], trimmed.Low[i + 1]);
            }
        }

        return trimmed;
    }
}
