using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Loops;
using Adjoint.Primitives;

namespace Adjoint.Compile.Nests;

/// <summary>
/// Loops that write each element by itself, of operands whose neighbours in memory lie along another axis than those of the results. Both axes
/// are cut into blocks; of each such operand a block is turned in working memory first, and read from there.
/// </summary>
internal sealed class TileNest
{
    /// <summary>Lanes of a block.</summary>
    private const int Width = 64;

    /// <summary>Rows of a block.</summary>
    private const int Height = 32;

    private readonly NestFrame frame;
    private readonly Shape shape;
    private readonly ImmutableArray<TurnedRead> turned;
    private readonly int rowAxis;
    private readonly int laneAxis;
    private readonly Dictionary<TurnedRead, LoopBuffer> blocks = [];
    private LoopValue? row;
    private LoopValue? lane;

    private TileNest(NestFrame frame, ImmutableArray<TurnedRead> turned)
    {
        this.frame = frame;
        this.turned = turned;
        shape = frame.Body.Results[0].Tensor.Shape;
        rowAxis = turned[0].RowAxis;
        laneAxis = turned[0].LaneAxis;
    }

    /// <summary>The program of a body without reductions of its own; null where no operand is to be turned.</summary>
    internal static LoopProgram? Lower(Graph body, string name)
    {
        ImmutableArray<TurnedRead> reads = TurnedReads.Of(body);
        if (reads.IsEmpty)
        {
            return null;
        }

        var nest = new TileNest(new(body, name), reads);
        nest.Build();
        return nest.frame.Builder.Build();
    }

    private void Build()
    {
        LoopBuilder builder = frame.Builder;
        foreach (TurnedRead read in turned)
        {
            blocks.Add(read, builder.Buffer(LoopBufferKind.Scratch, read.Parameter.Tensor.DType, Width * Height));
            frame.Elements.Define(read.Parameter, index => Element(read, index));
        }

        var others = new Axes(Enumerable.Range(0, shape.Rank).Where(axis => axis != rowAxis && axis != laneAxis));
        Shape outer = shape.Select(others);
        long across = NestFrame.Parts(shape[laneAxis].Value, Width);
        long down = NestFrame.Parts(shape[rowAxis].Value, Height);
        long count = outer.Size * down * across;
        const long InTile = NestFrame.TileElements / (Width * Height);
        builder.Phase(NestFrame.Parts(count, InTile), tile =>
        {
            LoopValue first = tile * builder.Index(InTile);
            frame.Serial(frame.CountFrom(first, InTile, count), next =>
            {
                LoopValue block = first + next;
                var start = new LoopValue[shape.Rank];
                ImmutableArray<LoopValue> place = LoopIndices.Split(builder, block / builder.Index(down * across), outer);
                for (int i = 0; i < others.Count; i++)
                {
                    start[others[i]] = place[i];
                }

                start[rowAxis] = block / builder.Index(across) % builder.Index(down) * builder.Index(Height);
                start[laneAxis] = block % builder.Index(across) * builder.Index(Width);
                Block([.. start]);
            });
        });
    }

    private void Block(ImmutableArray<LoopValue> start)
    {
        LoopBuilder builder = frame.Builder;
        LoopValue height = frame.CountFrom(start[rowAxis], Height, shape[rowAxis].Value);
        LoopValue width = frame.CountFrom(start[laneAxis], Width, shape[laneAxis].Value);
        foreach (TurnedRead read in turned)
        {
            LoopValue offset = builder.Index(read.Start);
            for (int axis = 0; axis < shape.Rank; axis++)
            {
                offset += start[axis] * builder.Index(read.Strides[axis]);
            }

            builder.Transpose(
                (read.Buffer(frame), offset, read.Strides[laneAxis]), (blocks[read], builder.Index(0), Width), width, height);
        }

        frame.Serial(height, down => builder.Lanes(width, across =>
        {
            (row, lane) = (down, across);
            ImmutableArray<LoopValue> index = start.SetItem(rowAxis, start[rowAxis] + down).SetItem(laneAxis, start[laneAxis] + across);
            foreach (Value result in frame.Body.Results.Distinct())
            {
                frame.Store(result, LoopIndices.Flat(builder, index, shape), frame.Elements.At(result, index));
            }
        }));
    }

    /// <summary>An element of an operand: from the turned block where it is read so, from where it lies otherwise.</summary>
    private LoopValue Element(TurnedRead read, ImmutableArray<LoopValue> index)
    {
        LoopBuilder builder = frame.Builder;
        LoopValue place = LoopIndices.Flat(builder, index, read.Parameter.Tensor.Shape);
        bool isTurned = NestCost.SlopeOf(place, lane!) == read.Strides[laneAxis] && NestCost.SlopeOf(place, row!) == 1;
        return isTurned
            ? builder.Load(blocks[read], (row! * builder.Index(Width)) + lane!)
            : builder.Load(read.Buffer(frame), place);
    }
}
