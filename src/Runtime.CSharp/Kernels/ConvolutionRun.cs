using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Adjoint.Kernels;

/// <summary>One call of a convolution: cuts it into tiles and computes them.</summary>
/// <remarks>
/// A unit is one image and group. Many units: a tile is a few units, each padded in a buffer of the tile. Few units:
/// they are padded first, then each is cut into parts of its output channels and vectors.
/// </remarks>
internal sealed unsafe class ConvolutionRun<T, TVector, TLanes>(
    ConvolutionPlan plan,
    Memory<T> input,
    Memory<T> filter,
    Memory<T> output)
    where T : unmanaged, INumberBase<T>
    where TVector : unmanaged
    where TLanes : struct, ILanes<T, TVector>
{
    private const int EnoughTiles = 16;
    private const long BlockBytes = 1 << 17;

    private readonly ConvolutionGeometry _geometry = plan.Geometry;
    private readonly int _units = plan.Geometry.Batch * plan.Geometry.Groups;
    private readonly int _rowGroups = GemmTiling.Ceiling(plan.Geometry.GroupOutputs, GemmTiling.Rows);
    private readonly int _pairs = GemmTiling.Ceiling(plan.Sources.Length, 2);

    /// <summary>Elements of a padded unit, with room for vectors that end past it.</summary>
    private readonly int _padded = (plan.Geometry.GroupInputs * plan.ChannelPitch) + (2 * plan.Lanes);

    private int _rowParts = 1;
    private int _pairParts = 1;

    public void Run(IParallel parallel)
    {
        long unitWork = (long)_geometry.GroupOutputs * _geometry.GroupInputs * plan.Taps * plan.Sources.Length * plan.Lanes;
        if (_units < EnoughTiles && unitWork >= 2 * GemmTiling.TileWork)
        {
            int parts = (int)Math.Min(GemmTiling.Ceiling(EnoughTiles, _units), unitWork / GemmTiling.TileWork);
            _pairParts = Math.Min(_pairs, parts);
            _rowParts = Math.Min(_rowGroups, GemmTiling.Ceiling(parts, _pairParts));
            RunSplit(parallel);
            return;
        }

        int group = (int)Math.Clamp(GemmTiling.TileWork / Math.Max(1, unitWork), 1, _units);
        if (group == _units)
        {
            Units(0, _units);
        }
        else
        {
            parallel.For(GemmTiling.Ceiling(_units, group), i => Units(i * group, Math.Min(_units, (i + 1) * group)));
        }
    }

    private void RunSplit(IParallel parallel)
    {
        int parts = _pairParts * _rowParts;
        T[]? padded = plan.InPlace ? null : ArrayPool<T>.Shared.Rent(checked(_units * _padded));
        if (padded is not null)
        {
            int channels = _geometry.GroupInputs;
            int group = Math.Clamp((1 << 15) / Math.Max(1, plan.ChannelPitch), 1, channels);
            int groups = GemmTiling.Ceiling(channels, group);
            parallel.For(
                _units * groups,
                i => Pad(
                    i / groups,
                    i % groups * group,
                    Math.Min(channels, ((i % groups) + 1) * group),
                    padded.AsSpan(i / groups * _padded)));
        }

        parallel.For(
            _units * parts,
            i =>
            {
                int unit = i / parts, rowPart = i % parts / _pairParts, pairPart = i % _pairParts;
                Memory<T> source = padded is null ? InputOf(unit) : padded.AsMemory(unit * _padded);
                Compute(unit, source, Cut(_rowGroups, rowPart, _rowParts), Cut(_pairs, pairPart, _pairParts));
            });
        if (padded is not null)
        {
            ArrayPool<T>.Shared.Return(padded);
        }
    }

    private static (int First, int End) Cut(int count, int part, int parts) =>
        ((int)((long)count * part / parts), (int)((long)count * (part + 1) / parts));

    private void Units(int first, int end)
    {
        T[]? padded = plan.InPlace ? null : ArrayPool<T>.Shared.Rent(_padded);
        for (int unit = first; unit < end; unit++)
        {
            if (padded is not null)
            {
                Pad(unit, 0, _geometry.GroupInputs, padded);
            }

            Compute(unit, padded is null ? InputOf(unit) : padded, (0, _rowGroups), (0, _pairs));
        }

        if (padded is not null)
        {
            ArrayPool<T>.Shared.Return(padded);
        }
    }

    private void Pad(int unit, int firstChannel, int endChannel, Span<T> target)
    {
        ReadOnlySpan<T> source = PlanesOf(unit).Span;
        for (int c = firstChannel; c < endChannel; c++)
        {
            plan.Padded.Fill(
                source.Slice(c * plan.Layout.InputChannel, _geometry.InputSize),
                target.Slice(c * plan.ChannelPitch, plan.ChannelPitch));
        }
    }

    private Memory<T> PlanesOf(int unit)
    {
        int image = unit / _geometry.Groups, group = unit % _geometry.Groups;
        return input[((image * plan.Layout.InputBatch) + (group * _geometry.GroupInputs * plan.Layout.InputChannel))..];
    }

    private Memory<T> InputOf(int unit) => PlanesOf(unit)[plan.Origin..];

    /// <summary>Groups of eight output channels by pairs of vectors of one unit.</summary>
    private void Compute(int unit, Memory<T> source, (int First, int End) rowGroups, (int First, int End) pairs)
    {
        int firstOutput = unit % _geometry.Groups * _geometry.GroupOutputs;
        Memory<T> filters = filter[(firstOutput * plan.Layout.FilterOutput)..];
        Memory<T> outputs = output[((unit / _geometry.Groups * plan.Layout.OutputBatch) + (firstOutput * plan.Layout.OutputChannel))..];
        long pairBytes = Math.Max(1, (long)_geometry.GroupInputs * plan.ChannelPitch * sizeof(T) / _pairs);
        int block = (int)Math.Clamp(BlockBytes / pairBytes, 8, _pairs + 8);
        fixed (T* b = source.Span, a = filters.Span, c = outputs.Span)
        {
            fixed (int* offsets = plan.Offsets)
            {
                for (int first = pairs.First; first < pairs.End; first += block)
                {
                    int end = Math.Min(pairs.End, first + block);
                    for (int g = rowGroups.First; g < rowGroups.End; g++)
                    {
                        (int row, int rowEnd) = Cut(_geometry.GroupOutputs, g, _rowGroups);
                        for (int pair = first; pair < end; pair++)
                        {
                            Pair(row, rowEnd - row, 2 * pair, a, b, offsets, c);
                        }
                    }
                }
            }
        }
    }

    [SkipLocalsInit]
    private void Pair(int row, int rows, int vector, T* a, T* b, int* offsets, T* c)
    {
        bool two = vector + 1 < plan.Sources.Length;
        int source = plan.Sources[vector], target = plan.Targets[vector];
        var tile = new MicroTile
        {
            LeftRow = plan.Layout.FilterOutput,
            LeftStep = 1,
            Second = two ? plan.Sources[vector + 1] - source : 0,
            TargetRow = plan.Layout.OutputChannel,
            SecondTarget = two ? plan.Targets[vector + 1] - target : 0,
            Valid = plan.Valid,
            SecondValid = plan.Valid,
        };
        a += (nint)row * plan.Layout.FilterOutput;
        b += source;
        c += ((nint)row * plan.Layout.OutputChannel) + target;
        int channels = _geometry.GroupInputs;
        if (channels <= plan.ChannelsABlock && plan.Taps == plan.TapsABlock && Together(channels))
        {
            MicroKernel<T, TVector, TLanes>.Run(rows, two, channels * plan.Taps, a, b, offsets, c, in tile);
            return;
        }

        T* sums = stackalloc T[GemmTiling.Rows * 2 * TLanes.Count];
        Blocks(rows, two, channels, a, b, offsets, sums, tile with { TargetRow = 2 * TLanes.Count, SecondTarget = TLanes.Count });
        MicroKernel<T, TVector, TLanes>.PutAll(rows, two, sums, c, in tile);
    }

    /// <summary>Whether the taps of so many channels follow each other in the filter.</summary>
    private bool Together(int channels) => channels == 1 || plan.Layout.FilterInput == plan.Taps;

    private void Blocks(int rows, bool two, int channels, T* a, T* b, int* offsets, T* sums, MicroTile tile)
    {
        int most = Together(channels) ? plan.ChannelsABlock : 1;
        for (int channel = 0; channel < channels; channel += most)
        {
            int count = Math.Min(most, channels - channel);
            int depth = count == 1 ? plan.TapsABlock : count * plan.Taps;
            for (int tap = 0; tap < count * plan.Taps; tap += depth)
            {
                MicroKernel<T, TVector, TLanes>.Whole(
                    rows,
                    two,
                    Math.Min(depth, (count * plan.Taps) - tap),
                    a + ((nint)channel * plan.Layout.FilterInput) + tap,
                    b + ((nint)channel * plan.ChannelPitch),
                    offsets + tap,
                    sums,
                    in tile);
                tile.Accumulate = true;
            }
        }
    }
}
