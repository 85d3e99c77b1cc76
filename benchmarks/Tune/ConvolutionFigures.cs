using System.Globalization;
using Adjoint.Execute;
using Adjoint.Kernels;
using Adjoint.Kernels.Libraries;

namespace Adjoint.Tune;

/// <summary>The convolutions of well-known networks as the runtime runs them, beside oneDNN's bare call with channels innermost and packed filters.</summary>
internal static class ConvolutionFigures
{
    private const int Rounds = 15;

    private static readonly Layer[] Layers =
    [
        new("LeNet-5, first", 128, 1, 6, 28, 5, 1, 2),
        new("LeNet-5, second", 128, 6, 16, 14, 5, 1, 0),
        new("ResNet-56, 16", 32, 16, 16, 32, 3, 1, 1),
        new("ResNet-56, 16 to 32", 32, 16, 32, 32, 3, 2, 1),
        new("ResNet-56, 32", 32, 32, 32, 16, 3, 1, 1),
        new("ResNet-56, 64", 32, 64, 64, 8, 3, 1, 1),
        new("ResNet-18, first", 1, 3, 64, 224, 7, 2, 3),
        new("ResNet-18, 64", 1, 64, 64, 56, 3, 1, 1),
        new("ResNet-18, 128", 1, 128, 128, 28, 3, 1, 1),
        new("ResNet-18, 64 to 128, 1x1", 1, 64, 128, 56, 1, 2, 0),
        new("ResNet-18, 256", 1, 256, 256, 14, 3, 1, 1),
        new("ResNet-18, 512", 1, 512, 512, 7, 3, 1, 1),
        new("ResNet-18, 512, batch 8", 8, 512, 512, 7, 3, 1, 1),
        new("VGG-16, 512", 1, 512, 512, 28, 3, 1, 1),
        new("MobileNetV2, 96 by channel", 8, 96, 96, 56, 3, 1, 1, 96),
        new("MobileNetV2, 576 by channel", 8, 576, 576, 14, 3, 1, 1, 576),
        new("MobileNetV2, 64 to 384, 1x1", 8, 64, 384, 14, 1, 1, 0),
    ];

    internal static void Print()
    {
        Providers providers = Providers.Default;
        if (providers.Convolutions is not { } calls || providers.Library(Provider.OneDnn) is not (not 0 and var library))
        {
            return;
        }

        Console.WriteLine("| convolution | kind | bare ms | GF/s | filter's layouts, of bare | runtime, 1 thread | all threads | plain layout |");
        Console.WriteLine("| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |");
        foreach (Layer layer in Layers)
        {
            foreach (ConvolutionKind kind in Enum.GetValues<ConvolutionKind>())
            {
                Row(calls, library, layer, kind);
            }
        }
    }

    private static void Row(ConvolutionCalls calls, nint library, Layer layer, ConvolutionKind kind)
    {
        NativeConvolution last = layer.Shape(kind, isLast: true);
        using NativePlan? bare = calls.Plan(library, last);
        NativeConvolver? cut = NativeConvolver.Of(calls, library, last, last.Work);
        NativeConvolver? plain = NativeConvolver.Of(calls, library, layer.Shape(kind, isLast: false), last.Work);
        if (bare is null || cut is null)
        {
            Console.WriteLine($"| {layer.Name} | {kind} | the library has no fast way | | | | | |");
            return;
        }

        using var call = new BareConvolution(calls, bare, layer.Inputs(), layer.Filter(), layer.Outputs(), kind);
        (float[] left, float[] right, float[] result) = kind switch
        {
            ConvolutionKind.Forward => (Numbers(layer.Inputs()), Numbers(layer.Filter()), new float[layer.Outputs()]),
            ConvolutionKind.ByInput => (Numbers(layer.Outputs()), Numbers(layer.Filter()), new float[layer.Inputs()]),
            _ => (Numbers(layer.Inputs()), Numbers(layer.Outputs()), new float[layer.Filter()]),
        };
        double[] seconds = Clock.Typical(
            Rounds,
            call.Run,
            call.Relay,
            () => cut.Run(left, 0, right, 0, result, 0, Serial.Instance),
            () => cut.Run(left, 0, right, 0, result, 0, WorkerPool.Shared),
            () => plain?.Run(left, 0, right, 0, result, 0, Serial.Instance));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {layer.Name} | {kind} | {seconds[0] * 1e3:F3} | {2e-9 * last.Work / seconds[0]:F0} | {seconds[1] / seconds[0]:F3} | {seconds[2] / seconds[0]:F3} | {seconds[3] / seconds[0]:F3} | {seconds[4] / seconds[0]:F2} |"));
    }

    private static float[] Numbers(long count) => [.. Enumerable.Range(0, (int)count).Select(i => ((i * 7 % 13) - 6) / 8f)];

    private sealed record Layer(string Name, int Images, int From, int To, int Extent, int Window, int Stride, int Around, int Groups = 1)
    {
        private int Places => ((Extent + (2 * Around) - Window) / Stride) + 1;

        internal long Inputs() => (long)Images * From * Extent * Extent;

        internal long Outputs() => (long)Images * To * Places * Places;

        internal long Filter() => (long)To * (From / Groups) * Window * Window;

        internal NativeConvolution Shape(ConvolutionKind kind, bool isLast)
        {
            int input = Extent * Extent, output = Places * Places;
            var shape = new NativeConvolution
            {
                Kind = kind,
                Axes = 2,
                Images = Images,
                Groups = Groups,
                Inputs = From,
                Outputs = To,
                InputImage = From * input,
                InputChannel = isLast ? 1 : input,
                FilterOutput = From / Groups * Window * Window,
                FilterInput = Window * Window,
                OutputImage = To * output,
                OutputChannel = isLast ? 1 : output,
            };
            for (int i = 0; i < 2; i++)
            {
                (shape.Input[i], shape.Window[i], shape.Output[i]) = (Extent, Window, Places);
                (shape.Stride[i], shape.Dilation[i], shape.Low[i]) = (Stride, 1, Around);
            }

            return shape;
        }
    }
}
