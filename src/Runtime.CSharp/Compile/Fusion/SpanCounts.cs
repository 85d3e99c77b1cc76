namespace Adjoint.Compile.Fusion;

/// <summary>How many spans of places begin at or before a place and end behind it, while spans come and go: O(log n) each.</summary>
/// <remarks>A tree of partial sums over differences (Fenwick, "A new data structure for cumulative frequency tables", 1994).</remarks>
internal sealed class SpanCounts(int places)
{
    private readonly int[] sums = new int[places + 2];

    /// <summary>The spans from before or at this place to behind it.</summary>
    internal int this[int place]
    {
        get
        {
            int count = 0;
            for (int i = place + 1; i > 0; i -= i & -i)
            {
                count += sums[i];
            }

            return count;
        }
    }

    /// <summary>Adds so many spans from a place to a last one.</summary>
    internal void Add(int first, int last, int count)
    {
        Change(first, count);
        Change(last, -count);
    }

    private void Change(int place, int count)
    {
        for (int i = place + 1; i < sums.Length; i += i & -i)
        {
            sums[i] += count;
        }
    }
}
