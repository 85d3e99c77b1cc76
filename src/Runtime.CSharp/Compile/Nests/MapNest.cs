using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Loops;
using Adjoint.Primitives;

namespace Adjoint.Compile.Nests;

/// <summary>Loops that write each element of the results by itself.</summary>
/// <remarks>
/// Leading axes run as rows, one after another, the axes after them in lanes, and small last ones are written out. Where to part the axes is
/// found by building each way and counting what it does.
/// </remarks>
internal static class MapNest
{
    /// <summary>Lanes that a row is cut into where it reads across rows, so that what was read stays in the nearest cache.</summary>
    private const int Block = 128;

    /// <summary>The most elements of a result that are written out for one lane; of all results together, where an axis could have lanes that has not.</summary>
    internal const int WrittenOut = 32;

    /// <summary>The cheapest program of a body without reductions of its own.</summary>
    internal static LoopProgram? Lower(Graph body, string name)
    {
        LoopProgram? best = null;
        double least = double.PositiveInfinity;
        foreach ((int rows, int lanes) in Partings(body))
        {
            LoopProgram program = Build(body, name, rows, lanes, isBlocked: false);
            double cost = NestCost.Of(program);
            if (cost < least)
            {
                (best, least) = (program, cost);
                if (rows > 0 && NestCost.HasStridedLoads(program))
                {
                    best = Build(body, name, rows, lanes, isBlocked: true);
                }
            }
        }

        return best is not null && NestCost.HasStridedLoads(best) ? TileNest.Lower(body, name) ?? best : best;
    }

    /// <summary>Where axes may be parted: how many run as rows, and how many as rows or lanes.</summary>
    private static IEnumerable<(int Rows, int Lanes)> Partings(Graph body)
    {
        Shape shape = body.Results[0].Tensor.Shape;
        int common = body.Results.Min(result => Common(result.Tensor.Shape, shape));
        for (int lanes = common; lanes >= 0; lanes--)
        {
            long[] written = [.. body.Results.Select(result => (long)new Shape(result.Tensor.Shape.Skip(lanes)).Size)];
            if (lanes == common ? written.Max() > WrittenOut : written.Sum() > WrittenOut)
            {
                yield break;
            }

            for (int rows = 0; rows < Math.Max(lanes, 1); rows++)
            {
                yield return (rows, lanes);
            }
        }
    }

    private static int Common(Shape left, Shape right)
    {
        int count = 0;
        while (count < left.Rank && count < right.Rank && left[count] == right[count])
        {
            count++;
        }

        return count;
    }

    private static LoopProgram Build(Graph body, string name, int rows, int lanes, bool isBlocked)
    {
        var frame = new NestFrame(body, name);
        LoopBuilder builder = frame.Builder;
        Shape shape = body.Results[0].Tensor.Shape;
        var outer = new Shape(shape.Take(rows));
        var inner = new Shape(shape.Skip(rows).Take(lanes - rows));
        long count = outer.Size;
        long length = inner.Size;
        long part = isBlocked ? Block : frame.Grain;
        long parts = Math.Max(NestFrame.Parts(length, part), 1);
        long rowsInTile = Math.Max(1, frame.Grain / Math.Max(Math.Min(length, part), 1));
        builder.Phase(length == 0 ? 0 : NestFrame.Parts(count, rowsInTile) * parts, tile =>
        {
            LoopValue first = tile / builder.Index(parts) * builder.Index(rowsInTile);
            LoopValue start = tile % builder.Index(parts) * builder.Index(part);
            LoopValue width = parts == 1 ? builder.Index(length) : frame.CountFrom(start, part, length);
            frame.Serial(frame.CountFrom(first, rowsInTile, count), row =>
            {
                ImmutableArray<LoopValue> place = LoopIndices.Split(builder, first + row, outer);
                builder.Lanes(width, lane =>
                    WriteAll(frame, [.. place, .. LoopIndices.Split(builder, start + lane, inner)]));
            });
        });
        return builder.Build();
    }

    /// <summary>Writes what the results have at an index of their leading axes.</summary>
    private static void WriteAll(NestFrame frame, ImmutableArray<LoopValue> index)
    {
        LoopBuilder builder = frame.Builder;
        for (int i = 0; i < frame.Results.Length; i++)
        {
            Value result = frame.Body.Results[i];
            Shape shape = result.Tensor.Shape;
            var rest = new Shape(shape.Skip(index.Length));
            for (int element = 0; element < rest.Size; element++)
            {
                ImmutableArray<LoopValue> place = [.. index, .. LoopIndices.Split(builder, builder.Index(element), rest)];
                builder.Store(frame.Results[i], LoopIndices.Flat(builder, place, shape), frame.Elements.At(result, place));
            }
        }
    }
}
