using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Adjoint.Tune;

/// <summary>Times of contenders that run in turn, so that what disturbs one disturbs all.</summary>
internal static partial class Clock
{
    private const double Slice = 1e-3;

    /// <summary>Of the sorted times of a contender the one at this part: what disturbs a run only ever makes it longer.</summary>
    private const double Quantile = 0.25;

    /// <summary>Linux's clock of the time that a thread itself ran.</summary>
    private const int OfThread = 3;

    /// <summary>Typical undisturbed seconds of a call of each contender, by all threads together.</summary>
    internal static double[] Typical(int rounds, params Action[] contenders) => Typical(Now, rounds, contenders);

    /// <summary>Typical seconds of a call of contenders that run on the caller's thread alone: the time for which it had a processor, where the system tells.</summary>
    internal static double[] Alone(int rounds, params Action[] contenders) => Typical(OperatingSystem.IsLinux() ? OfOwnThread : Now, rounds, contenders);

    private static double[] Typical(Func<double> clock, int rounds, Action[] contenders)
    {
        int[] repeats = [.. contenders.Select(contender => Repeats(clock, contender))];
        double[][] times = [.. contenders.Select(_ => new double[rounds])];
        for (int round = 0; round < rounds; round++)
        {
            for (int i = 0; i < contenders.Length; i++)
            {
                times[i][round] = Seconds(clock, contenders[i], repeats[i]) / repeats[i];
            }
        }

        foreach (double[] found in times)
        {
            Array.Sort(found);
        }

        return [.. times.Select(found => found[(int)(rounds * Quantile)])];
    }

    private static int Repeats(Func<double> clock, Action action)
    {
        for (int i = 0; i < 3; i++)
        {
            action();
        }

        return (int)Math.Clamp(Slice / Math.Max(Seconds(clock, action, 1), 1e-7), 1, 10_000);
    }

    private static double Seconds(Func<double> clock, Action action, int repeats)
    {
        double start = clock();
        for (int i = 0; i < repeats; i++)
        {
            action();
        }

        return clock() - start;
    }

    private static double Now() => Stopwatch.GetTimestamp() / (double)Stopwatch.Frequency;

    private static double OfOwnThread() => ClockGetTime(OfThread, out Time time) == 0 ? time.Seconds + (1e-9 * time.Nanoseconds) : Now();

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int ClockGetTime(int clock, out Time time);

    private readonly record struct Time(nint Seconds, nint Nanoseconds);
}
