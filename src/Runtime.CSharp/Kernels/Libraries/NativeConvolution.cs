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

/// <summary>What else there is to say of a convolution's operands.</summary>
/// <param name="BatchGroups">Groups of images, each seen by its own outputs; 0 is 1. The geometry's images and outputs are those of one.</param>
/// <param name="ByInputs">The filter lies by input channels.</param>
/// <param name="ImagesInnermost">What it takes for images lies innermost in the input: only a gradient by the filter has that.</param>
internal readonly record struct ConvolutionRoles(int BatchGroups, bool ByInputs, bool ImagesInnermost);

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

    /// <summary>Elements of one channel of all outputs.</summary>
    internal readonly long Places
    {
        get
        {
            long places = Images;
            for (int i = 0; i < Axes; i++)
            {
                places *= Output[i];
            }

            return places;
        }
    }

    /// <summary>Multiply-adds, those with padding too.</summary>
    internal readonly double Work
    {
        get
        {
            double work = (double)Images * Outputs * (Inputs / Groups);
            for (int i = 0; i < Axes; i++)
            {
                work *= (double)Output[i] * Window[i];
            }

            return work;
        }
    }

    /// <summary>
    /// The convolution or gradient that a geometry is: libraries have fast ways for each, while the runtime has one operation for all three.
    /// Null where it is none of them.
    /// </summary>
    /// <param name="geometry">The convolution, of one group of images.</param>
    /// <param name="layout">Where the operands' axes lie; a filter of groups by input channels, as it is stored.</param>
    /// <param name="roles">What the geometry doesn't say.</param>
    internal static NativeConvolution? Of(in ConvolutionGeometry geometry, ConvolutionLayout layout, ConvolutionRoles roles = default)
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

        bool exchanged = roles.ImagesInnermost || roles.BatchGroups > 1;
        return plain && geometry.Groups == 1 && (exchanged || windows > outputs) ? ByFilter(geometry, layout, axes, Math.Max(roles.BatchGroups, 1))
            : exchanged ? null
            : plain && !(roles.ByInputs && geometry.Groups > 1) ? Forward(geometry, layout, axes)
            : spread && (roles.ByInputs || geometry.Groups == 1) ? ByInput(geometry, layout, axes)
            : null;
    }

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
            Groups = geometry.Groups,
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
    private static NativeConvolution ByFilter(in ConvolutionGeometry geometry, ConvolutionLayout layout, ReadOnlySpan<WindowAxis> axes, int groups)
    {
        var found = new NativeConvolution
        {
            Kind = ConvolutionKind.ByFilter,
            Axes = 3,
            Images = geometry.InputChannels,
            Groups = groups,
            Inputs = (long)geometry.Batch * groups,
            Outputs = (long)geometry.OutputChannels * groups,
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
