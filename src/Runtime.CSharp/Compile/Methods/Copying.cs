using System.Collections.Immutable;
using Adjoint.Loops;

namespace Adjoint.Compile.Methods;

/// <summary>Loops over the elements of tensors.</summary>
internal static class Copying
{
    /// <summary>The most elements of the last axes together that are written out one by one.</summary>
    private const int Unrolled = 16;

    /// <summary>The fewest elements along the last axis that are worth a loop over lanes of their own.</summary>
    private const int FewestLanes = 8;

    /// <summary>Writes all elements of a tensor to a buffer, from an offset on. They are read where they are not written, or at the same place.</summary>
    internal static void Write(LoopBuilder builder, TensorLocal local, LoopBuffer buffer, LoopValue offset)
    {
        if (local.Pending is { } product)
        {
            product.Form(builder, place =>
                builder.Store(buffer, builder.Add(offset, Places.Of(builder, local.Extents, place)), local.At(builder, place)));
            return;
        }

        if (!local.Cuts.IsEmpty && !Sizes.AreFew(local.Extents))
        {
            InParts(builder, local, place => builder.Store(buffer, builder.Add(offset, place), local.At(builder, [place])));
            return;
        }

        if (local.IsFlat && !Sizes.AreFew(local.Extents))
        {
            builder.Lanes(builder.Index(local.Size), place =>
                builder.Store(buffer, builder.Add(offset, place), local.AtFlat(builder, place)));
            return;
        }

        Each(builder, local.Extents, index =>
            builder.Store(buffer, builder.Add(offset, Places.Of(builder, local.Extents, index)), local.At(builder, index)));
    }

    /// <summary>Does something for every place along the only axis of a tensor, between its cuts: in lanes, or written out where few.</summary>
    private static void InParts(LoopBuilder builder, TensorLocal local, Action<LoopValue> body)
    {
        int start = 0;
        foreach (int end in local.Cuts.Add(local.Size))
        {
            if (end - start < FewestLanes)
            {
                Enumerable.Range(start, end - start).Select(place => builder.Index(place)).ToList().ForEach(body);
            }
            else
            {
                LoopValue first = builder.Index(start);
                builder.Lanes(builder.Index(end - start), lane => body(lane + first));
            }

            start = end;
        }
    }

    /// <summary>Does something for every index of a shape, in lanes where many.</summary>
    /// <remarks>The last axes that have few elements together are written out, and lanes run along the axis before them.</remarks>
    internal static void Each(LoopBuilder builder, int[] extents, Action<ImmutableArray<LoopValue>> body)
    {
        if (Sizes.AreFew(extents))
        {
            foreach (ImmutableArray<LoopValue> index in Places.All(builder, extents))
            {
                body(index);
            }

            return;
        }

        int lanes = LaneAxis(extents);
        Outer(builder, extents, 0, lanes, [], outer =>
            builder.Lanes(builder.Index(extents[lanes]), lane =>
            {
                foreach (ImmutableArray<LoopValue> inner in Places.All(builder, extents[(lanes + 1)..]))
                {
                    body([.. outer, lane, .. inner]);
                }
            }));
    }

    /// <summary>Does something for every index of a shape, one after the other.</summary>
    internal static void InTurn(LoopBuilder builder, int[] extents, Action<ImmutableArray<LoopValue>> body) =>
        Outer(builder, extents, 0, extents.Length, [], body);

    /// <summary>The axis along which lanes run.</summary>
    private static int LaneAxis(int[] extents)
    {
        int axis = extents.Length - 1;
        long inner = 1;
        while (axis > 0 && extents[axis] < FewestLanes && inner * extents[axis] <= Unrolled)
        {
            inner *= extents[axis];
            axis--;
        }

        // Only small axes: the longest of those that are not written out.
        return extents[axis] >= FewestLanes ? axis : extents.Length - 1;
    }

    private static void Outer(
        LoopBuilder builder, int[] extents, int axis, int end, ImmutableArray<LoopValue> index, Action<ImmutableArray<LoopValue>> body)
    {
        if (axis == end)
        {
            body(index);
        }
        else if (extents[axis] == 1)
        {
            Outer(builder, extents, axis + 1, end, index.Add(builder.Index(0)), body);
        }
        else
        {
            builder.Serial(builder.Index(extents[axis]), [], (i, _) =>
            {
                Outer(builder, extents, axis + 1, end, index.Add(i), body);
                return [];
            });
        }
    }
}
