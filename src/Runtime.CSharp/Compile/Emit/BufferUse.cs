using Adjoint.Loops;

namespace Adjoint.Compile.Emit;

/// <summary>Which buffers a block touches.</summary>
internal static class BufferUse
{
    internal static IReadOnlyList<LoopBuffer> Of(LoopBlock block) => Of(block.Items);

    internal static IReadOnlyList<LoopBuffer> Of(IReadOnlyList<LoopItem> items)
    {
        SortedDictionary<int, LoopBuffer> found = [];
        foreach (LoopItem item in items.Concat(items.SelectMany(BlockWalk.Inside).SelectMany(BlockWalk.All)))
        {
            ReadOnlySpan<LoopBuffer> buffers = item switch
            {
                LoopValue { Buffer: { } read } => [read],
                StoreItem store => [store.Buffer],
                TransposeItem block => [block.From, block.To],
                GrowItem grow => [grow.Buffer],
                _ => [],
            };
            foreach (LoopBuffer buffer in buffers)
            {
                found[buffer.Number] = buffer;
            }
        }

        return [.. found.Values];
    }
}
