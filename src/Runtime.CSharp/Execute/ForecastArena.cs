using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Loops;

namespace Adjoint.Execute;

/// <summary>An <see cref="Arena"/> that only counts: what a run would take, return and keep.</summary>
internal sealed class ForecastArena
{
    private readonly Dictionary<(DType Type, int Length), (long Free, long Loaned)> lists = [];
    private readonly Dictionary<(int Lane, int Slot, DType Type), long> scratch = [];

    /// <summary>The bytes that are here.</summary>
    internal long Bytes { get; private set; }

    /// <summary>The bytes of arrays from elsewhere that were given to it so far.</summary>
    internal long AdoptedBytes { get; private set; }

    /// <summary>The most bytes that were here at a time.</summary>
    internal long Peak { get; private set; }

    /// <summary>The bytes that kernels work in.</summary>
    internal long ScratchBytes => scratch.Sum(need => need.Value * need.Key.Type.Size());

    /// <summary>Whether a kernel needs more the longer its loops run.</summary>
    internal bool Grows { get; private set; }

    /// <summary>Counts bytes that come.</summary>
    internal void Add(long bytes)
    {
        Bytes += bytes;
        Peak = Math.Max(Peak, Bytes);
    }

    /// <summary>An array of a type.</summary>
    internal ForecastMemory Rent(TensorType type)
    {
        var key = (type.DType, type.Shape.Size);
        (long free, long loaned) = lists.GetValueOrDefault(key);
        lists[key] = (Math.Max(free - 1, 0), loaned + 1);
        if (free == 0)
        {
            Add((long)key.Size * type.DType.Size());
        }

        return new(type) { IsRented = true };
    }

    /// <summary>Takes an array that nobody reads any more.</summary>
    internal void Return(ForecastMemory memory)
    {
        if (memory.Type is not TensorType type)
        {
            return;
        }

        var key = (type.DType, type.Shape.Size);
        (long free, long loaned) = lists.GetValueOrDefault(key);
        if (loaned > 0)
        {
            lists[key] = (free + 1, loaned - 1);
            AdoptedBytes += memory.IsRented ? 0 : (long)key.Size * type.DType.Size();
        }
    }

    /// <summary>Counts what a kernel works in, the first of those that run together or one beside it.</summary>
    internal void Need(Kernel kernel, int lane)
    {
        Grows |= kernel.Grows;
        foreach (ScratchNeed need in kernel.ScratchNeeds)
        {
            scratch[(lane, need.Slot, need.Type)] = Math.Max(need.Length, scratch.GetValueOrDefault((lane, need.Slot, need.Type)));
        }
    }
}

/// <summary>Memory that would be there; the same object for all that share it.</summary>
/// <param name="Type">The type of what lies in it.</param>
internal sealed class ForecastMemory(ValueType Type)
{
    /// <summary>The type of what lies in it.</summary>
    internal ValueType Type { get; } = Type;

    /// <summary>Whether it comes from the arena.</summary>
    internal bool IsRented { get; init; }
}

/// <summary>A value that would be there.</summary>
/// <param name="Memory">Where it lies.</param>
/// <param name="Owned">Whether its holder is the only one.</param>
internal readonly record struct ForecastValue(ForecastMemory Memory, bool Owned);
