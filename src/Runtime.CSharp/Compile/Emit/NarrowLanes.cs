using Adjoint.Loops;

namespace Adjoint.Compile.Emit;

/// <summary>Loops of so few lanes that they fill a vector shorter than the widest: rows of small matrices, whose vectors then need no masks.</summary>
/// <remarks>What is written under a mask and read again right away waits until it has reached the cache; so states of loops would.</remarks>
internal static class NarrowLanes
{
    /// <summary>The vectors that the lanes of a loop fill, among those narrower than the widest; null where there are none, or where lanes lie apart.</summary>
    internal static VectorTable? Of(ForItem loop, IlTarget target, Demands demands, LaneKinds kinds)
    {
        if (!loop.Count.IsConstant || loop.Reductions.Length > 0)
        {
            return null;
        }

        long count = loop.Count.Constant.AsLong;
        foreach (VectorTable table in target.Tables)
        {
            if (table != target.Vectors && count * sizeof(long) >= table.Bytes && LaneWidths.Of(loop, demands, kinds, table.Bytes) is { Main: > 0 } widths && widths.Rest == count)
            {
                return BlockWalk.All(loop.Body).All(item => LiesTogether(item, kinds)) ? table : null;
            }
        }

        return null;
    }

    private static bool LiesTogether(LoopItem item, LaneKinds kinds) => item switch
    {
        LoopValue { Op: LoopOp.Load } load => LiesTogether(kinds[load.Operands[0]]),
        StoreItem store => LiesTogether(kinds[store.Offset]),
        _ => true,
    };

    private static bool LiesTogether(LaneKind kind) => !kind.Varies || kind is { IsAffine: true, Stride: 1 };
}
