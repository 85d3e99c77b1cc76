using System.Buffers;
using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Kernels;

namespace Adjoint.Loops;

/// <summary>Reduces a tensor along some axes: neighbours among them together, one such group after the other, the innermost first.</summary>
internal sealed class ReduceKernel<T, TOp> : SingleKernel
    where T : unmanaged
    where TOp : struct, IReduction<T>
{
    private readonly ImmutableArray<(int Outer, int Count, int Inner)> stages;

    /// <summary>The kernel for operands of this shape.</summary>
    internal ReduceKernel(Shape shape, Axes axes)
    {
        var found = ImmutableArray.CreateBuilder<(int, int, int)>();
        List<int> extents = [.. shape.ToArray()];
        for (int end = extents.Count - 1; end >= 0; end--)
        {
            if (!axes.Contains(end))
            {
                continue;
            }

            int start = end;
            while (start > 0 && axes.Contains(start - 1))
            {
                start--;
            }

            found.Add((Product(extents[..start]), Product(extents[start..(end + 1)]), Product(extents[(end + 1)..])));
            extents.RemoveRange(start, end + 1 - start);
            end = start;
        }

        stages = found.ToImmutable();
    }

    public override void Run(ReadOnlySpan<NDArray> operands, NDArray result, IParallel parallel)
    {
        T[] from = operands[0].Memory<T>();
        int first = operands[0].Start;
        for (int i = 0; i < stages.Length; i++)
        {
            (int outer, int count, int inner) = stages[i];
            bool last = i + 1 == stages.Length;
            T[] to = last ? result.Memory<T>() : ArrayPool<T>.Shared.Rent(outer * inner);
            Reduce.Run<T, TOp>(from, first, outer, count, inner, to, last ? result.Start : 0, parallel);
            if (i > 0)
            {
                ArrayPool<T>.Shared.Return(from);
            }

            (from, first) = (to, 0);
        }
    }

    private static int Product(List<int> extents) => extents.Aggregate(1, (product, extent) => product * extent);
}
