namespace Figures.Limits;

/// <summary>What a loop does to memory.</summary>
internal enum Pattern
{
    /// <summary>Reads alone.</summary>
    Read,

    /// <summary>Writes alone.</summary>
    Write,

    /// <summary>One array read for one written.</summary>
    Copy,

    /// <summary>Two or more read for one written.</summary>
    Triad,
}

/// <summary>A place that holds data: a cache or memory.</summary>
/// <param name="Name">L1, L2, …, memory.</param>
/// <param name="Capacity">Bytes that fit; of a private cache, for one thread.</param>
/// <param name="IsShared">Whether threads share it.</param>
internal sealed record Level(string Name, long Capacity, bool IsShared)
{
    private const int BeyondCaches = 4;

    /// <summary>Caches from the smallest, and memory. The last cache counts as shared, the others as private.</summary>
    public static IReadOnlyList<Level> All { get; } =
    [
        .. Machine.CacheSizes.Select((size, i) => new Level($"L{i + 1}", size, i + 1 == Machine.CacheSizes.Count)),
        new("memory", long.MaxValue, true),
    ];

    /// <summary>The bytes that a thread moves to measure this level: half of what fits, and for memory far more than the caches hold.</summary>
    public long Portion(int threads)
    {
        long whole = Capacity == long.MaxValue ? BeyondCaches * Machine.CacheSizes[^1] : Capacity / 2;
        return (IsShared ? whole / threads : whole) / 1536 * 1536;
    }

    /// <summary>The smallest that holds so many bytes when threads share them out.</summary>
    public static Level Holding(long bytes, int threads) => All.First(level => bytes / (level.IsShared ? 1 : threads) <= level.Capacity);
}
