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
            LoopBuffer? buffer = item switch
            {
                LoopValue value => value.Buffer,
                StoreItem store => store.Buffer,
                GrowItem grow => grow.Buffer,
                _ => null,
            };
            if (buffer is not null)
            {
                found[buffer.Number] = buffer;
            }
        }

        return [.. found.Values];
    }
}
