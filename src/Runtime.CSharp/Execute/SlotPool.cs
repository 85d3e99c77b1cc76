namespace Adjoint.Execute;

/// <summary>Keeps objects for the next who needs one, without a lock: many threads take and put at once and don't wait for each other.</summary>
/// <remarks>A thread looks first where it put last, so what it gets is likely to be in its cache.</remarks>
internal sealed class SlotPool<T>(int capacity)
    where T : class
{
    private readonly T?[] items = new T?[capacity];

    /// <summary>One of them, or null where there is none.</summary>
    internal T? TryTake()
    {
        int first = Place();
        for (int i = 0; i < items.Length; i++)
        {
            ref T? item = ref items[(first + i) % items.Length];
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
        int first = Place();
        for (int i = 0; i < items.Length; i++)
        {
            ref T? item = ref items[(first + i) % items.Length];
            if (item is null && Interlocked.CompareExchange(ref item, kept, null) is null)
            {
                return true;
            }
        }

        return false;
    }

    private int Place() => (int)((uint)Environment.CurrentManagedThreadId % (uint)items.Length);
}
