namespace Adjoint.Kernels;

/// <summary>One spatial axis of a convolution or a window reduction.</summary>
/// <param name="Input">Extent of the input.</param>
/// <param name="Window">Extent of the window, at least 1.</param>
/// <param name="Stride">Distance of two windows, at least 1.</param>
/// <param name="Low">Zeros before the input; negative crops it. Counted after dilation.</param>
/// <param name="High">Zeros after the input; negative crops it.</param>
/// <param name="InputDilation">Distance of two input elements once zeros are put between them, at least 1.</param>
/// <param name="WindowDilation">Distance of two elements of the window, at least 1.</param>
internal readonly record struct WindowAxis(
    int Input,
    int Window,
    int Stride = 1,
    int Low = 0,
    int High = 0,
    int InputDilation = 1,
    int WindowDilation = 1)
{
    /// <summary>Extent of the input with zeros between its elements.</summary>
    public int Dilated => Input == 0 ? 0 : ((Input - 1) * InputDilation) + 1;

    /// <summary>Extent of the dilated input with its padding.</summary>
    public int Padded => Math.Max(0, Dilated + Low + High);

    /// <summary>Extent of the dilated window.</summary>
    public int Reach => ((Window - 1) * WindowDilation) + 1;

    /// <summary>Number of windows.</summary>
    public int Output => Padded < Reach ? 0 : ((Padded - Reach) / Stride) + 1;

    /// <summary>Whether output i is input i: window, stride and dilation 1, no padding.</summary>
    public bool IsTrivial => Window == 1 && Stride == 1 && Low == 0 && High == 0 && InputDilation == 1;
}

/// <summary>
/// What a convolution computes: input [N, C, S…], filter [O, C / G, W…], output [N, O, T…], one to three spatial axes.
/// </summary>
/// <remarks>
/// y[n, o, t] = Σ over c, w of x[n, g·C/G + c, t·stride + w·dilation − low] · f[o, c, w], with g = ⌊o·G / O⌋: correlation.
/// With <see cref="ReverseWindow"/> the filter is read backwards along every spatial axis, which is what the gradient
/// by the input needs. Missing leading axes are (1, 1).
/// </remarks>
internal readonly record struct ConvolutionGeometry
{
    private ConvolutionGeometry(int batch, int inputChannels, int outputChannels, int groups, ReadOnlySpan<WindowAxis> axes, bool reverse)
    {
        Batch = batch;
        InputChannels = inputChannels;
        OutputChannels = outputChannels;
        Groups = groups;
        ReverseWindow = reverse;
        Outer = axes.Length > 2 ? axes[^3] : new WindowAxis(1, 1);
        Middle = axes.Length > 1 ? axes[^2] : new WindowAxis(1, 1);
        Inner = axes[^1];
    }

    public int Batch { get; }

    public int InputChannels { get; }

    public int OutputChannels { get; }

    public int Groups { get; }

    public bool ReverseWindow { get; }

    public WindowAxis Outer { get; init; }

    public WindowAxis Middle { get; init; }

    public WindowAxis Inner { get; init; }

    public int GroupInputs => InputChannels / Groups;

    public int GroupOutputs => OutputChannels / Groups;

    /// <summary>Elements of an input plane.</summary>
    public int InputSize => Outer.Input * Middle.Input * Inner.Input;

    /// <summary>Elements of a window.</summary>
    public int WindowSize => Outer.Window * Middle.Window * Inner.Window;

    /// <summary>Elements of an output plane.</summary>
    public int OutputSize => Outer.Output * Middle.Output * Inner.Output;

    /// <summary>A convolution with one to three axes, outermost first; the channels are multiples of the groups.</summary>
    public static ConvolutionGeometry Create(
        int batch,
        int inputChannels,
        int outputChannels,
        int groups,
        ReadOnlySpan<WindowAxis> axes,
        bool reverseWindow = false)
    {
        if (axes.Length is < 1 or > 3)
        {
            throw new ArgumentException($"convolution: {axes.Length} spatial axes; there must be 1 to 3.", nameof(axes));
        }

        if (groups < 1 || inputChannels % groups != 0 || outputChannels % groups != 0)
        {
            throw new ArgumentException(
                $"convolution: {groups} groups do not divide {inputChannels} input and {outputChannels} output channels.",
                nameof(groups));
        }

        foreach (WindowAxis axis in axes)
        {
            if (axis.Window < 1 || axis.Stride < 1 || axis.InputDilation < 1 || axis.WindowDilation < 1)
            {
                throw new ArgumentException($"convolution: window, stride and dilations must be positive in {axis}.", nameof(axes));
            }
        }

        return new(batch, inputChannels, outputChannels, groups, axes, reverseWindow);
    }

    /// <summary>The same convolution with as few, as long innermost axes as possible.</summary>
    public ConvolutionGeometry Merged()
    {
        ConvolutionGeometry merged = this;
        while (merged.Inner.IsTrivial && merged.Middle is { Stride: 1, InputDilation: 1 } && merged.Middle != new WindowAxis(1, 1))
        {
            int width = merged.Inner.Input;
            WindowAxis middle = merged.Middle;
            merged = merged with
            {
                Inner = middle with
                {
                    Input = middle.Input * width,
                    Low = middle.Low * width,
                    High = middle.High * width,
                    WindowDilation = middle.WindowDilation * width,
                },
                Middle = merged.Outer,
                Outer = new WindowAxis(1, 1),
            };
        }

        return merged;
    }
}

/// <summary>Where the batch and channel axes of the operands of a convolution lie; spatial axes are row-major.</summary>
/// <remarks>
/// The gradients of a convolution are convolutions with axes exchanged: by the filter, the input's channels are the
/// batch and its batch the channels. Exchanged strides spare the copies.
/// </remarks>
internal readonly record struct ConvolutionLayout(
    int InputBatch,
    int InputChannel,
    int FilterOutput,
    int FilterInput,
    int OutputBatch,
    int OutputChannel)
{
    /// <summary>All operands dense and row-major.</summary>
    public static ConvolutionLayout Dense(in ConvolutionGeometry geometry) => new(
        geometry.InputChannels * geometry.InputSize,
        geometry.InputSize,
        geometry.GroupInputs * geometry.WindowSize,
        geometry.WindowSize,
        geometry.OutputChannels * geometry.OutputSize,
        geometry.OutputSize);
}
