namespace Adjoint.Kernels.Libraries;

/// <summary>A convolution of few channels, which lie apart, by our own native kernels, a few images or rows of one image a part.</summary>
/// <remarks>
/// Outputs and gradients by the input have the bits of <see cref="Convolution"/>: one chain of fused multiply-adds over channels and then taps.
/// </remarks>
internal sealed unsafe class DirectConvolver : Convolver
{
    /// <summary>Products of an element up to which the managed kernel sums in one chain.</summary>
    private const long MostProducts = 512;

    /// <summary>Bytes of one image's padded planes that a core's own cache holds.</summary>
    private const int MostScratch = 1 << 20;

    private readonly NativeDirect calls;
    private readonly ConvolutionKind kind;
    private readonly List<ConvolutionPart> parts;
    private readonly int filterSize;
    private readonly int scratch;

    private DirectConvolver(NativeDirect calls, in NativeConvolution shape, List<ConvolutionPart> parts, int scratch)
    {
        this.calls = calls;
        this.parts = parts;
        this.scratch = scratch;
        kind = shape.Kind;
        filterSize = (int)(shape.Outputs * shape.Inputs * Taps(shape));
    }

    /// <summary>The way for a shape; null where there is none, or another is as fast.</summary>
    internal static DirectConvolver? Of(NativeDirect calls, in NativeConvolution shape, double work)
    {
        long products = Taps(shape) * (shape.Kind == ConvolutionKind.ByInput ? shape.Outputs : shape.Inputs);
        if (products > MostProducts || shape.Groups != 1)
        {
            return null;
        }

        List<ConvolutionPart> cut = ConvolutionCut.OfDirect(shape, work);
        int most = 0;
        foreach (ConvolutionPart part in cut)
        {
            if (calls.Scratch(part.Shape) is not { } bytes || bytes > MostScratch)
            {
                return null;
            }

            most = Math.Max(most, bytes);
        }

        return new(calls, shape, cut, most);
    }

    /// <inheritdoc/>
    internal override void Run(float[] x, int xOffset, float[] f, int fOffset, float[] y, int yOffset, IParallel parallel)
    {
        fixed (float* left = x, right = f, result = y)
        {
            (nint a, nint b, nint c) = ((nint)(left + xOffset), (nint)(right + fOffset), (nint)(result + yOffset));
            if (parts.Count > 1 && kind == ConvolutionKind.ByFilter)
            {
                AddParts((float*)a, (float*)b, (float*)c, parallel);
            }
            else
            {
                parallel.For(parts.Count, i => Part(i, (float*)a, (float*)b, (float*)c));
            }
        }
    }

    /// <summary>Each part has its own gradient.</summary>
    private void AddParts(float* left, float* right, float* result, IParallel parallel)
    {
        int distance = (filterSize + 15) / 16 * 16;
        byte[] space = Rent(checked(parts.Count * distance * sizeof(float)));
        fixed (byte* place = space)
        {
            (nint x, nint y, nint sums) = ((nint)left, (nint)right, (nint)Aligned(place));
            parallel.For(parts.Count, i => Part(i, (float*)x, (float*)y, (float*)sums + ((long)i * distance)));
            AddUp((float*)sums, distance, parts.Count, filterSize, result, parallel);
        }

        Return(space);
    }

    private void Part(int index, float* left, float* right, float* result)
    {
        ConvolutionPart part = parts[index];
        byte[] space = Rent(scratch);
        fixed (byte* place = space)
        {
            (long x, long f, long y) = kind switch
            {
                ConvolutionKind.Forward => (part.Input, 0L, part.Output),
                ConvolutionKind.ByInput => (part.Output, 0L, part.Input),
                _ => (part.Input, part.Output, 0L),
            };
            calls.Run(part.Shape, left + x, right + f, result + y, place);
        }

        Return(space);
    }

    private static long Taps(in NativeConvolution shape)
    {
        long taps = 1;
        for (int i = 0; i < shape.Axes; i++)
        {
            taps *= shape.Window[i];
        }

        return taps;
    }
}
