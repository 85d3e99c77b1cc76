using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Loops;
using Adjoint.Primitives;

namespace Adjoint.Compile.Nests;

/// <summary>
/// Loops over rows that are joined to one: eight rows at a time, as a tree, are joined to a row of sums in working memory. Rows are cut into
/// parts of about the square root of their number, so that errors grow as its root at most.
/// </summary>
internal sealed class ColumnNest
{
    /// <summary>Columns that go through the nearest cache at a time.</summary>
    private const int Width = 4096;

    /// <summary>Rows that are joined as a tree.</summary>
    private const int Block = 8;

    private readonly NestFrame frame;
    private readonly NestSpace space;
    private readonly NestLevels levels;
    private readonly Shape above;
    private readonly Shape across;
    private readonly long length;
    private readonly long columns;
    private readonly long pieces;
    private readonly long rowsInPart;
    private readonly long parts;

    private ColumnNest(NestFrame frame, NestSpace space, NestLevels levels)
    {
        this.frame = frame;
        this.space = space;
        this.levels = levels;
        int last = space.Reduced.Max();
        above = new(space.Kept.Where(axis => axis < last).Select(axis => space.Shape[axis]));
        across = new(space.Shape.Skip(last + 1));
        length = space.Length;
        columns = across.Size;
        pieces = NestFrame.Parts(columns, Width);
        long enough = Math.Max(NestFrame.TileElements / Math.Max(Math.Min(columns, Width), 1), (long)Math.Sqrt(Block * (double)length));
        rowsInPart = above.Size * pieces >= 16 || enough >= length ? Math.Max(length, 1) : NestFrame.Parts(enough, Block) * Block;
        parts = Math.Max(NestFrame.Parts(length, rowsInPart), 1);
    }

    /// <summary>The program; null where a reduction, or a result of the reduced shape, needs another reduction first.</summary>
    internal static LoopProgram? Lower(Graph body, NestSpace space, string name)
    {
        var found = new NestLevels(body, space);
        if (found.Passes > 1 || body.Results.Any(result => found.IsWide(result) && found.Of(result) > 0))
        {
            return null;
        }

        var nest = new ColumnNest(new(body, name), space, found);
        nest.Build();
        return nest.frame.Builder.Build();
    }

    private void Build()
    {
        LoopBuilder builder = frame.Builder;
        long size = parts == 1 ? Math.Min(columns, Width) : above.Size * parts * columns;
        LoopBufferKind kind = parts == 1 ? LoopBufferKind.Scratch : LoopBufferKind.Shared;
        LoopBuffer[] sums = [.. space.Reductions.Select(reduction => builder.Buffer(kind, reduction.Computed, size))];
        builder.Phase(above.Size * parts * pieces, tile =>
        {
            LoopValue piece = tile % builder.Index(pieces) * builder.Index(Width);
            LoopValue part = tile / builder.Index(pieces) % builder.Index(parts);
            LoopValue place = tile / builder.Index(pieces * parts);
            LoopValue width = frame.CountFrom(piece, Width, columns);
            LoopValue at = parts == 1 ? builder.Index(0) : (((place * builder.Index(parts)) + part) * builder.Index(columns)) + piece;
            Join(sums, at, place, part * builder.Index(rowsInPart), piece, width);
            if (parts == 1)
            {
                Finish(place, piece, width, lane => [.. sums.Select(buffer => builder.Load(buffer, lane))]);
            }
        });
        if (parts > 1)
        {
            builder.Phase(above.Size * pieces, tile =>
            {
                LoopValue piece = tile % builder.Index(pieces) * builder.Index(Width);
                LoopValue place = tile / builder.Index(pieces);
                Finish(place, piece, frame.CountFrom(piece, Width, columns), lane => JoinParts(sums, place, piece + lane));
            });
        }
    }

    /// <summary>Joins the rows of a part to sums.</summary>
    private void Join(LoopBuffer[] sums, LoopValue at, LoopValue place, LoopValue first, LoopValue piece, LoopValue width)
    {
        LoopBuilder builder = frame.Builder;
        builder.Lanes(width, lane =>
        {
            for (int i = 0; i < sums.Length; i++)
            {
                builder.Store(sums[i], at + lane, Start(i));
            }
        });
        LoopValue rows = frame.CountFrom(first, rowsInPart, length);
        LoopValue blocks = rows / builder.Index(Block);
        frame.Serial(blocks, block => Add(sums, at, place, first + (block * builder.Index(Block)), Block, piece, width));
        if (length % Block != 0)
        {
            LoopValue done = first + (blocks * builder.Index(Block));
            frame.Serial(rows % builder.Index(Block), row => Add(sums, at, place, done + row, 1, piece, width));
        }
    }

    /// <summary>Joins some rows to sums.</summary>
    private void Add(LoopBuffer[] sums, LoopValue at, LoopValue place, LoopValue first, int count, LoopValue piece, LoopValue width)
    {
        LoopBuilder builder = frame.Builder;
        ImmutableArray<LoopValue>[] rows =
            [.. Enumerable.Range(0, count).Select(row => LoopIndices.Split(builder, first + builder.Index(row), space.Shape.Select(space.Reduced)))];
        builder.Lanes(width, lane =>
        {
            ImmutableArray<LoopValue> kept = Kept(place, piece + lane);
            ImmutableArray<LoopValue>[] indices = [.. rows.Select(row => PartNest.Index(space, kept, row))];
            foreach (Value value in levels.Written(frame.Body, 0))
            {
                foreach (ImmutableArray<LoopValue> index in indices)
                {
                    frame.Store(value, LoopIndices.Flat(builder, index, space.Shape), frame.Elements.At(value, index));
                }
            }

            for (int i = 0; i < sums.Length; i++)
            {
                NestReduction reduction = space.Reductions[i];
                LoopValue joined = builder.JoinAll(
                    reduction.Op, reduction.Computed, [.. indices.Select(index => frame.Elements.At(reduction.Operand, index))]);
                builder.Store(sums[i], at + lane, builder.Combine(reduction.Op, builder.Load(sums[i], at + lane), joined));
            }
        });
    }

    private ImmutableArray<LoopValue> JoinParts(LoopBuffer[] sums, LoopValue place, LoopValue column)
    {
        LoopBuilder builder = frame.Builder;
        return builder.Serial(builder.Index(parts), [.. space.Reductions.Select((_, i) => Start(i))], (part, before) =>
        {
            LoopValue at = (((place * builder.Index(parts)) + part) * builder.Index(columns)) + column;
            return [.. sums.Select((buffer, i) => builder.Combine(space.Reductions[i].Op, before[i], builder.Load(buffer, at)))];
        });
    }

    /// <summary>Writes what the joined rows give.</summary>
    private void Finish(LoopValue place, LoopValue piece, LoopValue width, Func<LoopValue, ImmutableArray<LoopValue>> joined)
    {
        LoopBuilder builder = frame.Builder;
        builder.Lanes(width, lane =>
        {
            ImmutableArray<LoopValue> sums = joined(lane);
            for (int i = 0; i < sums.Length; i++)
            {
                Value result = space.Reductions[i].Node.Result;
                LoopValue whole = builder.ThroughStorage(sums[i], result.Tensor.DType);
                frame.Elements.Define(result, _ => whole);
            }

            frame.StoreRow(space, levels, Kept(place, piece + lane));
        });
    }

    /// <summary>The index along the axes that stay.</summary>
    private ImmutableArray<LoopValue> Kept(LoopValue place, LoopValue column) =>
        [.. LoopIndices.Split(frame.Builder, place, above), .. LoopIndices.Split(frame.Builder, column, across)];

    private LoopValue Start(int reduction) => space.Reductions[reduction].Op == LoopOp.Add && length == 0
        ? LoopNumbers.Zero(frame.Builder, space.Reductions[reduction].Computed)
        : frame.Builder.Identity(space.Reductions[reduction].Op, space.Reductions[reduction].Computed);
}
