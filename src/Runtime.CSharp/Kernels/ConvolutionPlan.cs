using System.Numerics;
using System.Runtime.Intrinsics;

namespace Adjoint.Kernels;

/// <summary>Where the taps and the vectors of a convolution lie; made once a call from the shape.</summary>
/// <remarks>
/// A vector of outputs lies within a row. Where rows are longer than a vector the last one overlaps its neighbour, so
/// that all are whole; both compute the same bits.
/// </remarks>
internal sealed class ConvolutionPlan
{
    private const int MaxDepth = 512;

    public ConvolutionPlan(in ConvolutionGeometry geometry, ConvolutionLayout layout, int lanes, bool inPlace)
    {
        Geometry = geometry;
        Layout = layout;
        Lanes = lanes;
        Padded = new PaddedInput(geometry);
        InPlace = inPlace;
        WindowAxis outer = geometry.Outer, middle = geometry.Middle, inner = geometry.Inner;
        RowPitch = inPlace ? inner.Input : Padded.Row;
        PlanePitch = RowPitch * (inPlace ? middle.Input : middle.Padded);
        ChannelPitch = inPlace ? layout.InputChannel : Padded.Plane;
        Origin = inPlace ? -((outer.Low * PlanePitch) + (middle.Low * RowPitch) + inner.Low) : 0;
        Taps = geometry.WindowSize;
        ChannelsABlock = Math.Clamp(MaxDepth / Taps, 1, Math.Max(1, geometry.GroupInputs));
        Offsets = TapOffsets();
        int vectors = GemmTiling.Ceiling(inner.Output, lanes);
        Valid = Math.Min(lanes, inner.Output);
        Sources = new int[outer.Output * middle.Output * vectors];
        Targets = new int[Sources.Length];
        PlaceVectors(vectors);
    }

    public ConvolutionGeometry Geometry { get; }

    public ConvolutionLayout Layout { get; }

    public PaddedInput Padded { get; }

    public int Lanes { get; }

    /// <summary>Whether the input is read where it is.</summary>
    public bool InPlace { get; }

    public int RowPitch { get; }

    public int PlanePitch { get; }

    public int ChannelPitch { get; }

    /// <summary>Offset of the first window in the input, when read in place.</summary>
    public int Origin { get; }

    public int Taps { get; }

    /// <summary>Channels summed in registers before the sum is added to the others.</summary>
    public int ChannelsABlock { get; }

    /// <summary>Taps of one channel summed in registers, where a channel has very many.</summary>
    public int TapsABlock => Math.Min(Taps, MaxDepth);

    /// <summary>For each channel of a block and each tap, the offset from the window's origin.</summary>
    public int[] Offsets { get; }

    /// <summary>For each vector of an output plane, the offset of its first window.</summary>
    public int[] Sources { get; }

    /// <summary>For each vector of an output plane, its offset in that plane.</summary>
    public int[] Targets { get; }

    /// <summary>Outputs in each vector.</summary>
    public int Valid { get; }

    /// <summary>The widest vector that the rows of the output fill well.</summary>
    public static int LanesFor<T>(int width)
        where T : unmanaged
    {
        int narrow = Vector256.IsHardwareAccelerated ? Vector256<T>.Count : Vector128.IsHardwareAccelerated ? Vector128<T>.Count : 1;
        int wide = Vector512.IsHardwareAccelerated ? Vector512<T>.Count : narrow;
        return GemmTiling.RoundUp(width, wide) <= GemmTiling.RoundUp(width, narrow) ? wide : narrow;
    }

    private int[] TapOffsets()
    {
        WindowAxis outer = Geometry.Outer, middle = Geometry.Middle, inner = Geometry.Inner;
        int[] offsets = new int[ChannelsABlock * Taps];
        int at = 0;
        for (int c = 0; c < ChannelsABlock; c++)
        {
            for (int i = 0; i < outer.Window; i++)
            {
                for (int j = 0; j < middle.Window; j++)
                {
                    for (int l = 0; l < inner.Window; l++)
                    {
                        int row = (c * ChannelPitch) + (Tap(outer, i) * PlanePitch) + (Tap(middle, j) * RowPitch);
                        int tap = Tap(inner, l);
                        offsets[at++] = InPlace ? row + tap : row + (tap % inner.Stride * Padded.Phase) + (tap / inner.Stride);
                    }
                }
            }
        }

        return offsets;
    }

    private int Tap(WindowAxis axis, int index) =>
        (Geometry.ReverseWindow ? axis.Window - 1 - index : index) * axis.WindowDilation;

    private void PlaceVectors(int vectors)
    {
        WindowAxis outer = Geometry.Outer, middle = Geometry.Middle;
        int width = Geometry.Inner.Output;
        int at = 0;
        for (int i = 0; i < outer.Output; i++)
        {
            for (int j = 0; j < middle.Output; j++)
            {
                for (int v = 0; v < vectors; v++)
                {
                    int start = Math.Max(0, Math.Min(v * Lanes, width - Lanes));
                    Sources[at] = (i * outer.Stride * PlanePitch) + (j * middle.Stride * RowPitch) + start;
                    Targets[at++] = (((i * middle.Output) + j) * width) + start;
                }
            }
        }
    }
}
