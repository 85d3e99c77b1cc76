namespace Adjoint.Loops.Blocks;

/// <summary>Shares out the memory that blocks lie in: what is given back is used again.</summary>
internal sealed class BlockMemory(int lanes)
{
    private const int Alignment = 64;
    private readonly Dictionary<int, Stack<int>> free = [];
    private int top;

    /// <summary>How many lanes a block has.</summary>
    internal int Lanes => lanes;

    /// <summary>The most that was needed at a time, in bytes.</summary>
    internal int Size { get; private set; }

    /// <summary>A block of numbers of so many bytes each.</summary>
    internal Place Take(int bytes)
    {
        if (free.TryGetValue(bytes, out Stack<int>? known) && known.TryPop(out int offset))
        {
            return new(true, offset);
        }

        return TakeUnused(bytes);
    }

    /// <summary>A block that nothing else lies in at any time.</summary>
    internal Place TakeUnused(int bytes)
    {
        int offset = top;
        top += ((bytes * lanes) + Alignment - 1) & -Alignment;
        Size = Math.Max(Size, top);
        return new(true, offset);
    }

    /// <summary>Gives a block back.</summary>
    internal void Give(Place place, int bytes)
    {
        if (!free.TryGetValue(bytes, out Stack<int>? known))
        {
            free[bytes] = known = [];
        }

        known.Push(place.Offset);
    }

    /// <summary>Gives all blocks back.</summary>
    internal void Clear()
    {
        free.Clear();
        top = 0;
    }
}
