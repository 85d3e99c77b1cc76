using Adjoint.Core;

namespace Adjoint.Front;

/// <summary>What stands around a tensor when a window moves over it.</summary>
public sealed class Padding
{
    private readonly IReadOnlyList<(int Low, int High)>? widths;

    private Padding(IReadOnlyList<(int Low, int High)>? widths) => this.widths = widths;

    /// <summary>None: windows lie within the tensor.</summary>
    public static Padding Valid { get; } = new(null);

    /// <summary>
    /// As much as makes the result's extent that of the tensor divided by the stride, rounded up; an odd one stands behind.
    /// </summary>
    public static Padding Same { get; } = new(null);

    /// <summary>So many elements before and behind, for each spatial axis; negative crops.</summary>
    public static Padding Of(params (int Low, int High)[] widths) => new(widths);

    /// <summary>So many elements on both sides of each of so many spatial axes.</summary>
    public static Padding Both(int width, int axes) => new([.. Enumerable.Repeat((width, width), axes)]);

    /// <summary>valid, same, or the widths.</summary>
    public override string ToString() => widths is not null ? string.Join(", ", widths) : ReferenceEquals(this, Same) ? "same" : "valid";

    /// <summary>The widths for these extents, windows (with dilation) and strides.</summary>
    internal (Ints Low, Ints High) For(string operation, int[] extents, int[] windows, int[] strides)
    {
        if (widths is not null && widths.Count != extents.Length)
        {
            throw new ShapeException($"{operation}: {widths.Count} paddings for {extents.Length} spatial axes; "
                + "one pair each is wanted.").Here();
        }

        (int Low, int High)[] all = [.. extents.Select((extent, i) => widths?[i]
            ?? (ReferenceEquals(this, Same) ? Around(extent, windows[i], strides[i]) : (0, 0)))];
        return (new(all.Select(width => width.Low)), new(all.Select(width => width.High)));
    }

    private static (int Low, int High) Around(int extent, int window, int stride)
    {
        int count = (extent + stride - 1) / stride;
        int total = Math.Max(((count - 1) * stride) + window - extent, 0);
        return (total / 2, total - (total / 2));
    }
}
