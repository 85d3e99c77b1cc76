using System.Buffers;

namespace Adjoint.Kernels.Libraries;

/// <summary>A convolution of f32 by a library: its plans, and the parts that it is cut into.</summary>
/// <remarks>
/// Parts are of images (of a gradient by the filter: of the filter's outputs), cut by the shape alone, so that the bits are the same for any
/// runner. Error: |y − exact| ≤ eps · K · Σ |x|·|f| over the K products of an element.
/// </remarks>
internal sealed unsafe class NativeConvolver
{
    /// <summary>Multiply-adds of a part: some tenths of a millisecond.</summary>
    private const double PartWork = 1 << 24;

    private const int LargestScratch = 1 << 30;

    private readonly NativeLibraryCalls calls;
    private readonly NativeConvolution shape;
    private readonly NativePlan plan;
    private readonly NativePlan? lastPlan;
    private readonly long part;
    private readonly int parts;

    private NativeConvolver(NativeLibraryCalls calls, in NativeConvolution shape, long part, NativePlan plan, NativePlan? lastPlan)
    {
        this.calls = calls;
        this.shape = shape;
        this.part = part;
        this.plan = plan;
        this.lastPlan = lastPlan;
        parts = (int)((Whole(shape) + part - 1) / part);
    }

    /// <summary>Makes the plans; null where the library has no fast way.</summary>
    internal static NativeConvolver? Of(NativeLibraryCalls calls, nint library, in NativeConvolution shape, double work)
    {
        long whole = Whole(shape);
        long count = Math.Clamp((long)Math.Ceiling(whole * PartWork / work), 1, whole);
        if (shape.Kind == ConvolutionKind.ByFilter)
        {
            count = Math.Min(whole, Math.Max(32, (count + 15) / 16 * 16));
        }

        long rest = whole % count;
        NativePlan? most = calls.Plan(library, shape.Part(count));
        NativePlan? last = rest == 0 || most is null ? null : calls.Plan(library, shape.Part(rest));
        return most is null || most.Scratch > LargestScratch || (rest != 0 && last is null) ? null : new(calls, shape, count, most, last);
    }

    /// <summary>y from x and f, which lie as the shape says; y must not overlap them.</summary>
    internal void Run(float[] x, int xOffset, float[] f, int fOffset, float[] y, int yOffset, IParallel parallel)
    {
        if (parts == 1)
        {
            Part(0, x, xOffset, f, fOffset, y, yOffset);
        }
        else
        {
            parallel.For(parts, index => Part(index, x, xOffset, f, fOffset, y, yOffset));
        }
    }

    private void Part(int index, float[] x, int xOffset, float[] f, int fOffset, float[] y, int yOffset)
    {
        NativePlan chosen = lastPlan is not null && index == parts - 1 ? lastPlan : plan;
        long first = index * part;
        (long left, long right, long result) = shape.Kind switch
        {
            ConvolutionKind.Forward => (first * shape.InputImage, 0L, first * shape.OutputImage),
            ConvolutionKind.ByInput => (first * shape.OutputImage, 0L, first * shape.InputImage),
            _ => (0L, first * shape.OutputChannel, first * shape.FilterOutput),
        };
        byte[] scratch = ArrayPool<byte>.Shared.Rent(Math.Max(chosen.Scratch, 1));
        try
        {
            fixed (float* input = x, filter = f, output = y)
            {
                fixed (byte* space = scratch)
                {
                    calls.Convolve(chosen, input + xOffset + left, filter + fOffset + right, output + yOffset + result, space);
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(scratch);
        }
    }

    private static long Whole(in NativeConvolution shape) => shape.Kind == ConvolutionKind.ByFilter ? shape.Outputs : shape.Images;
}
