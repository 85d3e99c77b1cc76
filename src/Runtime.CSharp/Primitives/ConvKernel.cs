using System.Numerics;
using Adjoint.Core;
using Adjoint.Kernels;
using Adjoint.Kernels.Libraries;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>A convolution of f32 or f64 by a library or the direct kernel, one call for each batch group.</summary>
internal sealed class ConvKernel : SingleKernel
{
    private readonly ConvGeneral conv;
    private readonly ConvView view;
    private readonly Lazy<NativeConvolver?> native;

    /// <summary>The kernel of a convolution; a library makes its plan when it is first run.</summary>
    internal ConvKernel(ConvGeneral conv, ConvView view)
    {
        this.conv = conv;
        this.view = view;
        native = new(() => MustPack || conv.BatchGroups > 1 ? null : Convolutions.Of(Geometry, FilterInPlace));
    }

    /// <summary>Whether the filter of several groups lies by input channels.</summary>
    private bool MustPack => conv.FilterSwapped && conv.FeatureGroups > 1;

    private ConvolutionGeometry Geometry => ConvolutionGeometry.Create(
        view.ResultImages, view.Channels, view.Outputs / conv.BatchGroups, conv.FeatureGroups, view.Axes, conv.ReverseWindow);

    private ConvolutionLayout FilterInPlace => new(
        view.InputPlace(1, 0),
        view.InputPlace(0, 1),
        view.FilterPlace(1, 0),
        view.FilterPlace(0, 1),
        view.ResultPlace(1, 0),
        view.ResultPlace(0, 1));

    /// <inheritdoc/>
    public override void Run(ReadOnlySpan<NDArray> operands, NDArray result, IParallel parallel)
    {
        if (operands[0].Size == 0 || operands[1].Size == 0)
        {
            result.Fill(Scalar.Zero(result.Type));
        }
        else if (result.Type == DType.F32 && native.Value is { } library)
        {
            library.Run(
                operands[0].Memory<float>(), operands[0].Start, operands[1].Memory<float>(), operands[1].Start, result.Memory<float>(), result.Start, parallel);
        }
        else if (result.Type == DType.F32)
        {
            Run<float>(operands, result, parallel);
        }
        else
        {
            Run<double>(operands, result, parallel);
        }
    }

    private void Run<T>(ReadOnlySpan<NDArray> operands, NDArray result, IParallel parallel)
        where T : unmanaged, INumberBase<T>
    {
        bool pack = MustPack;
        T[] filter = pack ? ByOutputs<T>(operands[1]) : operands[1].Memory<T>();
        int firstWeight = pack ? 0 : operands[1].Start;
        int outputs = view.Outputs / conv.BatchGroups;
        ConvolutionGeometry geometry = Geometry;
        ConvolutionLayout layout = pack
            ? FilterInPlace with { FilterOutput = view.GroupChannels * view.Window, FilterInput = view.Window }
            : FilterInPlace;
        for (int group = 0; group < conv.BatchGroups; group++)
        {
            Convolution.Convolve(
                geometry,
                layout,
                operands[0].Memory<T>(),
                operands[0].Start + view.InputPlace(group * view.ResultImages, 0),
                filter,
                firstWeight + (group * outputs * layout.FilterOutput),
                result.Memory<T>(),
                result.Start + view.ResultPlace(0, group * outputs),
                parallel);
        }
    }

    /// <summary>The filter as [O, C / G, W…].</summary>
    private T[] ByOutputs<T>(NDArray filter)
        where T : unmanaged
    {
        var ordered = new T[filter.Size];
        for (int i = 0; i < view.Outputs * view.GroupChannels; i++)
        {
            int place = view.FilterPlace(i / view.GroupChannels, i % view.GroupChannels);
            filter.Span<T>().Slice(place, view.Window).CopyTo(ordered.AsSpan(i * view.Window));
        }

        return ordered;
    }
}
