using Adjoint.Core;
using Adjoint.Loops;

namespace Adjoint.Compile.Emit;

/// <summary>
/// Stores of a loop over lanes that write neighbours for each lane, as a small row of results does. Vectors of all of them lie in the frame until the last has
/// come, and go to their places as a block whose rows and columns are exchanged.
/// </summary>
/// <param name="Stores">From the first place to the last.</param>
/// <param name="Last">The one that comes last.</param>
/// <param name="Stride">Elements from one lane's to the next lane's.</param>
internal sealed record StoreBlock(IReadOnlyList<StoreItem> Stores, StoreItem Last, long Stride)
{
    /// <summary>Fewer are written one by one: eight rows are exchanged in registers at a time.</summary>
    private const int Fewest = 8;

    /// <summary>More would leave the nearest cache.</summary>
    private const int Most = 64;

    /// <summary>Where vectors lie in the frame.</summary>
    internal int Place { get; init; }

    /// <summary>The blocks of a loop's body.</summary>
    internal static IEnumerable<StoreBlock> Of(ForItem loop, LaneKinds kinds)
    {
        StoreItem[] direct = [.. loop.Body.Items.OfType<StoreItem>()];
        if (direct.Length < Fewest)
        {
            return [];
        }

        LoopItem[] all = [.. BlockWalk.All(loop.Body)];
        HashSet<LoopBuffer> read = [.. all.OfType<LoopValue>().Where(value => value.Op == LoopOp.Load).Select(value => value.Buffer!)];
        return direct.GroupBy(store => store.Buffer)
            .Where(stores => !read.Contains(stores.Key) && all.OfType<StoreItem>().Count(store => store.Buffer == stores.Key) == stores.Count())
            .Select(stores => Of([.. stores], kinds)).OfType<StoreBlock>();
    }

    private static StoreBlock? Of(StoreItem[] stores, LaneKinds kinds)
    {
        if (stores.Length is < Fewest or > Most || stores[0].Buffer.Type is not (DType.F32 or DType.F64 or DType.I32 or DType.I64))
        {
            return null;
        }

        (LoopValue start, long _) = Split(stores[0].Offset);
        StoreItem[] inOrder = [.. stores.OrderBy(store => Split(store.Offset).Apart)];
        LaneKind kind = kinds[stores[0].Offset];
        long first = Split(inOrder[0].Offset).Apart;
        for (int i = 0; i < inOrder.Length; i++)
        {
            (LoopValue root, long apart) = Split(inOrder[i].Offset);
            LaneKind value = kinds[inOrder[i].Value];
            if (!ReferenceEquals(root, start) || apart != first + i || kinds[inOrder[i].Offset] != kind || (value.Varies && value.IsAffine))
            {
                return null;
            }
        }

        return kind.IsAffine && kind.Stride >= stores.Length ? new(inOrder, stores[^1], kind.Stride) : null;
    }

    /// <summary>How far a store's place lies before the last one's, in elements.</summary>
    internal long BeforeLast(StoreItem store) => Split(Last.Offset).Apart - Split(store.Offset).Apart;

    private static (LoopValue Start, long Apart) Split(LoopValue offset) => offset.Op == LoopOp.Add && offset.Operands[1].IsConstant
        ? (offset.Operands[0], offset.Operands[1].Constant.AsLong)
        : (offset, 0);
}
