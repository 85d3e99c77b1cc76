namespace Adjoint.Kernels.Libraries;

/// <summary>A part of a convolution: images, rows of one image, or outputs of one image.</summary>
/// <param name="Shape">The part's shape.</param>
/// <param name="Input">Where it begins in the input, or in the gradient by it.</param>
/// <param name="Output">Where it begins in the output, or in the gradient by it.</param>
/// <param name="Filter">Where it begins in the filter; parts read one filter unless they are outputs.</param>
internal readonly record struct ConvolutionPart(NativeConvolution Shape, long Input, long Output, long Filter = 0);

/// <summary>How a convolution is cut into parts that run side by side: by its shape alone, so that the bits are the same for any runner.</summary>
internal static class ConvolutionCut
{
    /// <summary>Multiply-adds of a part: some tenths of a millisecond.</summary>
    private const double PartWork = 1 << 24;

    /// <summary>Multiply-adds of a part where there would be one: below, a call and its hand-over show.</summary>
    private const double LeastWork = 1 << 21;

    /// <summary>Parts that keep a few threads busy.</summary>
    private const int EnoughParts = 8;

    /// <summary>Elements of an output plane in a part: with fewer a filter is read for too little.</summary>
    private const long LeastPlane = 24;

    /// <summary>Outputs in a part are a multiple of so many: whole vectors.</summary>
    private const long LeastOutputs = 64;

    /// <summary>Elements of a filter above which adding up its gradients in several parts costs too much.</summary>
    private const long LargeFilter = 1 << 19;

    /// <summary>The parts of a convolution of so many multiply-adds.</summary>
    internal static List<ConvolutionPart> Of(in NativeConvolution shape, double work)
    {
        long images = ImagesOfAPart(shape, work);
        if (images > 1 || shape.Kind != ConvolutionKind.Forward)
        {
            return Images(shape, images);
        }

        List<ConvolutionPart> parts = shape.InputChannel == 1 ? Rows(shape, work / shape.Images) : [];
        return parts.Count > 0 ? parts : shape.Images == 1 && shape.Groups == 1 && shape.OutputChannel != 1 ? Outputs(shape, work) : Images(shape, 1);
    }

    /// <summary>The same for our own kernels, whose channels lie apart.</summary>
    internal static List<ConvolutionPart> OfDirect(in NativeConvolution shape, double work)
    {
        long images = ImagesOfAPart(shape, work);
        List<ConvolutionPart> parts = images > 1 || shape.Kind != ConvolutionKind.Forward ? [] : Rows(shape, work / shape.Images);
        return parts.Count > 0 ? parts : Images(shape, images);
    }

    private static long ImagesOfAPart(in NativeConvolution shape, double work)
    {
        double each = shape.Kind == ConvolutionKind.ByFilter ? 2 * PartWork : PartWork;
        long images = Math.Clamp((long)Math.Ceiling(shape.Images * each / Math.Max(work, 1)), 1, shape.Images);
        if (shape.Kind != ConvolutionKind.ByFilter)
        {
            return images;
        }

        long filter = shape.Outputs * shape.Inputs / shape.Groups * Size(shape.Window, shape.Axes);
        long most = filter > LargeFilter ? 2 : EnoughParts;
        return Math.Max(images, (shape.Images + most - 1) / most);
    }

    private static List<ConvolutionPart> Images(in NativeConvolution shape, long count)
    {
        var parts = new List<ConvolutionPart>();
        for (long first = 0; first < shape.Images; first += count)
        {
            long own = Math.Min(count, shape.Images - first);
            parts.Add(new(shape with { Images = own }, first * shape.InputImage, first * shape.OutputImage));
        }

        return parts;
    }

    /// <summary>Outputs of one image, each of which lies together.</summary>
    private static List<ConvolutionPart> Outputs(in NativeConvolution shape, double work)
    {
        long wanted = Math.Clamp((long)(work / PartWork), 1, EnoughParts / 2);
        long count = Math.Max(LeastOutputs, ((shape.Outputs + wanted - 1) / wanted + LeastOutputs - 1) / LeastOutputs * LeastOutputs);
        var parts = new List<ConvolutionPart>();
        for (long first = 0; first < shape.Outputs; first += count)
        {
            long own = Math.Min(count, shape.Outputs - first);
            parts.Add(new(shape with { Outputs = own }, 0, first * shape.OutputChannel, first * shape.FilterOutput));
        }

        return parts;
    }

    /// <summary>Rows of each image where there are few images, and rows lie together; none where that can't be.</summary>
    private static List<ConvolutionPart> Rows(in NativeConvolution shape, double work)
    {
        bool last = shape.InputChannel == 1 && shape.OutputChannel == 1;
        bool apart = shape.InputChannel != 1 && shape.OutputChannel != 1;
        long inputRow = Size(shape.Input, shape.Axes) / shape.Input[0] * (last ? shape.Inputs : 1);
        long row = Size(shape.Output, shape.Axes) / shape.Output[0];
        long outputRow = row * (last ? shape.Outputs : 1);
        long wanted = Math.Min((EnoughParts + shape.Images - 1) / shape.Images, work < 2 * PartWork ? Math.Min(2, (long)(work / LeastWork)) : (long)(work / PartWork));
        wanted = Math.Min(wanted, row * shape.Output[0] / LeastPlane);
        if (!(last || apart) || wanted < 2)
        {
            return [];
        }

        long count = (shape.Output[0] + wanted - 1) / wanted;
        var parts = new List<ConvolutionPart>();
        for (long image = 0; image < shape.Images; image++)
        {
            for (long first = 0; first < shape.Output[0]; first += count)
            {
                if (Between(shape, first, Math.Min(first + count, shape.Output[0])) is not { } part)
                {
                    return [];
                }

                parts.Add(new(
                    part.Shape,
                    (image * shape.InputImage) + (part.Start * inputRow),
                    (image * shape.OutputImage) + (first * outputRow)));
            }
        }

        return parts;
    }

    /// <summary>The part of one image that gives these rows, and the first row that it reads; null where it reads padding alone.</summary>
    private static (NativeConvolution Shape, long Start)? Between(in NativeConvolution shape, long first, long end)
    {
        long start = (first * shape.Stride[0]) - shape.Low[0];
        long behind = ((end - 1) * shape.Stride[0]) + ((shape.Window[0] - 1) * shape.Dilation[0]) + 1 - shape.Low[0];
        long from = Math.Max(start, 0);
        long to = Math.Min(behind, shape.Input[0]);
        if (to <= from)
        {
            return null;
        }

        NativeConvolution part = shape with { Images = 1 };
        part.Input[0] = to - from;
        part.Output[0] = end - first;
        part.Low[0] = from - start;

        // Of a single image no distance is told to the next: libraries take only dense layouts for one with channels innermost.
        if (shape.InputChannel == 1)
        {
            part.InputImage = Size(part.Input, part.Axes) * part.Inputs;
            part.OutputImage = Size(part.Output, part.Axes) * part.Outputs;
        }

        return (part, from);
    }

    private static long Size(in Spatial extents, int axes)
    {
        long size = 1;
        for (int i = 0; i < axes; i++)
        {
            size *= extents[i];
        }

        return size;
    }
}
