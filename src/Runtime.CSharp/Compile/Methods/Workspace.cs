using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Loops;

namespace Adjoint.Compile.Methods;

/// <summary>The working memory of a region: who needs which buffer, and which is free again.</summary>
/// <remarks>
/// Every value that is still to be read holds the buffers that it reads. A buffer that one value alone holds may be updated in place
/// by that value's last reader. A pinned buffer is not free although nobody holds it.
/// </remarks>
internal sealed class Workspace(LoopBuilder builder)
{
    private readonly Dictionary<LoopBuffer, int> holds = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<LoopBuffer, int> pins = new(ReferenceEqualityComparer.Instance);
    private readonly List<LoopBuffer> free = [];

    internal LoopBuilder Builder { get; } = builder;

    /// <summary>How many values read a buffer.</summary>
    internal int Holds(LoopBuffer buffer) => holds.GetValueOrDefault(buffer);

    /// <summary>Whether the only value that reads this memory may be updated in place.</summary>
    internal bool IsOwned(LoopBuffer buffer) => buffer.Kind != LoopBufferKind.Input && Holds(buffer) == 1;

    internal bool IsPinned(LoopBuffer buffer) => pins.GetValueOrDefault(buffer) > 0;

    internal void Hold(Local local)
    {
        foreach (LoopBuffer buffer in local.Reads)
        {
            holds[buffer] = Holds(buffer) + 1;
        }
    }

    internal void Release(Local local)
    {
        foreach (LoopBuffer buffer in local.Reads)
        {
            holds[buffer]--;
            Reclaim(buffer);
        }
    }

    internal void Pin(LoopBuffer buffer) => pins[buffer] = pins.GetValueOrDefault(buffer) + 1;

    internal void Unpin(LoopBuffer buffer)
    {
        pins[buffer]--;
        Reclaim(buffer);
    }

    /// <summary>Memory for so many elements: some that is free, or new.</summary>
    internal LoopBuffer Rent(DType type, long length)
    {
        int best = -1;
        for (int i = 0; i < free.Count; i++)
        {
            bool fits = free[i].Type == type && free[i].Length >= length && free[i].Length / 2 <= length;
            best = fits && (best < 0 || free[i].Length < free[best].Length) ? i : best;
        }

        if (best < 0)
        {
            return Builder.Buffer(LoopBufferKind.Scratch, type, Math.Max(length, 1));
        }

        LoopBuffer rented = free[best];
        free.RemoveAt(best);
        return rented;
    }

    /// <summary>The tensor in memory of its own.</summary>
    internal Stored Materialise(TensorLocal local, LoopBuffer? into = null)
    {
        LoopBuffer buffer = into ?? Rent(local.Type.DType, local.Size);
        LoopValue start = Builder.Index(0);
        Copying.Write(Builder, local, buffer, start);
        return new(local.Type, buffer, start);
    }

    /// <summary>All elements as numbers.</summary>
    internal Registers Load(TensorLocal local) => local as Registers
        ?? new(local.Type, [.. Places.All(Builder, local.Extents).Select(index => local.At(Builder, index))]);

    private void Reclaim(LoopBuffer buffer)
    {
        if (buffer.Kind == LoopBufferKind.Scratch && Holds(buffer) == 0 && !IsPinned(buffer) && !free.Contains(buffer))
        {
            free.Add(buffer);
        }
    }
}
