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
    private readonly Lazy<Convolver?> native;
    private readonly bool keepsFilter;
    private volatile KeptFilter? kept;

    /// <summary>The kernel of a convolution; a library makes its plan when it is first run.</summary>
    /// <param name="conv">The convolution.</param>
    /// <param name="view">Of operands of these shapes.</param>
    /// <param name="keepsFilter">Whether all runs have one filter, which is then read once.</param>
    internal ConvKernel(ConvGeneral conv, ConvView view, bool keepsFilter = false)
    {
        this.keepsFilter = keepsFilter;
        this.conv = conv;
        this.view = view;
        native = new(() => ConvLast.Shape(conv, view) is { } shape ? Convolutions.Of(shape) : null);
    }

    /// <summary>Whether the filter of several groups lies by input channels.</summary>
    private bool MustPack => conv.FilterSwapped && conv.FeatureGroups > 1;

    private ConvolutionGeometry Geometry => view.Geometry;

    private ConvolutionLayout FilterInPlace => view.Layout;

    /// <inheritdoc/>
    public override string Describe() => (conv.InputLast || conv.FilterLast || conv.OutputLast)
        ? "convolution, channels innermost: a library's, in parts by shape"
        : "convolution";

    /// <inheritdoc/>
    public override void Run(ReadOnlySpan<NDArray> operands, NDArray result, IParallel parallel)
    {
        if (operands[0].Size == 0 || operands[1].Size == 0)
        {
            result.Fill(Scalar.Zero(result.Type));
        }
        else if (result.Type == DType.F32 && native.Value is { } library)
        {
            if (keepsFilter && (kept ??= library.Keep(operands[1].Memory<float>(), operands[1].Start)) is { IsEmpty: false } filter)
            {
                library.Run(operands[0].Memory<float>(), operands[0].Start, filter, result.Memory<float>(), result.Start, parallel);
                return;
            }

            library.Run(
                operands[0].Memory<float>(), operands[0].Start, operands[1].Memory<float>(), operands[1].Start, result.Memory<float>(), result.Start, parallel);
        }
        else if (result.Type == DType.F32)
        {
            RunTurned<float>(operands, result, parallel);
        }
        else
        {
            RunTurned<double>(operands, result, parallel);
        }
    }

    /// <summary>Runs with second axes in their places, to which they are copied where they stand last.</summary>
    private void RunTurned<T>(ReadOnlySpan<NDArray> operands, NDArray result, IParallel parallel)
        where T : unmanaged, INumberBase<T>
    {
        if (!conv.InputLast && !conv.FilterLast && !conv.OutputLast)
        {
            Run<T>(operands, result, parallel);
            return;
        }

        NDArray[] plain = [Turned<T>(operands[0], conv.InputLast, parallel), Turned<T>(operands[1], conv.FilterLast, parallel)];
        NDArray target = conv.OutputLast ? NDArray.New(result.Type, view.Result) : result;
        Run<T>(plain, target, parallel);
        if (conv.OutputLast)
        {
            int[] strides = view.Result.Strides();
            int[] from = [strides[0], .. strides[2..], strides[1]];
            StridedCopy.Run(target.Memory<T>(), target.Start, from, result.Memory<T>(), result.Start, result.Shape.Strides(), result.Shape.ToArray(), parallel);
        }
    }

    private static NDArray Turned<T>(NDArray x, bool last, IParallel parallel)
        where T : unmanaged
    {
        if (!last)
        {
            return x;
        }

        int[] strides = x.Shape.Strides();
        int[] from = [strides[0], strides[^1], .. strides[1..^1]];
        NDArray plain = NDArray.New(x.Type, ConvLast.Plain(x.Shape, last));
        StridedCopy.Run(x.Memory<T>(), x.Start, from, plain.Memory<T>(), 0, plain.Shape.Strides(), plain.Shape.ToArray(), parallel);
        return plain;
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
