using System.Numerics;

namespace Adjoint.Kernels;

/// <summary>One number of an index vector.</summary>
/// <param name="Stride">How far elements of the operand lie apart along its axis.</param>
/// <param name="Last">The last start at which a window fits.</param>
internal readonly record struct IndexAxis(int Stride, int Last);

/// <summary>
/// Windows of updates, one behind the other in row-major order, and where they go in the operand: window w starts where its index vector says,
/// and is made of runs of neighbours.
/// </summary>
internal sealed class Scattering
{
    private const int LeastColumns = 32;
    private const int MostTasks = 16;

    /// <summary>Fewer updates are not worth a second task.</summary>
    private const int LeastUpdates = 1 << 15;

    /// <summary>Lanes of a batch; each has its own windows.</summary>
    internal required int Lanes { get; init; }

    /// <summary>How far the operand's elements of neighbouring lanes lie apart.</summary>
    internal required int LaneStride { get; init; }

    /// <summary>How many windows a lane has.</summary>
    internal required int Windows { get; init; }

    /// <summary>The numbers of an index vector.</summary>
    internal required IndexAxis[] Index { get; init; }

    /// <summary>Where in the operand each run of a window begins, from the window's start.</summary>
    internal required int[] Runs { get; init; }

    /// <summary>How many neighbours a run has.</summary>
    internal required int Length { get; init; }

    /// <summary>Whether a window that does not lie within the operand is moved into it; it is left out otherwise.</summary>
    internal required bool Clamps { get; init; }

    /// <summary>How many tasks share the neighbours of runs.</summary>
    private int Parts => Runs.Length == 1 && (long)Windows * Length >= LeastUpdates ? Math.Clamp(Length / LeastColumns, 1, MostTasks) : 1;

    /// <summary>
    /// Makes the updates of each element in their order. Tasks share lanes and the neighbours of runs, so that no two meet, and that order does
    /// not depend on them.
    /// </summary>
    internal void Run<T, TIndex, TJoin>(T[] x, int xStart, TIndex[] indices, int indexStart, T[] updates, int updateStart, IParallel parallel)
        where T : unmanaged
        where TIndex : unmanaged, IBinaryInteger<TIndex>
        where TJoin : struct, IJoin<T>
    {
        int parts = Parts;
        int columns = GemmTiling.Ceiling(Length, parts);
        int each = Math.Max(GemmTiling.Ceiling(Lanes, MostTasks), 1);
        parallel.For(GemmTiling.Ceiling(Lanes, each) * parts, task =>
        {
            int first = task / parts * each;
            int column = task % parts * columns;
            int width = Math.Min(columns, Length - column);
            for (int lane = first; lane < Math.Min(first + each, Lanes) && width > 0; lane++)
            {
                long window = (long)lane * Windows;
                ReadOnlySpan<TIndex> own = indices.AsSpan(indexStart + (int)(window * Index.Length), Windows * Index.Length);
                int before = updateStart + (int)(window * Runs.Length * Length) + column;
                Lane<T, TIndex, TJoin>(x.AsSpan(xStart + (lane * LaneStride) + column), own, updates.AsSpan(before), width);
            }
        });
    }

    private void Lane<T, TIndex, TJoin>(Span<T> x, ReadOnlySpan<TIndex> indices, ReadOnlySpan<T> updates, int width)
        where T : unmanaged
        where TIndex : unmanaged, IBinaryInteger<TIndex>
        where TJoin : struct, IJoin<T>
    {
        if (Index is [var axis] && Runs is [0] && Length == 1)
        {
            Elements<T, TIndex, TJoin>(x, indices, updates, axis);
            return;
        }

        for (int window = 0; window < Windows; window++)
        {
            int start = Start(indices.Slice(window * Index.Length, Index.Length));
            for (int run = 0; start >= 0 && run < Runs.Length; run++)
            {
                int from = ((window * Runs.Length) + run) * Length;
                TJoin.Of(x.Slice(start + Runs[run], width), updates.Slice(from, width));
            }
        }
    }

    /// <summary>Single elements by single indices.</summary>
    private void Elements<T, TIndex, TJoin>(Span<T> x, ReadOnlySpan<TIndex> indices, ReadOnlySpan<T> updates, IndexAxis axis)
        where T : unmanaged
        where TIndex : unmanaged, IBinaryInteger<TIndex>
        where TJoin : struct, IJoin<T>
    {
        for (int i = 0; i < indices.Length; i++)
        {
            int start = Start(indices[i], axis);
            if (start >= 0)
            {
                ref T element = ref x[start];
                element = TJoin.Of(element, updates[i]);
            }
        }
    }

    /// <summary>Where a window starts; −1 where it is left out.</summary>
    private int Start<TIndex>(ReadOnlySpan<TIndex> vector)
        where TIndex : unmanaged, IBinaryInteger<TIndex>
    {
        int start = 0;
        for (int i = 0; i < Index.Length; i++)
        {
            int part = Start(vector[i], Index[i]);
            if (part < 0)
            {
                return -1;
            }

            start += part;
        }

        return start;
    }

    private int Start<TIndex>(TIndex number, IndexAxis axis)
        where TIndex : unmanaged, IBinaryInteger<TIndex>
    {
        long at = long.CreateSaturating(number);
        if ((ulong)at > (ulong)axis.Last)
        {
            if (!Clamps)
            {
                return -1;
            }

            at = at < 0 ? 0 : axis.Last;
        }

        return (int)at * axis.Stride;
    }
}
