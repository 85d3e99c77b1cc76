namespace Adjoint.Compile.Memory;

/// <summary>Finds segments for a scan: with so many levels, the fewest steps that run again within so many bytes.</summary>
internal sealed class SegmentSizes
{
    /// <summary>The most levels of segments: the loop runs once more for each.</summary>
    internal const int MostLevels = 6;

    private const double Denser = 1.1;

    private readonly LoopPair pair;
    private readonly long length;
    private readonly double allowed;
    private readonly int[] sizes;
    private KeepSegments? found;
    private KeepSegments? least;

    private SegmentSizes(LoopPair pair, int levels, double allowed)
    {
        this.pair = pair;
        this.allowed = allowed;
        length = pair.Length!.Value;
        sizes = new int[levels + 1];
    }

    /// <summary>The segments; those that take the fewest bytes, where none takes so few; null where the scan is too short.</summary>
    internal static KeepSegments? Find(LoopPair pair, int levels, double allowed)
    {
        var search = new SegmentSizes(pair, levels, allowed);
        search.Try(0, 1);
        return search.found ?? search.least;
    }

    /// <summary>Tries sizes for a level; all levels inside take so many steps together.</summary>
    private void Try(int level, long inside)
    {
        if (level == sizes.Length - 1)
        {
            TryTop(inside);
            return;
        }

        double most = 4 * Math.Pow(length, 1.0 / sizes.Length) * (level == 0 ? Math.Max(1, Math.Sqrt((double)pair.CarryBytes / pair.KeptBytes)) : 1);
        for (double size = level == 0 ? 1 : 2; size <= most && inside * (long)size * 2 <= length; size = Math.Max(size + 1, size * Denser))
        {
            sizes[level] = (int)size;
            Try(level + 1, inside * (long)size);
        }
    }

    /// <summary>Tries to keep as many steps whole as are allowed, and as few as there can be.</summary>
    private void TryTop(long inside)
    {
        int most = (int)(length / inside);
        KeepSegments all = With(most, inside);
        least = least is null || all.Bytes(pair) < least.Bytes(pair) ? all : least;
        double gained = ((double)inside * pair.KeptBytes) - pair.CarryBytes;
        KeepSegments some = all;
        if (all.Bytes(pair) <= allowed && gained > 0 && all.Whole > 0 | pair.StackedBytes == 0)
        {
            int fewer = (int)Math.Floor((allowed - all.Bytes(pair)) / gained);
            some = With(Math.Max(most - fewer, 2), inside);
        }

        if (some.Bytes(pair) <= allowed && (found is null || Order(some).CompareTo(Order(found)) < 0))
        {
            found = some;
        }
    }

    private (double Operations, double Bytes) Order(KeepSegments keeping) => (keeping.Operations(pair), keeping.Bytes(pair));

    private KeepSegments With(int top, long inside)
    {
        sizes[^1] = top;
        return new([.. sizes], (int)(length - (top * inside)));
    }
}
