using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Loops;
using Adjoint.Primitives;

namespace Adjoint.Compile.Nests;

/// <summary>An operand that is read across: neighbours along the results' last axis lie far apart, those along another axis side by side.</summary>
/// <param name="Parameter">The operand.</param>
/// <param name="Strides">How far elements lie apart that neighbours along each axis of the results read.</param>
/// <param name="Start">The place of the element that the results' first element reads.</param>
/// <param name="RowAxis">The axis of the results along which neighbours lie side by side.</param>
/// <param name="LaneAxis">The results' last axis of more than one element.</param>
internal sealed record TurnedRead(Value Parameter, ImmutableArray<long> Strides, long Start, int RowAxis, int LaneAxis)
{
    /// <summary>The operand's buffer.</summary>
    internal LoopBuffer Buffer(NestFrame frame) => frame.InputOf(Parameter);
}

/// <summary>Finds operands that are read across.</summary>
internal static class TurnedReads
{
    /// <summary>Fewer elements along an axis are not worth a block.</summary>
    private const int Fewest = 8;

    /// <summary>Elements that lie this near to each other are read by vectors and permutations.</summary>
    private const int Near = 8;

    /// <summary>The operands of a body, with one row axis for all; none where its results differ in shape.</summary>
    internal static ImmutableArray<TurnedRead> Of(Graph body)
    {
        Shape shape = body.Results[0].Tensor.Shape;
        int laneAxis = shape.Rank - 1;
        while (laneAxis > 0 && shape[laneAxis].Value == 1)
        {
            laneAxis--;
        }

        if (laneAxis < 1 || shape.Size == 0 || shape[laneAxis].Value < Fewest || body.Results.Any(result => !result.Tensor.Shape.Equals(shape)))
        {
            return [];
        }

        TurnedRead[] all = [.. Places(body, shape).GroupBy(place => place.Parameter).Select(places => Turned(places.Key, [.. places], shape, laneAxis)).OfType<TurnedRead>()];
        return [.. all.Where(read => read.RowAxis == all[0].RowAxis)];
    }

    /// <summary>Where operands are read for an element of the results.</summary>
    private static List<(Value Parameter, LoopValue Place, LoopValue[] Index)> Places(Graph body, Shape shape)
    {
        var places = new List<(Value, LoopValue, LoopValue[])>();
        var frame = new NestFrame(body, "");
        LoopBuilder builder = frame.Builder;
        var index = new LoopValue[shape.Rank];
        foreach (Value parameter in body.Parameters)
        {
            frame.Elements.Define(parameter, at =>
            {
                LoopValue place = LoopIndices.Flat(builder, at, parameter.Tensor.Shape);
                places.Add((parameter, place, index));
                return builder.Load(frame.InputOf(parameter), place);
            });
        }

        void Within(int axis)
        {
            if (axis < shape.Rank)
            {
                frame.Serial(builder.Index(shape[axis].Value), i =>
                {
                    index[axis] = i;
                    Within(axis + 1);
                });
                return;
            }

            foreach (Value result in body.Results)
            {
                frame.Elements.At(result, [.. index]);
            }
        }

        builder.Phase(1, _ => Within(0));
        return places;
    }

    private static TurnedRead? Turned(Value parameter, (Value Parameter, LoopValue Place, LoopValue[] Index)[] places, Shape shape, int laneAxis)
    {
        (Value Parameter, LoopValue Place, LoopValue[] Index)[] distinct = [.. places.DistinctBy(read => read.Place)];
        TurnedRead[] reads = [.. distinct.Select(read => Turned(parameter, read.Place, read.Index, shape, laneAxis)).OfType<TurnedRead>()];
        // A read as steep along both axes is taken from the block too: there must be no other.
        return reads.Length == 1 && distinct.Count(read => IsAsSteep(read.Place, read.Index, reads[0])) == 1 ? reads[0] : null;
    }

    private static bool IsAsSteep(LoopValue place, LoopValue[] index, TurnedRead turned) =>
        NestCost.SlopeOf(place, index[turned.LaneAxis]) == turned.Strides[turned.LaneAxis] && NestCost.SlopeOf(place, index[turned.RowAxis]) == 1;

    private static TurnedRead? Turned(Value parameter, LoopValue place, LoopValue[] index, Shape shape, int laneAxis)
    {
        long?[] strides = [.. index.Select(axis => NestCost.SlopeOf(place, axis))];
        if (strides.Any(stride => stride is null or < 0) || strides[laneAxis] <= Near || AtZero(place, index) is not { } start)
        {
            return null;
        }

        int rowAxis = Enumerable.Range(0, shape.Rank)
            .Where(axis => axis != laneAxis && strides[axis] == 1 && shape[axis].Value >= Fewest)
            .DefaultIfEmpty(-1).Last();
        return rowAxis < 0 ? null : new(parameter, [.. strides.Select(stride => stride!.Value)], start, rowAxis, laneAxis);
    }

    /// <summary>A number made of these indices, where all of them are 0; null where it is none, or hangs on a loop of its own.</summary>
    private static long? AtZero(LoopValue value, LoopValue[] index) => value.Op switch
    {
        LoopOp.Constant => value.Constant.AsLong,
        LoopOp.Parameter => index.Contains(value) ? 0 : null,
        LoopOp.Add => AtZero(value.Operands[0], index) + AtZero(value.Operands[1], index),
        LoopOp.Multiply => AtZero(value.Operands[0], index) * AtZero(value.Operands[1], index),
        _ => null,
    };
}
