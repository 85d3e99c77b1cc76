using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Execute;

/// <summary>Hands out slots: values of one dtype and length, or stacks, may stand in the same one after each other.</summary>
internal sealed class SlotTable
{
    private readonly List<TensorType?> types = [];
    private readonly List<Stack<int>> freeOf = [];
    private readonly Dictionary<(DType Type, int Length), Stack<int>> freeTensors = [];
    private readonly Stack<int> freeStacks = [];
    private TensorType? lastType;
    private Stack<int>? lastFree;

    /// <summary>The type of the tensors of each slot, up to their shape; null for stacks.</summary>
    internal TensorType?[] Types => [.. types];

    /// <summary>A slot for a value of this type.</summary>
    internal int Take(ValueType type)
    {
        Stack<int> free = FreeOf(type as TensorType);
        if (free.TryPop(out int slot))
        {
            return slot;
        }

        types.Add(type as TensorType);
        freeOf.Add(free);
        return types.Count - 1;
    }

    /// <summary>Gives a slot back.</summary>
    internal void Free(int slot) => freeOf[slot].Push(slot);

    private Stack<int> FreeOf(TensorType? type)
    {
        if (type is null)
        {
            return freeStacks;
        }

        if (ReferenceEquals(type, lastType))
        {
            return lastFree!;
        }

        (DType, int) key = (type.DType, type.Shape.Size);
        if (!freeTensors.TryGetValue(key, out Stack<int>? free))
        {
            free = new Stack<int>();
            freeTensors.Add(key, free);
        }

        lastType = type;
        lastFree = free;
        return free;
    }
}
