using System.Diagnostics;

namespace Figures.Measure;

/// <summary>Something that is timed: its name stands above the column.</summary>
internal sealed record Contender(string Name, Action Run)
{
    /// <summary>Times so many calls itself: nanoseconds a call; null if its calls are timed from here.</summary>
    public Func<int, double>? Time { get; init; }
}

/// <summary>How long and how often to measure.</summary>
/// <param name="Rounds">How many samples each contender gets.</param>
/// <param name="SampleTime">A sample repeats a short call until it has taken about so long.</param>
/// <param name="WarmTime">How long each contender runs before its samples, at most.</param>
/// <param name="MostTime">When all rounds would take longer than this, there are fewer, but at least five.</param>
internal sealed record Effort(int Rounds, TimeSpan SampleTime, TimeSpan WarmTime, TimeSpan MostTime)
{
    /// <summary>For figures that are kept.</summary>
    public static Effort Full { get; } = new(
        31, TimeSpan.FromMilliseconds(2), TimeSpan.FromMilliseconds(400), TimeSpan.FromSeconds(40));

    /// <summary>For a look in between.</summary>
    public static Effort Quick { get; } = new(
        7, TimeSpan.FromMilliseconds(0.5), TimeSpan.FromMilliseconds(150), TimeSpan.FromSeconds(4));
}

/// <summary>Times contenders in turn, so that what disturbs the machine disturbs all of them alike.</summary>
internal static class Contest
{
    private const int FewestRounds = 5;

    /// <summary>The time of one call of each contender, in nanoseconds.</summary>
    public static Statistics[] Run(IReadOnlyList<Contender> contenders, Effort effort)
    {
        int[] repeats = [.. contenders.Select(contender => Warm(contender, effort))];
        var samples = contenders.Select(_ => new List<double>()).ToArray();
        var clock = Stopwatch.StartNew();
        for (int round = 0; round < effort.Rounds; round++)
        {
            for (int i = 0; i < contenders.Count; i++)
            {
                int next = (i + round) % contenders.Count;
                samples[next].Add(Sample(contenders[next], repeats[next]));
            }

            if (round + 1 >= FewestRounds && clock.Elapsed > effort.MostTime)
            {
                break;
            }
        }

        return [.. samples.Select(Statistics.Of)];
    }

    /// <summary>Runs until compiled code has settled and calls take the same time again. Gives the calls in a sample.</summary>
    private static int Warm(Contender contender, Effort effort)
    {
        var clock = Stopwatch.StartNew();
        contender.Run();
        double last = Sample(contender, 1);
        int calls = 1;
        for (int steady = 0; steady < 3 && clock.Elapsed < effort.WarmTime;)
        {
            calls = CallsIn(last, effort.SampleTime);
            double now = Sample(contender, calls);
            bool settled = clock.Elapsed > effort.WarmTime / 2;
            steady = settled && Math.Abs(now - last) < 0.05 * last ? steady + 1 : 0;
            last = now;
        }

        return CallsIn(last, effort.SampleTime);
    }

    private static int CallsIn(double nanoseconds, TimeSpan sample) =>
        (int)Math.Clamp(sample.TotalNanoseconds / Math.Max(nanoseconds, 0.1), 1, 1e8);

    private static double Sample(Contender contender, int calls)
    {
        if (contender.Time is { } timed)
        {
            return timed(calls);
        }

        Action run = contender.Run;
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < calls; i++)
        {
            run();
        }

        return Stopwatch.GetElapsedTime(start).TotalNanoseconds / calls;
    }
}
