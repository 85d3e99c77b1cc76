using System.Collections.Immutable;
using Adjoint.Loops;

namespace Adjoint.Compile.Methods;

/// <summary>Indices and row-major places.</summary>
internal static class Places
{
    /// <summary>The row-major place of an index.</summary>
    internal static LoopValue Of(LoopBuilder builder, ReadOnlySpan<int> extents, ImmutableArray<LoopValue> index)
    {
        LoopValue place = builder.Index(0);
        long stride = 1;
        for (int axis = extents.Length - 1; axis >= 0; axis--)
        {
            // Along an axis of one element there is one index.
            if (extents[axis] != 1)
            {
                place = builder.Add(place, builder.Multiply(index[axis], builder.Index(stride)));
            }

            stride *= extents[axis];
        }

        return place;
    }

    /// <summary>The index of a row-major place.</summary>
    internal static ImmutableArray<LoopValue> Index(LoopBuilder builder, ReadOnlySpan<int> extents, LoopValue place)
    {
        var index = new LoopValue[extents.Length];
        for (int axis = extents.Length - 1; axis >= 0; axis--)
        {
            bool outermost = true;
            for (int before = 0; before < axis; before++)
            {
                outermost &= extents[before] == 1;
            }

            LoopValue extent = builder.Index(Math.Max(extents[axis], 1));
            index[axis] = outermost ? place : builder.Remainder(place, extent);
            place = outermost ? builder.Index(0) : builder.Divide(place, extent);
        }

        return [.. index];
    }

    /// <summary>Every index of a shape in row-major order, as numbers that are known.</summary>
    internal static IEnumerable<ImmutableArray<LoopValue>> All(LoopBuilder builder, int[] extents)
    {
        int size = 1;
        foreach (int extent in extents)
        {
            size *= extent;
        }

        for (int place = 0; place < size; place++)
        {
            yield return Index(builder, extents, builder.Index(place));
        }
    }
}
