using System.Diagnostics.CodeAnalysis;
using Adjoint.Loops;
using Adjoint.Primitives;

namespace Adjoint.Execute;

/// <summary>Kernels of regions, kept so that equal regions of later graphs need no code of their own. For any number of threads.</summary>
/// <remarks>What was asked for longest ago goes first. A kernel holds no data, and where its memory is planned does not matter to it.</remarks>
/// <param name="capacity">The most instructions of programs that are kept, before functions are written out.</param>
internal sealed class KernelCache(int capacity)
{
    private readonly Lock gate = new();
    private readonly Dictionary<Fused, LinkedListNode<Entry>> entries = [];
    private readonly LinkedList<Entry> byUse = [];
    private int size;

    /// <summary>The kernels of the process: 65,536 instructions, some tens of megabytes of code at most.</summary>
    internal static KernelCache Shared { get; } = new(1 << 16);

    /// <summary>The instructions that are kept.</summary>
    internal int Size
    {
        get
        {
            lock (gate)
            {
                return size;
            }
        }
    }

    /// <summary>The kernel of an equal region, if it is kept.</summary>
    internal bool TryGet(Fused region, [NotNullWhen(true)] out LoopKernel? kernel)
    {
        lock (gate)
        {
            kernel = entries.TryGetValue(region, out LinkedListNode<Entry>? found) ? Use(found) : null;
            return kernel is not null;
        }
    }

    /// <summary>Keeps a kernel, unless another thread was first: then that one's is given.</summary>
    internal LoopKernel Keep(Fused region, LoopKernel kernel)
    {
        lock (gate)
        {
            if (entries.TryGetValue(region, out LinkedListNode<Entry>? found))
            {
                return Use(found);
            }

            if (kernel.Instructions <= capacity)
            {
                entries.Add(region, byUse.AddFirst(new Entry(region, kernel)));
                size += kernel.Instructions;
                MakeRoom();
            }

            return kernel;
        }
    }

    private LoopKernel Use(LinkedListNode<Entry> entry)
    {
        byUse.Remove(entry);
        byUse.AddFirst(entry);
        return entry.Value.Kernel;
    }

    private void MakeRoom()
    {
        while (size > capacity)
        {
            Entry oldest = byUse.Last!.Value;
            byUse.RemoveLast();
            entries.Remove(oldest.Region);
            size -= oldest.Kernel.Instructions;
        }
    }

    private sealed record Entry(Fused Region, LoopKernel Kernel);
}
