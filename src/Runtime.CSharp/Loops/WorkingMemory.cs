using Adjoint.Core;

namespace Adjoint.Loops;

/// <summary>Memory that kernels work in while they run, kept from one run to the next. Used by one thread at a time.</summary>
internal sealed class WorkingMemory
{
    private readonly Dictionary<(int Slot, DType Type, int Length), NDArray> arrays = [];
    private readonly Dictionary<(int Slot, DType Type), Array> memory = [];
    private readonly List<NDArray[]> tables = [];
    private NDArray?[] latest = new NDArray?[8];

    /// <summary>The bytes of all of it.</summary>
    internal long Bytes { get; private set; }

    /// <summary>An array of this length; those of one slot and dtype lie in the same memory.</summary>
    internal NDArray Get(int slot, DType type, int length)
    {
        if ((uint)slot < (uint)latest.Length && latest[slot] is { } known && known.Type == type && known.Size == length)
        {
            return known;
        }

        if (!arrays.TryGetValue((slot, type, length), out NDArray? array))
        {
            array = new(type, Shape.Of(length), MemoryOf(slot, type, length), 0);
            arrays.Add((slot, type, length), array);
        }

        if (slot >= latest.Length)
        {
            Array.Resize(ref latest, 2 * slot);
        }

        latest[slot] = array;
        return array;
    }

    /// <summary>All the memory of a slot and dtype, and this length at least.</summary>
    internal NDArray AtLeast(int slot, DType type, int least) =>
        Get(slot, type, memory.TryGetValue((slot, type), out Array? known) ? Math.Max(known.Length, least) : least);

    /// <summary>A table of this many places.</summary>
    internal NDArray[] Table(int count)
    {
        while (tables.Count <= count)
        {
            tables.Add(new NDArray[tables.Count]);
        }

        return tables[count];
    }

    private Array MemoryOf(int slot, DType type, int length)
    {
        if (memory.TryGetValue((slot, type), out Array? known) && known.Length >= length)
        {
            return known;
        }

        Array larger = type.NewArray(length, zero: false);
        Bytes += ((long)length - (known?.Length ?? 0)) * type.Size();
        memory[(slot, type)] = larger;
        foreach (((int Slot, DType Type, int Length) key, NDArray array) in arrays)
        {
            if ((key.Slot, key.Type) == (slot, type))
            {
                array.Point(larger, 0);
            }
        }

        return larger;
    }
}
