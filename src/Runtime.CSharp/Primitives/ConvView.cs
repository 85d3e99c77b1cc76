using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Kernels;

namespace Adjoint.Primitives;

/// <summary>One convolution of input [N, C, S…] with filter [O, I, W…] to output [M, O, T…], wherever their axes lie.</summary>
internal sealed class ConvView
{
    private readonly ConvGeneral conv;
    private readonly Shape input;
    private readonly Shape filter;

    internal ConvView(ConvGeneral conv, Shape input, Shape filter)
    {
        this.conv = conv;
        this.input = input;
        this.filter = filter;
        Axes = [.. Enumerable.Range(0, input.Rank - 2).Select(i => new WindowAxis(
            input[i + 2].Value,
            filter[i + 2].Value,
            conv.Strides[i],
            conv.PadLow[i],
            conv.PadHigh[i],
            conv.InputDilation[i],
            conv.WindowDilation[i]))];
    }

    /// <summary>The spatial axes.</summary>
    internal WindowAxis[] Axes { get; }

    /// <summary>Images of the input.</summary>
    internal int Images => input[conv.InputSwapped ? 1 : 0].Value;

    /// <summary>Channels of the input.</summary>
    internal int Channels => input[conv.InputSwapped ? 0 : 1].Value;

    /// <summary>Channels of the output.</summary>
    internal int Outputs => conv.FilterSwapped ? filter[1].Value * conv.FeatureGroups : filter[0].Value;

    /// <summary>Channels of the input that one output channel sees, as the filter says.</summary>
    internal int GroupChannels => conv.FilterSwapped ? filter[0].Value / conv.FeatureGroups : filter[1].Value;

    /// <summary>Images of the output.</summary>
    internal int ResultImages => Images / conv.BatchGroups;

    /// <summary>The shape of the output as it is stored.</summary>
    internal Shape Result => Shape.Of([
        conv.OutputSwapped ? Outputs : ResultImages, conv.OutputSwapped ? ResultImages : Outputs, .. Axes.Select(axis => axis.Output)]);

    /// <summary>Elements of one plane of the output.</summary>
    internal int ResultPlane => Axes.Aggregate(1, (size, axis) => size * axis.Output);

    /// <summary>Elements of one window.</summary>
    internal int Window => Axes.Aggregate(1, (size, axis) => size * axis.Window);

    /// <summary>The convolution of one batch group.</summary>
    internal ConvolutionGeometry Geometry => ConvolutionGeometry.Create(
        ResultImages, Channels, Outputs / conv.BatchGroups, conv.FeatureGroups, Axes, conv.ReverseWindow);

    /// <summary>Where axes lie, with the filter as it is stored.</summary>
    internal ConvolutionLayout Layout => new(
        InputPlace(1, 0), InputPlace(0, 1), FilterPlace(1, 0), FilterPlace(0, 1), ResultPlace(1, 0), ResultPlace(0, 1));

    /// <summary>The place of an image's channel in the input.</summary>
    internal int InputPlace(int image, int channel)
    {
        int[] strides = input.Strides();
        return conv.InputSwapped ? (channel * strides[0]) + (image * strides[1]) : (image * strides[0]) + (channel * strides[1]);
    }

    /// <summary>The place in the filter of an output channel and one of the input channels that it sees.</summary>
    internal int FilterPlace(int output, int channel)
    {
        int[] strides = filter.Strides();
        int groupOutputs = Outputs / conv.FeatureGroups;
        return conv.FilterSwapped
            ? (((output / groupOutputs * GroupChannels) + channel) * strides[0]) + (output % groupOutputs * strides[1])
            : (output * strides[0]) + (channel * strides[1]);
    }

    /// <summary>The place of an image's channel in the output.</summary>
    internal int ResultPlace(int image, int output)
    {
        int[] strides = Result.Strides();
        return conv.OutputSwapped ? (output * strides[0]) + (image * strides[1]) : (image * strides[0]) + (output * strides[1]);
    }

    /// <summary>For each element of an output plane and each of the window the place in an input plane; −1 in padding.</summary>
    internal int[] Taps()
    {
        int[] taps = [0];
        int windows = 1;
        foreach (WindowAxis axis in Axes)
        {
            var next = new int[taps.Length * axis.Output * axis.Window];
            for (int i = 0; i < next.Length; i++)
            {
                int w = i % (windows * axis.Window);
                int t = i / (windows * axis.Window);
                int before = taps[(t / axis.Output * windows) + (w / axis.Window)];
                int at = Source(axis, t % axis.Output, w % axis.Window);
                next[i] = before < 0 || at < 0 ? -1 : (before * axis.Input) + at;
            }

            taps = next;
            windows *= axis.Window;
        }

        return taps;
    }

    private int Source(WindowAxis axis, int output, int window)
    {
        int tap = conv.ReverseWindow ? axis.Window - 1 - window : window;
        int at = (output * axis.Stride) + (tap * axis.WindowDilation) - axis.Low;
        return at >= 0 && at < axis.Dilated && at % axis.InputDilation == 0 ? at / axis.InputDilation : -1;
    }
}
