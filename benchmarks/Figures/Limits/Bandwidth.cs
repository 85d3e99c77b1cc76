using System.Runtime.InteropServices;
using Figures.Measure;

namespace Figures.Limits;

/// <summary>Bytes a nanosecond that each pattern moves at each level, for one and two threads.</summary>
internal sealed unsafe class Bandwidth
{
    private const long LeastBytes = 1 << 21;
    private const int Page = 4096;

    private readonly Dictionary<(Level Level, Pattern Pattern, int Threads), double> rates = [];

    /// <summary>Measures all.</summary>
    public static Bandwidth Measure(Effort effort)
    {
        var bandwidth = new Bandwidth();
        foreach (int threads in Threads.Counts)
        {
            foreach (Level level in Level.All)
            {
                bandwidth.MeasureLevel(level, threads, effort);
            }
        }

        return bandwidth;
    }

    /// <summary>Bytes a nanosecond.</summary>
    public double Rate(Level level, Pattern pattern, int threads) => rates[(level, pattern, threads)];

    /// <summary>The nanoseconds that reading and writing so many bytes takes at least, which are its working set too.</summary>
    public double Nanoseconds(long read, long written, int threads)
    {
        Pattern pattern = written == 0 ? Pattern.Read : read == 0 ? Pattern.Write : read < 1.5 * written ? Pattern.Copy : Pattern.Triad;
        return (read + written) / Rate(Level.Holding(read + written, threads), pattern, threads);
    }

    private void MeasureLevel(Level level, int threads, Effort effort)
    {
        long portion = level.Portion(threads);
        nint[] memory = [.. Enumerable.Range(0, threads).Select(_ => (nint)NativeMemory.AlignedAlloc((nuint)portion, Page))];
        foreach (nint start in memory)
        {
            new Span<byte>((void*)start, (int)portion).Fill(1);
        }

        int repeats = (int)Math.Max(1, LeastBytes / portion);
        (Pattern Pattern, Action<int> Loop)[] loops =
        [
            (Pattern.Read, part => Streams.Read((byte*)memory[part], (nint)portion, repeats)),
            (Pattern.Write, part => Streams.Write((byte*)memory[part], (nint)portion, repeats)),
            (Pattern.Copy, part => Streams.Copy((byte*)memory[part], (nint)portion / 2, repeats)),
            (Pattern.Triad, part => Streams.Triad((byte*)memory[part], (nint)portion / 3, repeats)),
            .. AroundCaches(level, memory, portion),
        ];
        Statistics[] times = Contest.Run([.. loops.Select(loop => Spread(loop, threads))], effort);
        for (int i = 0; i < loops.Length; i++)
        {
            bool once = i >= 4;
            double rate = (double)portion * threads * (once ? 1 : repeats) / times[i].Best;
            var key = (level, loops[i].Pattern, threads);
            rates[key] = Math.Max(rate, rates.GetValueOrDefault(key));
        }

        foreach (nint start in memory)
        {
            NativeMemory.AlignedFree((void*)start);
        }
    }

    private static Contender Spread((Pattern Pattern, Action<int> Loop) work, int threads) => new(
        $"{work.Pattern}", threads == 1 ? () => work.Loop(0) : () => Threads.Of(threads).For(threads, work.Loop));

    /// <summary>Memory is written fastest past the caches where the machine can.</summary>
    private static (Pattern Pattern, Action<int> Loop)[] AroundCaches(Level level, nint[] memory, long portion) =>
        level.Capacity < long.MaxValue || !Streams.CanGoAround ? [] :
        [
            (Pattern.Write, part => Streams.WriteAround((byte*)memory[part], (nint)portion)),
            (Pattern.Copy, part => Streams.CopyAround((byte*)memory[part], (nint)portion / 2)),
            (Pattern.Triad, part => Streams.TriadAround((byte*)memory[part], (nint)portion / 3)),
        ];
}
