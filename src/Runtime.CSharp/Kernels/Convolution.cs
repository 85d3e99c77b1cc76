using System.Buffers;
using System.Numerics;
using System.Runtime.Intrinsics;

namespace Adjoint.Kernels;

/// <summary>Convolution of float and double, directly: no matrix of patches is made.</summary>
/// <remarks>
/// <para>
/// Method: eight output channels by two vectors of neighbouring outputs are summed in registers by
/// <see cref="MicroKernel{T, TVector, TLanes}"/>, whose table of offsets holds the taps. The input is read in place or,
/// where there is padding, dilation or an inner stride, from a padded copy (<see cref="PaddedInput"/>), one image at a
/// time so that it stays in the cache.
/// </para>
/// <para>
/// Summation order: channels ascending, then taps in the filter's order, in blocks of at most 512 that are summed with
/// fused multiply-adds and then added in order. Fixed by the shape and the processor's vector width.
/// Error: |y − exact| ≤ eps · (min(K, 512) + number of blocks) · Σ |x|·|f|, K = C / G · window size.
/// </para>
/// </remarks>
internal static class Convolution
{
    /// <summary>
    /// y = x ⋆ f as <paramref name="geometry"/> says, for dense row-major operands; y must not overlap x or f.
    /// </summary>
    public static void Convolve<T>(
        in ConvolutionGeometry geometry,
        T[] x,
        int xOffset,
        T[] f,
        int fOffset,
        T[] y,
        int yOffset,
        IParallel parallel)
        where T : unmanaged, INumberBase<T> =>
        Convolve(geometry, ConvolutionLayout.Dense(geometry), x, xOffset, f, fOffset, y, yOffset, parallel);

    /// <summary>The same for operands whose batch and channel axes lie as <paramref name="layout"/> says.</summary>
    public static void Convolve<T>(
        in ConvolutionGeometry geometry,
        ConvolutionLayout layout,
        T[] x,
        int xOffset,
        T[] f,
        int fOffset,
        T[] y,
        int yOffset,
        IParallel parallel)
        where T : unmanaged, INumberBase<T>
    {
        if (geometry.Batch == 0 || geometry.OutputChannels == 0 || geometry.OutputSize == 0)
        {
            return;
        }

        if (geometry.GroupInputs == 0)
        {
            Clear(geometry, layout, y, yOffset);
            return;
        }

        ConvolutionGeometry merged = geometry.Merged();
        int lanes = ConvolutionPlan.LanesFor<T>(merged.Inner.Output);
        bool inPlace = new PaddedInput(merged).IsInput && LastLoad(merged, layout, xOffset, lanes) <= x.Length;
        T[]? packed = Pack(geometry, ref layout, f, fOffset);
        var plan = new ConvolutionPlan(merged, layout, lanes, inPlace);
        var input = new Memory<T>(x)[xOffset..];
        var filter = packed is null ? new Memory<T>(f)[fOffset..] : new Memory<T>(packed);
        var output = new Memory<T>(y)[yOffset..];
        if (lanes == Vector512<T>.Count)
        {
            new ConvolutionRun<T, Vector512<T>, Lanes512<T>>(plan, input, filter, output).Run(parallel);
        }
        else if (lanes == Vector256<T>.Count)
        {
            new ConvolutionRun<T, Vector256<T>, Lanes256<T>>(plan, input, filter, output).Run(parallel);
        }
        else if (lanes == Vector128<T>.Count)
        {
            new ConvolutionRun<T, Vector128<T>, Lanes128<T>>(plan, input, filter, output).Run(parallel);
        }
        else
        {
            new ConvolutionRun<T, T, LanesScalar<T>>(plan, input, filter, output).Run(parallel);
        }

        if (packed is not null)
        {
            ArrayPool<T>.Shared.Return(packed);
        }
    }

    /// <summary>One past the last element that a vector load in place can touch.</summary>
    private static long LastLoad(in ConvolutionGeometry geometry, ConvolutionLayout layout, int xOffset, int lanes) =>
        xOffset
        + ((long)(geometry.Batch - 1) * layout.InputBatch)
        + ((long)(geometry.InputChannels - 1) * layout.InputChannel)
        + geometry.InputSize
        + (geometry.Inner.Output < lanes ? lanes - geometry.Inner.Output : 0);

    /// <summary>
    /// A filter whose channels are apart, with few taps each, is copied so that they are together; otherwise null.
    /// </summary>
    private static T[]? Pack<T>(in ConvolutionGeometry geometry, ref ConvolutionLayout layout, T[] f, int fOffset)
        where T : unmanaged
    {
        const int ManyTaps = 64;
        int taps = geometry.WindowSize;
        int channels = geometry.GroupInputs;
        if (layout.FilterInput == taps || channels == 1 || taps >= ManyTaps)
        {
            return null;
        }

        T[] packed = ArrayPool<T>.Shared.Rent(geometry.OutputChannels * channels * taps);
        for (int o = 0; o < geometry.OutputChannels; o++)
        {
            for (int c = 0; c < channels; c++)
            {
                f.AsSpan(fOffset + (o * layout.FilterOutput) + (c * layout.FilterInput), taps)
                    .CopyTo(packed.AsSpan(((o * channels) + c) * taps));
            }
        }

        layout = layout with { FilterOutput = channels * taps, FilterInput = taps };
        return packed;
    }

    private static void Clear<T>(in ConvolutionGeometry geometry, ConvolutionLayout layout, T[] y, int yOffset)
    {
        for (int n = 0; n < geometry.Batch; n++)
        {
            for (int o = 0; o < geometry.OutputChannels; o++)
            {
                y.AsSpan(yOffset + (n * layout.OutputBatch) + (o * layout.OutputChannel), geometry.OutputSize).Clear();
            }
        }
    }
}
