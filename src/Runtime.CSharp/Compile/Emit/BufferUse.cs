using Adjoint.Loops;

namespace Adjoint.Compile.Emit;

/// <summary>Which buffers a block touches.</summary>
internal static class BufferUse
{
    internal static IReadOnlyList<LoopBuffer> Of(LoopBlock block)
    {
        SortedDictionary<int, LoopBuffer> found = [];
        foreach (LoopItem item in BlockWalk.All(block))
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
