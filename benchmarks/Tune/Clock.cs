using System.Diagnostics;

namespace Adjoint.Tune;

/// <summary>Times of contenders that run in turn, so that what disturbs one disturbs all.</summary>
internal static class Clock
{
    private const double Slice = 2e-3;

    /// <summary>The median seconds of a call of each contender.</summary>
    internal static double[] Medians(int rounds, params Action[] contenders)
    {
        int[] repeats = [.. contenders.Select(Repeats)];
        double[][] times = [.. contenders.Select(_ => new double[rounds])];
        for (int round = 0; round < rounds; round++)
        {
            for (int i = 0; i < contenders.Length; i++)
            {
                times[i][round] = Seconds(contenders[i], repeats[i]) / repeats[i];
            }
        }

        foreach (double[] found in times)
        {
            Array.Sort(found);
        }

        return [.. times.Select(found => found[rounds / 2])];
    }

    private static int Repeats(Action action)
    {
        for (int i = 0; i < 3; i++)
        {
            action();
        }

        return (int)Math.Clamp(Slice / Math.Max(Seconds(action, 1), 1e-7), 1, 10_000);
    }

    private static double Seconds(Action action, int repeats)
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < repeats; i++)
        {
            action();
        }

        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
