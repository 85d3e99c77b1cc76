using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Loops;
using Adjoint.Primitives;

namespace Adjoint.Compile.Nests;

/// <summary>
/// Loops over rows that are reduced: one pass over a row for each reduction in a chain, and one more that writes what needs them all. What is
/// dear to compute and read again in a later pass is kept for the length of a row.
/// </summary>
internal sealed class RowNest
{
    /// <summary>Elements of a row that are joined in one go: longer rows are joined block by block, so that errors do not add up.</summary>
    private const int Block = 4096;

    private readonly NestFrame frame;
    private readonly NestSpace space;
    private readonly NestLevels levels;
    private readonly KeptValues kept;
    private readonly Axes laneAxes;
    private readonly Axes outerAxes;
    private readonly Shape lanes;

    private RowNest(NestFrame frame, NestSpace space)
    {
        this.frame = frame;
        this.space = space;
        levels = new(frame.Body, space);
        int first = space.Shape.Rank;
        while (first > 0 && space.Reduced.Contains(first - 1))
        {
            first--;
        }

        laneAxes = new(space.Reduced.Where(axis => axis >= first));
        outerAxes = new(space.Reduced.Where(axis => axis < first));
        lanes = space.Shape.Select(laneAxes);
        kept = new(frame.Body, space, levels);
    }

    /// <summary>The program of a body whose reductions go along its last axes.</summary>
    internal static LoopProgram Lower(Graph body, NestSpace space, string name)
    {
        var nest = new RowNest(new(body, name), space);
        nest.Build();
        return nest.frame.Builder.Build();
    }

    private void Build()
    {
        LoopBuilder builder = frame.Builder;
        kept.Allocate(builder, space.Length);
        long rows = space.Rows.Size;
        long rowsInTile = Math.Max(1, frame.Grain / Math.Max(space.Length, 1));
        builder.Phase(NestFrame.Parts(rows, rowsInTile), tile =>
        {
            LoopValue first = tile * builder.Index(rowsInTile);
            frame.Serial(frame.CountFrom(first, rowsInTile, rows), row => Row(first + row));
        });
    }

    private void Row(LoopValue row)
    {
        LoopBuilder builder = frame.Builder;
        ImmutableArray<LoopValue> place = LoopIndices.Split(builder, row, space.Rows);
        for (int pass = 0; pass <= levels.Passes; pass++)
        {
            NestReduction[] reductions = [.. levels.Reductions(pass)];
            Value[] written = [.. levels.Written(frame.Body, pass)];
            if (reductions.Length > 0 || written.Length > 0)
            {
                ImmutableArray<LoopValue> joined = Pass(pass, place, reductions, written);
                Define(reductions, place, joined);
                kept.DefineReads(frame, pass, LaneOf, written);
            }
        }

        frame.StoreRow(space, levels, place);
    }

    private void Define(NestReduction[] reductions, ImmutableArray<LoopValue> place, ImmutableArray<LoopValue> joined)
    {
        for (int i = 0; i < reductions.Length; i++)
        {
            Value result = reductions[i].Node.Result;
            LoopValue whole = frame.Builder.ThroughStorage(joined[i], result.Tensor.DType);
            frame.Elements.Define(result, index => index.SequenceEqual(place)
                ? whole
                : throw new TooLongException($"{result} is read in another row than its own."));
        }
    }

    /// <summary>The place within a row of an index.</summary>
    private LoopValue LaneOf(ImmutableArray<LoopValue> index) => LoopIndices.Flat(
        frame.Builder, [.. space.Reduced.Select(axis => index[axis])], space.Shape.Select(space.Reduced));

    private ImmutableArray<LoopValue> Pass(
        int pass, ImmutableArray<LoopValue> place, NestReduction[] reductions, Value[] written)
    {
        LoopBuilder builder = frame.Builder;
        ImmutableArray<LoopOp> ops = [.. reductions.Select(reduction => reduction.Op)];
        ImmutableArray<LoopValue> Joined(ImmutableArray<LoopValue> outer, LoopValue start, LoopValue count) =>
            builder.Reduce(count, ops, lane =>
            {
                ImmutableArray<LoopValue> index = Index(place, outer, LoopIndices.Split(builder, start + lane, lanes));
                kept.Write(frame, pass, index, LaneOf(index), written);
                foreach (Value value in written)
                {
                    frame.Store(value, LoopIndices.Flat(builder, index, space.Shape), frame.Elements.At(value, index));
                }

                return [.. reductions.Select(reduction => frame.Elements.At(reduction.Operand, index))];
            });
        return LoopReductions.Over(builder, space.Shape.Select(outerAxes), [.. reductions.Select(Start)], (outer, before) =>
            Blocks(before, ops, (start, count) => Joined(outer, start, count)));
    }

    /// <summary>Joins a row block by block; a row of one block alone is what its block gives.</summary>
    private ImmutableArray<LoopValue> Blocks(
        ImmutableArray<LoopValue> before, ImmutableArray<LoopOp> ops, Func<LoopValue, LoopValue, ImmutableArray<LoopValue>> joined)
    {
        LoopBuilder builder = frame.Builder;
        long length = lanes.Size;
        if (length <= Block || ops.IsEmpty)
        {
            ImmutableArray<LoopValue> whole = joined(builder.Index(0), builder.Index(length));
            return outerAxes.Count == 0 ? whole : Combined(before, whole, ops);
        }

        return builder.Serial(builder.Index(NestFrame.Parts(length, Block)), before, (block, sums) =>
        {
            LoopValue start = block * builder.Index(Block);
            return Combined(sums, joined(start, frame.CountFrom(start, Block, length)), ops);
        });
    }

    private ImmutableArray<LoopValue> Combined(ImmutableArray<LoopValue> x, ImmutableArray<LoopValue> y, ImmutableArray<LoopOp> ops) =>
        [.. ops.Select((op, i) => frame.Builder.Combine(op, x[i], y[i]))];

    private LoopValue Start(NestReduction reduction) => reduction.Op == LoopOp.Add && space.Length == 0
        ? LoopNumbers.Zero(frame.Builder, reduction.Computed)
        : frame.Builder.Identity(reduction.Op, reduction.Computed);

    private ImmutableArray<LoopValue> Index(
        ImmutableArray<LoopValue> place, ImmutableArray<LoopValue> outer, ImmutableArray<LoopValue> lane)
    {
        var index = new LoopValue[space.Shape.Rank];
        Put(index, space.Kept, place);
        Put(index, outerAxes, outer);
        Put(index, laneAxes, lane);
        return [.. index];
    }

    private static void Put(LoopValue[] index, Axes axes, ImmutableArray<LoopValue> values)
    {
        for (int i = 0; i < axes.Count; i++)
        {
            index[axes[i]] = values[i];
        }
    }
}
