using Adjoint.Kernels;

namespace Adjoint.Execute;

/// <summary>A bounded set of threads that runs tiles of work together with the threads that ask for it.</summary>
/// <remarks>
/// <para>The caller of <see cref="For"/> works too and never waits for a worker to become free, so any number of callers
/// make progress. A tile that asks for more tiles runs them itself, one after the other.</para>
/// <para>Tiles are begun in order. If some throw, the exception of the first of them in that order is thrown again where
/// <see cref="For"/> was called, as it would be with one thread; later tiles that have not begun are left out.</para>
/// <para>Workers start with the first work, look for more for a moment, and then sleep.</para>
/// </remarks>
public sealed class WorkerPool : IParallel, IDisposable
{
    private const int MostShared = 64;
    private const int Looks = 60;

    [ThreadStatic]
    private static bool insideTile;

    private readonly Lock gate = new();
    private readonly List<TileJob> jobs = [];
    private readonly SemaphoreSlim wake = new(0);
    private readonly Thread[] workers;
    private readonly bool isShared;
    private volatile int waitingJobs;
    private int sleeping;
    private bool started;
    private bool stopped;

    private WorkerPool(int threads, bool isShared)
    {
        workers = new Thread[threads - 1];
        this.isShared = isShared;
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
        if (count <= 1 || workers.Length == 0 || insideTile)
        {
            Serial.Instance.For(count, body);
            return;
        }

        var job = new TileJob(count, body);
        Publish(job);
        Work(job);
        Withdraw(job);
        job.Wait();
    }

    /// <summary>Ends the workers; work that is under way is finished by its callers. Later work is refused.</summary>
    public void Dispose()
    {
        if (isShared)
        {
            return;
        }

        lock (gate)
        {
            stopped = true;
        }

        wake.Release(workers.Length + 1);
    }

    private static void Work(TileJob job)
    {
        insideTile = true;
        job.Work();
        insideTile = false;
    }

    private void Publish(TileJob job)
    {
        int calls;
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(stopped, this);
            Start();
            jobs.Add(job);
            waitingJobs = jobs.Count;
            calls = Math.Min(job.Count - 1, sleeping);
            sleeping -= calls;
        }

        if (calls > 0)
        {
            wake.Release(calls);
        }
    }

    private void Withdraw(TileJob job)
    {
        lock (gate)
        {
            jobs.Remove(job);
            waitingJobs = jobs.Count;
        }
    }

    private void Start()
    {
        if (started)
        {
            return;
        }

        started = true;
        for (int i = 0; i < workers.Length; i++)
        {
            workers[i] = new Thread(Serve) { IsBackground = true, Name = $"adjoint worker {i + 1}" };
            workers[i].UnsafeStart();
        }
    }

    private void Serve()
    {
        while (true)
        {
            if (Find() is { } job)
            {
                Work(job);
            }
            else if (!Look())
            {
                lock (gate)
                {
                    if (stopped)
                    {
                        return;
                    }

                    if (jobs.Count > 0)
                    {
                        continue;
                    }

                    sleeping++;
                }

                wake.Wait();
            }
        }
    }

    /// <summary>A job with tiles that nobody has begun, if there is one.</summary>
    private TileJob? Find()
    {
        lock (gate)
        {
            while (jobs.Count > 0)
            {
                if (!jobs[0].IsExhausted)
                {
                    return jobs[0];
                }

                jobs.RemoveAt(0);
                waitingJobs = jobs.Count;
            }

            return null;
        }
    }

    private bool Look()
    {
        for (int i = 0; i < Looks; i++)
        {
            if (waitingJobs > 0)
            {
                return true;
            }

            Thread.SpinWait(20);
        }

        return false;
    }
}
