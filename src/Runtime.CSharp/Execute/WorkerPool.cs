using System.Diagnostics;
using Adjoint.Kernels;

namespace Adjoint.Execute;

/// <summary>A bounded set of threads that runs tiles of work together with the threads that ask for it.</summary>
/// <remarks>
/// <para>The caller works too and never waits for a worker to become free, so any number of callers make progress. As soon as there are as many
/// callers as threads, new ones work alone: sharing would only make them wait for each other. A tile that asks for more tiles runs them itself,
/// one after the other; a lane (<see cref="RunLanes"/>) shares them with threads that have nothing else to do.</para>
/// <para>Tiles are begun in order. If some throw, the exception of the first of them in that order is thrown again where the pool was asked,
/// as it would be with one thread; later tiles that have not begun are left out.</para>
/// <para>Workers start with the first work, look for more for some microseconds, and then sleep. Waking one costs about as much as a small kernel
/// takes: it is done where the caller's first tiles say that much is left, or where work comes so often that the next call will find it awake.</para>
/// </remarks>
public sealed class WorkerPool : IRangeParallel, IDisposable
{
    private const int MostShared = 64;
    private const int MostJobs = 32;
    private const int LanePatience = 20;
    private const int Shares = 4;
    private const int Looks = 16;

    [ThreadStatic]
    private static bool insideTile;

    private static readonly long WorthWaking = Stopwatch.Frequency / 50_000;
    private static readonly long LookingTime = Stopwatch.Frequency / 20_000;

    private readonly Lock gate = new();
    private readonly TileJob[] jobs;
    private readonly SemaphoreSlim wake = new(0);
    private readonly Thread[] workers;
    private readonly bool isShared;
    private int callers;
    private int sleeping;
    private long lastEnd;
    private bool started;
    private volatile bool stopped;

    private WorkerPool(int threads, bool isShared)
    {
        workers = new Thread[threads - 1];
        sleeping = workers.Length;
        this.isShared = isShared;
        jobs = [.. Enumerable.Range(0, threads == 1 ? 0 : Math.Min((2 * threads) - 1, MostJobs)).Select(_ => new TileJob(Shares * threads))];
    }

    /// <summary>The pool of the process: a thread for each processor, up to 64. It is never disposed.</summary>
    public static WorkerPool Shared { get; } = new(Math.Min(Environment.ProcessorCount, MostShared), isShared: true);

    /// <summary>How many tiles may run at a time for one caller, itself included.</summary>
    public int Threads => workers.Length + 1;

    /// <summary>The number of threads.</summary>
    public override string ToString() => $"{Threads} {(Threads == 1 ? "thread" : "threads")}";

    /// <summary>A pool of its own; with one thread, the caller's, work is serial.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than one thread.</exception>
    public static WorkerPool Create(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        return new(threads, isShared: false);
    }

    /// <inheritdoc/>
    public void For(int count, Action<int> body)
    {
        ArgumentNullException.ThrowIfNull(body);
        if (IsSerial(count))
        {
            Serial.Instance.For(count, body);
        }
        else
        {
            Share(count, new EachTile(body), isLong: true);
        }
    }

    /// <inheritdoc/>
    void IRangeParallel.For(long count, TileWork work)
    {
        if (IsSerial(count))
        {
            ((IRangeParallel)Serial.Instance).For(count, work);
        }
        else
        {
            Share(count, work, isLong: false);
        }
    }

    /// <summary>
    /// Runs lanes, each of them long enough to be worth a thread, at the same time if threads are free. A lane may ask for tiles; who has ended his
    /// own lane helps with these.
    /// </summary>
    internal void RunLanes(int count, TileWork lanes)
    {
        if (IsSerial(count) || TileJob.Lane is not null)
        {
            ((IRangeParallel)Serial.Instance).For(count, lanes);
        }
        else
        {
            Share(count, lanes, isLong: true, hasLanes: true);
        }
    }

    /// <summary>Ends the workers; work that is under way is finished by its callers. Later work is refused.</summary>
    public void Dispose()
    {
        if (isShared)
        {
            return;
        }

        stopped = true;
        wake.Release(workers.Length + 1);
    }

    private bool IsSerial(long count) => count <= 1 || workers.Length == 0 || (insideTile && TileJob.Lane is null) || count >= int.MaxValue;

    private void Share(long count, TileWork work, bool isLong, bool hasLanes = false)
    {
        ObjectDisposedException.ThrowIf(stopped, this);
        if (TileJob.Lane is { } outer)
        {
            ShareInside(outer, count, work, isLong);
            return;
        }

        insideTile = true;
        try
        {
            if (Interlocked.Increment(ref callers) < Math.Max(Threads, 2) && TakeJob() is { } job)
            {
                Share(job, job.Open(count, work, hasLanes), count, work, isLong);
            }
            else
            {
                ((IRangeParallel)Serial.Instance).For(count, work);
            }
        }
        finally
        {
            Interlocked.Decrement(ref callers);
            insideTile = false;
        }
    }

    /// <summary>Shares tiles of a lane.</summary>
    private void ShareInside(TileJob outer, long count, TileWork work, bool isLong)
    {
        TileJob.Lane = null;
        try
        {
            if (TakeJob() is { } job)
            {
                Share(job, job.Open(count, work, outer: outer), count, work, isLong);
            }
            else
            {
                ((IRangeParallel)Serial.Instance).For(count, work);
            }
        }
        finally
        {
            TileJob.Lane = outer;
        }
    }

    private void Share(TileJob job, long mine, long count, TileWork work, bool isLong)
    {
        long done = 0;
        bool mayWake = Volatile.Read(ref sleeping) > 0;
        if (mayWake && isLong)
        {
            Wake(count - 1);
        }
        else if (mayWake)
        {
            long begin = Stopwatch.GetTimestamp();
            job.Run(work, 0, 1);
            WakeIfWorth(begin, count - 1);
            done = 1;
        }

        if (done < mine)
        {
            job.Run(work, done, mine);
        }

        job.Help();
        if (job.HasLanes)
        {
            HelpLanes(job);
        }

        job.Finish();
        if (mayWake)
        {
            lastEnd = Stopwatch.GetTimestamp();
        }
    }

    /// <summary>Helps with the tiles of lanes that others still run, until these are done or have not asked for long.</summary>
    private void HelpLanes(TileJob lanes)
    {
        long last = Stopwatch.GetTimestamp();
        while (!lanes.IsDone)
        {
            bool helped = false;
            foreach (TileJob job in jobs)
            {
                helped |= ReferenceEquals(job.Outer, lanes) && job.IsOpen && job.Help();
            }

            if (helped)
            {
                last = Stopwatch.GetTimestamp();
            }
            else if (Threads > Environment.ProcessorCount || Stopwatch.GetTimestamp() - last > LanePatience * LookingTime)
            {
                return;
            }

            Thread.SpinWait(Looks);
        }
    }

    /// <summary>Wakes workers for tiles that are left, as the time of the first one and that of the last call advise.</summary>
    private void WakeIfWorth(long begin, long left)
    {
        double expected = (double)(Stopwatch.GetTimestamp() - begin) * left;
        if (expected > WorthWaking)
        {
            Wake(Math.Min(left, (long)(expected / WorthWaking)));
        }
        else if (begin - lastEnd < WorthWaking && workers.Length - sleeping < left)
        {
            Wake(1);
        }
    }

    private TileJob? TakeJob()
    {
        foreach (TileJob job in jobs)
        {
            if (job.TryTake())
            {
                return job;
            }
        }

        return null;
    }

    private void Wake(long most)
    {
        int calls;
        lock (gate)
        {
            calls = (int)Math.Min(most, sleeping);
            sleeping -= calls;
            if (!started && calls > 0)
            {
                Start();
                calls = 0;
            }
        }

        if (calls > 0)
        {
            wake.Release(calls);
        }
    }

    private void Start()
    {
        started = true;
        sleeping = 0;
        for (int i = 0; i < workers.Length; i++)
        {
            workers[i] = new Thread(Serve) { IsBackground = true, Name = $"adjoint worker {i + 1}" };
            workers[i].UnsafeStart();
        }
    }

    private void Serve()
    {
        insideTile = true;
        long patience = Threads > Environment.ProcessorCount ? 0 : LookingTime;
        long last = Stopwatch.GetTimestamp();
        while (!stopped)
        {
            if (Help())
            {
                last = Stopwatch.GetTimestamp();
            }
            else if (!Look() && Stopwatch.GetTimestamp() - last > patience)
            {
                Sleep();
                last = Stopwatch.GetTimestamp();
            }
        }
    }

    /// <summary>Helps wherever there are tiles; false where there were none.</summary>
    private bool Help()
    {
        bool found = false;
        foreach (TileJob job in jobs)
        {
            found |= job.IsOpen && job.Help();
        }

        return found;
    }

    /// <summary>Looks for work a few times; true as soon as there is some.</summary>
    private bool Look()
    {
        for (int i = 0; i < Looks; i++)
        {
            if (IsAnyOpen())
            {
                return true;
            }

            Thread.SpinWait(1);
        }

        return false;
    }

    private bool IsAnyOpen()
    {
        foreach (TileJob job in jobs)
        {
            if (job.IsOpen)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Sleeps until it is woken, unless work has come since it looked last.</summary>
    private void Sleep()
    {
        lock (gate)
        {
            sleeping++;
            Interlocked.MemoryBarrier();
            if (IsAnyOpen())
            {
                sleeping--;
                return;
            }
        }

        wake.Wait();
    }
}
