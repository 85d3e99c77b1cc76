using System.Numerics;
using System.Runtime.InteropServices;
using Adjoint.Core;
using Adjoint.Kernels;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>The largest numbers of each row and their places: all of the row is sorted where they are not few.</summary>
internal sealed class TopKKernel<T>(Lines lines, int count) : Kernel
    where T : unmanaged, INumber<T>
{
    /// <summary>So many numbers of one looked for are worth not sorting the others.</summary>
    private const int Part = 8;

    private static readonly SortOrder Order = new(Descending: true, NaNFirst: true);

    /// <inheritdoc/>
    public override IEnumerable<ScratchNeed> ScratchNeeds => count == 0 || lines.Count == 0 ? [] : [new(0, DType.U64, lines.Tasks * Space)];

    private bool IsFew => (long)count * Part <= lines.Extent;

    /// <summary>Words of 64 bits for a task; a key with its place takes two.</summary>
    private int Space => IsFew ? 2 * Largest<T>.Space(count) : LineSort<T>.Space(lines.Extent);

    /// <inheritdoc/>
    public override void Run(ReadOnlySpan<NDArray> operands, ReadOnlySpan<NDArray> results, KernelContext context)
    {
        if (results[0].Size == 0)
        {
            return;
        }

        (NDArray x, NDArray values, NDArray places) = (operands[0], results[0], results[1]);
        NDArray space = context.Scratch(0, DType.U64, lines.Tasks * Space);
        context.Parallel.For(lines.Tasks, task =>
        {
            Span<ulong> own = space.Memory<ulong>().AsSpan(space.Start + (task * Space), Space);
            int last = Math.Min(lines.Count, (task + 1) * lines.Each);
            for (int line = task * lines.Each; line < last; line++)
            {
                context.ThrowIfCancelled();
                Run(
                    x.Span<T>().Slice(line * lines.Extent, lines.Extent),
                    values.Memory<T>().AsSpan(values.Start + (line * count), count),
                    places.Memory<int>().AsSpan(places.Start + (line * count), count),
                    own);
            }
        });
    }

    private void Run(ReadOnlySpan<T> x, Span<T> values, Span<int> places, Span<ulong> space)
    {
        if (IsFew)
        {
            new Largest<T>(Order, count, WordSort.Default).Run(x, values, places, MemoryMarshal.Cast<ulong, PlacedKey>(space));
            return;
        }

        new LineSort<T>(Order, 1, WordSort.Default).Places(x, x.Length, space)[..count].CopyTo(places);
        for (int i = 0; i < count; i++)
        {
            values[i] = x[places[i]];
        }
    }
}
