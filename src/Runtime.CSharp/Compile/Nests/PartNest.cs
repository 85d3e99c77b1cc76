using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Loops;
using Adjoint.Primitives;

namespace Adjoint.Compile.Nests;

/// <summary>Loops over few long rows that are reduced: parts of rows are joined by themselves, and what they give in a second phase.</summary>
internal static class PartNest
{
    /// <summary>Elements that are joined in one go.</summary>
    private const int Block = 4096;

    /// <summary>Elements of a part of a body's rows, a tile of work.</summary>
    internal static int GrainOf(Graph body) => Math.Max(NestFrame.GrainOf(body), Block);

    /// <summary>The program; null where a reduction, or a long result, needs another reduction first.</summary>
    internal static LoopProgram? Lower(Graph body, NestSpace space, string name)
    {
        var levels = new NestLevels(body, space);
        if (levels.Passes > 1 || body.Results.Any(result => levels.IsWide(result) && levels.Of(result) > 0))
        {
            return null;
        }

        LoopProgram flat = Build(body, space, levels, name, rank: 0);
        if (space.Rows.Rank > 0 || space.Shape.Rank == 1 || !NestCost.HasStridedLoads(flat))
        {
            return flat;
        }

        return Enumerable.Range(1, space.Shape.Rank - 1)
            .Select(rank => Build(body, space, levels, name, rank))
            .Prepend(flat)
            .MinBy(NestCost.Of);
    }

    /// <summary>The program whose blocks are of the axes from a rank on.</summary>
    private static LoopProgram Build(Graph body, NestSpace space, NestLevels levels, string name, int rank)
    {
        var frame = new NestFrame(body, name);
        LoopBuilder builder = frame.Builder;
        Axes along = space.Reduced;
        var outer = new Shape(space.Shape.Select(along).Take(rank));
        var inner = new Shape(space.Shape.Select(along).Skip(rank));
        long rows = space.Rows.Size;
        long blocksInRun = NestFrame.Parts(inner.Size, Block);
        long blocks = outer.Size * blocksInRun;
        long blocksInPart = Math.Max(1, frame.Grain / Math.Min(Block, Math.Max(inner.Size, 1)));
        long parts = NestFrame.Parts(blocks, blocksInPart);
        LoopBuffer[] shared =
            [.. space.Reductions.Select(reduction => builder.Buffer(LoopBufferKind.Shared, reduction.Computed, rows * parts))];
        ImmutableArray<LoopOp> ops = [.. space.Reductions.Select(reduction => reduction.Op)];
        Value[] written = [.. levels.Written(body, 0)];

        ImmutableArray<LoopValue> OfBlock(LoopValue row, LoopValue block)
        {
            LoopValue start = block % builder.Index(blocksInRun) * builder.Index(Block);
            ImmutableArray<LoopValue> run = LoopIndices.Split(builder, block / builder.Index(blocksInRun), outer);
            ImmutableArray<LoopValue> place = LoopIndices.Split(builder, row, space.Rows);
            return builder.Reduce(frame.CountFrom(start, Block, inner.Size), ops, lane =>
            {
                ImmutableArray<LoopValue> index = Index(space, place, [.. run, .. LoopIndices.Split(builder, start + lane, inner)]);
                foreach (Value value in written)
                {
                    frame.Store(value, LoopIndices.Flat(builder, index, space.Shape), frame.Elements.At(value, index));
                }

                return [.. space.Reductions.Select(reduction => frame.Elements.At(reduction.Operand, index))];
            });
        }

        builder.Phase(rows * parts, tile =>
        {
            LoopValue row = tile / builder.Index(parts);
            LoopValue first = tile % builder.Index(parts) * builder.Index(blocksInPart);
            ImmutableArray<LoopValue> whole = builder.Serial(
                frame.CountFrom(first, blocksInPart, blocks),
                [.. space.Reductions.Select(reduction => builder.Identity(reduction.Op, reduction.Computed))],
                (block, sums) => [.. OfBlock(row, first + block).Select((sum, i) => builder.Combine(ops[i], sums[i], sum))]);
            for (int i = 0; i < shared.Length; i++)
            {
                builder.Store(shared[i], tile, whole[i]);
            }
        });
        builder.Phase(1, _ => frame.Serial(builder.Index(rows), row => Finish(frame, space, levels, row, builder.Reduce(
            builder.Index(parts), ops, part => [.. shared.Select(buffer => builder.Load(buffer, (row * builder.Index(parts)) + part))]))));
        return builder.Build();
    }

    /// <summary>Writes what a row's reductions give.</summary>
    internal static void Finish(NestFrame frame, NestSpace space, NestLevels levels, LoopValue row, ImmutableArray<LoopValue> joined)
    {
        for (int i = 0; i < joined.Length; i++)
        {
            Value result = space.Reductions[i].Node.Result;
            LoopValue whole = frame.Builder.ThroughStorage(joined[i], result.Tensor.DType);
            frame.Elements.Define(result, _ => whole);
        }

        frame.StoreRow(space, levels, LoopIndices.Split(frame.Builder, row, space.Rows));
    }

    /// <summary>An index from what it is along the axes that stay and along the reduced ones.</summary>
    internal static ImmutableArray<LoopValue> Index(NestSpace space, ImmutableArray<LoopValue> place, ImmutableArray<LoopValue> along)
    {
        var index = new LoopValue[space.Shape.Rank];
        for (int i = 0; i < place.Length; i++)
        {
            index[space.Kept[i]] = place[i];
        }

        for (int i = 0; i < along.Length; i++)
        {
            index[space.Reduced[i]] = along[i];
        }

        return [.. index];
    }
}
