namespace Adjoint.Execute;

/// <summary>Finds places in one block of memory for values that live for some steps of a plan: the smallest gap that is large enough, or the end.</summary>
/// <remarks>Everything begins and ends at a line of the cache, so that vectors lie across as few lines as can be.</remarks>
internal sealed class BlockLayout
{
    /// <summary>The bytes of a line.</summary>
    internal const int Line = 64;

    private readonly SortedSet<(long Length, long Start)> gaps = [];
    private readonly Dictionary<long, long> lengthAt = [];
    private readonly Dictionary<long, long> startBefore = [];

    /// <summary>How many bytes the block needs.</summary>
    internal long End { get; private set; }

    /// <summary>How many bytes a value takes.</summary>
    internal static long Rounded(long bytes) => (bytes + Line - 1) / Line * Line;

    /// <summary>Takes so many bytes, a multiple of a line, and says where.</summary>
    internal long Take(long bytes)
    {
        if (bytes == 0)
        {
            return 0;
        }

        foreach ((long length, long start) in gaps.GetViewBetween((bytes, 0), (long.MaxValue, 0)))
        {
            Remove(start, length);
            if (length > bytes)
            {
                Add(start + bytes, length - bytes);
            }

            return start;
        }

        long from = End;
        if (startBefore.TryGetValue(End, out long last))
        {
            Remove(last, End - last);
            from = last;
        }

        End = from + bytes;
        return from;
    }

    /// <summary>Gives bytes back that were taken.</summary>
    internal void Free(long start, long bytes)
    {
        if (bytes == 0)
        {
            return;
        }

        long end = start + bytes;
        if (startBefore.TryGetValue(start, out long before))
        {
            Remove(before, start - before);
            start = before;
        }

        if (lengthAt.TryGetValue(end, out long after))
        {
            Remove(end, after);
            end += after;
        }

        Add(start, end - start);
    }

    private void Add(long start, long length)
    {
        gaps.Add((length, start));
        lengthAt.Add(start, length);
        startBefore.Add(start + length, start);
    }

    private void Remove(long start, long length)
    {
        gaps.Remove((length, start));
        lengthAt.Remove(start);
        startBefore.Remove(start + length);
    }
}
