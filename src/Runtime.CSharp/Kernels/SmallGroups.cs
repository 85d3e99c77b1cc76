using System.Numerics;

namespace Adjoint.Kernels;

/// <summary>Products of a batch, so many a tile.</summary>
internal sealed class SmallGroups<T>(ProductBatch<T> products, int group) : TileWork
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>How many tiles there are.</summary>
    internal int Count => GemmTiling.Ceiling(products.Count, group);

    internal override void Run(long first, long last) =>
        SmallGemm.Part(products, (int)first * group, (int)Math.Min(products.Count, last * group));

    /// <summary>Runs all of them, on other threads too if these are awake or are worth waking.</summary>
    internal void RunAll(IParallel parallel)
    {
        if (parallel is IRangeParallel ranges)
        {
            ranges.For(Count, this);
        }
        else
        {
            parallel.For(Count, tile => Run(tile, tile + 1));
        }
    }
}
