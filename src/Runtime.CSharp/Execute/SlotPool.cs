using System.Numerics;

namespace Adjoint.Execute;

/// <summary>Keeps objects for the next who needs one, without a lock: many threads take and put at once and don't wait for each other.</summary>
/// <remarks>A thread looks first where it put last, so what it gets is likely to be in its cache; places of different threads share no line of it.</remarks>
internal sealed class SlotPool<T>(int capacity)
    where T : class
{
    /// <summary>References in a line of the cache.</summary>
    private const int Apart = 8;

    private readonly Place[] places = new Place[BitOperations.RoundUpToPowerOf2((uint)capacity) * Apart];

    /// <summary>One of them, or null where there is none.</summary>
    internal T? TryTake()
    {
        Place[] all = places;
        int first = First();
        for (int i = 0; i < all.Length; i += Apart)
        {
            ref T? item = ref all[(first + i) & (all.Length - 1)].Item;
            if (item is not null && Interlocked.Exchange(ref item, null) is { } taken)
            {
                return taken;
            }
        }

        return null;
    }

    /// <summary>Keeps one; false where there is no room.</summary>
    internal bool TryPut(T kept)
    {
        Place[] all = places;
        int first = First();
        for (int i = 0; i < all.Length; i += Apart)
        {
            ref T? item = ref all[(first + i) & (all.Length - 1)].Item;
            if (item is null && Interlocked.CompareExchange(ref item, kept, null) is null)
            {
                return true;
            }
        }

        return false;
    }

    private static int First() => Environment.CurrentManagedThreadId * Apart;

    private struct Place
    {
        internal T? Item;
    }
}
