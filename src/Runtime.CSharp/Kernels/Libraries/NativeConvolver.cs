namespace Adjoint.Kernels.Libraries;

/// <summary>A convolution of f32 by a library: its plans, and the parts that it is cut into.</summary>
/// <remarks>
/// The filter is packed once for all parts. A gradient by the filter is summed over its parts in their order, packed.
/// </remarks>
internal sealed unsafe class NativeConvolver : Convolver
{
    private const int LargestScratch = 1 << 30;

    private readonly ConvolutionCalls calls;
    private readonly ConvolutionKind kind;
    private readonly (ConvolutionPart Part, NativePlan Plan)[] parts;
    private readonly int filterSize;
    private readonly int scratch;

    private NativeConvolver(ConvolutionCalls calls, in NativeConvolution shape, (ConvolutionPart Part, NativePlan Plan)[] parts)
    {
        this.calls = calls;
        this.parts = parts;
        kind = shape.Kind;
        filterSize = (int)(shape.Outputs * (shape.Inputs / shape.Groups));
        for (int i = 0; i < shape.Axes; i++)
        {
            filterSize *= (int)shape.Window[i];
        }

        scratch = parts.Max(part => part.Plan.Scratch);
    }

    /// <summary>How many parts may run side by side.</summary>
    internal int Parts => parts.Length;

    private NativePlan First => parts[0].Plan;

    /// <summary>Elements from a part's own kept filter to the next; 0 where all parts read one.</summary>
    private int KeptDistance => parts[^1].Part.Filter == 0 ? 0 : (parts.Max(part => part.Plan.Packed / sizeof(float)) + 15) / 16 * 16;

    /// <summary>Makes the plans; null where the library has no fast way.</summary>
    internal static NativeConvolver? Of(ConvolutionCalls calls, nint library, in NativeConvolution shape, double work)
    {
        List<ConvolutionPart> cut = ConvolutionCut.Of(shape, work);
        NativeConvolver? found = Of(calls, library, shape, cut);
        return found is null && cut.Count > 1 ? Of(calls, library, shape, [new(shape, 0, 0)]) : found;
    }

    /// <inheritdoc/>
    internal override void Run(float[] x, int xOffset, float[] f, int fOffset, float[] y, int yOffset, IParallel parallel)
    {
        fixed (float* left = x, right = f, result = y)
        {
            if (parts.Length == 1)
            {
                Part(0, left + xOffset, right + fOffset, result + yOffset, isPacked: false);
            }
            else if (kind == ConvolutionKind.ByFilter)
            {
                AddParts(left + xOffset, right + fOffset, result + yOffset, parallel);
            }
            else if (parts[^1].Part.Filter > 0)
            {
                (nint input, nint filter, nint output) = ((nint)(left + xOffset), (nint)(right + fOffset), (nint)(result + yOffset));
                parallel.For(parts.Length, i => Part(i, (float*)input, (float*)filter, (float*)output, isPacked: false));
            }
            else
            {
                ShareFilter(left + xOffset, right + fOffset, result + yOffset, parallel);
            }
        }
    }

    /// <inheritdoc/>
    internal override KeptFilter Keep(float[] f, int fOffset)
    {
        if (kind == ConvolutionKind.ByFilter || parts.Any(part => part.Plan.Packed == 0))
        {
            return KeptFilter.None;
        }

        int distance = KeptDistance, count = distance == 0 ? 1 : parts.Length;
        var filter = new KeptFilter(checked(distance == 0 ? First.Packed : distance * sizeof(float) * count));
        fixed (float* place = f)
        {
            for (int i = 0; i < count; i++)
            {
                Pack(parts[i].Plan, place + fOffset + parts[i].Part.Filter, filter.Place + ((long)i * distance));
            }
        }

        return filter;
    }

    /// <inheritdoc/>
    internal override void Run(float[] x, int xOffset, KeptFilter f, float[] y, int yOffset, IParallel parallel)
    {
        fixed (float* left = x, result = y)
        {
            (nint input, nint filter, nint output) = ((nint)(left + xOffset), (nint)f.Place, (nint)(result + yOffset));
            int distance = KeptDistance;
            parallel.For(parts.Length, i => Part(i, (float*)input, (float*)filter + ((long)i * distance), (float*)output, isPacked: true));
        }

        GC.KeepAlive(f);
    }

    private static NativeConvolver? Of(ConvolutionCalls calls, nint library, in NativeConvolution shape, List<ConvolutionPart> cut)
    {
        var plans = new Dictionary<(long, long, long, long, long), NativePlan>();
        var made = new (ConvolutionPart Part, NativePlan Plan)[cut.Count];
        for (int i = 0; i < made.Length; i++)
        {
            NativeConvolution own = cut[i].Shape;
            var key = (own.Images, own.Outputs, own.Input[0], own.Output[0], own.Low[0]);
            if (!plans.TryGetValue(key, out NativePlan? plan))
            {
                plan = calls.Plan(library, own, i == 0 || cut[i].Filter > 0 ? null : made[0].Plan);
                if (plan is null || plan.Scratch > LargestScratch)
                {
                    return null;
                }

                plans.Add(key, plan);
            }

            made[i] = (cut[i], plan);
        }

        return new(calls, shape, made);
    }

    /// <summary>All parts read one packed filter.</summary>
    private void ShareFilter(float* left, float* filter, float* result, IParallel parallel)
    {
        bool isPacked = First.Packed > 0;
        byte[] space = Rent(First.Packed);
        fixed (byte* place = space)
        {
            float* packed = isPacked ? Aligned(place) : filter;
            if (isPacked)
            {
                Pack(First, filter, packed);
            }

            (nint x, nint f, nint y) = ((nint)left, (nint)packed, (nint)result);
            parallel.For(parts.Length, i => Part(i, (float*)x, (float*)f, (float*)y, isPacked));
        }

        Return(space);
    }

    /// <summary>Each part has its own gradient, packed; their sum is unpacked.</summary>
    private void AddParts(float* left, float* right, float* result, IParallel parallel)
    {
        bool isPacked = First.Packed > 0;
        int size = isPacked ? First.Packed / sizeof(float) : filterSize;
        int distance = (size + 15) / 16 * 16;
        byte[] space = Rent(checked(parts.Length * distance * sizeof(float)));
        fixed (byte* place = space)
        {
            (nint x, nint y, nint sums) = ((nint)left, (nint)right, (nint)Aligned(place));
            parallel.For(parts.Length, i => Part(i, (float*)x, (float*)y, (float*)sums + ((long)i * distance), isPacked));
            nint target = isPacked ? sums : (nint)result;
            AddUp((float*)sums, distance, parts.Length, size, (float*)target, parallel);
            if (isPacked)
            {
                byte[] pad = Rent(First.Scratch);
                fixed (byte* padPlace = pad)
                {
                    calls.Unpack(First, (float*)sums, result, padPlace);
                }

                Return(pad);
            }
        }

        Return(space);
    }

    private void Pack(NativePlan plan, float* filter, float* packed)
    {
        byte[] pad = Rent(plan.Scratch);
        fixed (byte* place = pad)
        {
            calls.Pack(plan, filter, packed, place);
        }

        Return(pad);
    }

    private void Part(int index, float* left, float* right, float* result, bool isPacked)
    {
        (ConvolutionPart part, NativePlan plan) = parts[index];
        byte[] pad = Rent(scratch);
        fixed (byte* place = pad)
        {
            (long x, long f, long y) = kind switch
            {
                ConvolutionKind.Forward => (part.Input, isPacked ? 0L : part.Filter, part.Output),
                ConvolutionKind.ByInput => (part.Output, 0L, part.Input),
                _ => (part.Input, part.Output, 0L),
            };
            calls.Run(plan, left + x, right + f, result + y, place, isPacked);
        }

        Return(pad);
    }
}
