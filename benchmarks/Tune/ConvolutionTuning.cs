using System.Globalization;
using System.Text;
using Adjoint.Kernels;
using Adjoint.Kernels.Libraries;

namespace Adjoint.Tune;

/// <summary>From how many channels on a library convolves better than the runtime: 3 × 3 windows over images of 16 × 16.</summary>
internal static class ConvolutionTuning
{
    private const int Rounds = 15;
    private const int Images = 32;
    private const int Extent = 16;
    private const int Window = 3;

    /// <summary>A change of provider has to be worth it.</summary>
    private const double Gain = 0.97;

    internal static void Add(StringBuilder text, Action<string> show)
    {
        Providers providers = Providers.Default;
        if (providers.Convolutions is null || providers.Library(Provider.OneDnn) == 0)
        {
            return;
        }

        foreach ((ConvolutionKind kind, string operation) in new[]
                 {
                     (ConvolutionKind.Forward, "convolution"),
                     (ConvolutionKind.ByInput, "convolution_by_input"),
                     (ConvolutionKind.ByFilter, "convolution_by_filter"),
                 })
        {
            Provider last = Provider.Managed;
            foreach (int channels in new[] { 1, 2, 4, 6, 8, 16, 32, 64 })
            {
                double[] seconds = Seconds(providers, kind, channels);
                bool library = last == Provider.OneDnn ? seconds[1] <= seconds[0] / Gain : seconds[1] < Gain * seconds[0];
                Provider chosen = library ? Provider.OneDnn : Provider.Managed;
                show(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{operation} f32 {channels}: managed {seconds[0] * 1e3:F3}, onednn {seconds[1] * 1e3:F3} ms: {chosen.Text()}"));
                if (chosen != last)
                {
                    text.Append(CultureInfo.InvariantCulture, $"{operation} f32 {channels} {chosen.Text()}\n");
                }

                last = chosen;
            }
        }
    }

    /// <summary>The median seconds of the managed kernel and of oneDNN, each as the runtime calls it on one thread.</summary>
    private static double[] Seconds(Providers providers, ConvolutionKind kind, int channels)
    {
        (ConvolutionGeometry geometry, ConvolutionLayout layout) = Shape(kind, channels);
        float[] x = Numbers(geometry.Batch * geometry.InputChannels * geometry.InputSize);
        float[] f = Numbers(geometry.OutputChannels * geometry.InputChannels * geometry.WindowSize);
        float[] y = new float[geometry.Batch * geometry.OutputChannels * geometry.OutputSize];
        double work = (double)y.Length * geometry.InputChannels * geometry.WindowSize;
        NativeConvolution? shape = NativeConvolution.Of(geometry, layout);
        NativeConvolver? way = shape is { } found ? NativeConvolver.Of(providers.Convolutions!, providers.Library(Provider.OneDnn), found, work) : null;
        if (way is null || shape?.Kind != kind)
        {
            return [0, 1];
        }

        return Clock.Alone(
            Rounds,
            () => Convolution.Convolve(geometry, layout, x, 0, f, 0, y, 0, Serial.Instance),
            () => way.Run(x, 0, f, 0, y, 0, Serial.Instance));
    }

    /// <summary>As the derivative rules make them: the gradients exchange images and channels, outputs and inputs.</summary>
    private static (ConvolutionGeometry Geometry, ConvolutionLayout Layout) Shape(ConvolutionKind kind, int channels)
    {
        if (kind != ConvolutionKind.ByFilter)
        {
            var axis = new WindowAxis(Extent, Window, Low: 1, High: 1);
            var plain = ConvolutionGeometry.Create(Images, channels, channels, 1, [axis, axis], kind == ConvolutionKind.ByInput);
            ConvolutionLayout dense = ConvolutionLayout.Dense(plain);
            return (plain, kind == ConvolutionKind.Forward
                ? dense
                : dense with { FilterOutput = dense.FilterInput, FilterInput = dense.FilterOutput });
        }

        var wide = new WindowAxis(Extent, Extent, Low: 1, High: 1);
        var geometry = ConvolutionGeometry.Create(channels, Images, channels, 1, [wide, wide]);
        const int Plane = Extent * Extent;
        const int Taps = Window * Window;
        return (geometry, new(Plane, channels * Plane, Plane, channels * Plane, Taps, channels * Taps));
    }

    private static float[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(i => ((i * 7 % 13) - 6) / 8f)];
}
