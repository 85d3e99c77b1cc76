using System.Runtime.ExceptionServices;

namespace Adjoint.Execute;

/// <summary>One call of <see cref="WorkerPool.For"/>: tiles that threads take in order until none is left.</summary>
internal sealed class TileJob(int count, Action<int> body)
{
    private const int Looks = 100;

    private readonly object gate = new();
    private long next = -1;
    private int done;
    private int failedTile = int.MaxValue;
    private ExceptionDispatchInfo? failure;

    internal int Count => count;

    internal bool IsExhausted => Volatile.Read(ref next) >= count - 1;

    /// <summary>Takes tiles until none is left.</summary>
    internal void Work()
    {
        int mine = 0;
        for (long tile = Interlocked.Increment(ref next); tile < count; tile = Interlocked.Increment(ref next))
        {
            Run((int)tile);
            mine++;
        }

        if (mine > 0 && Interlocked.Add(ref done, mine) == count)
        {
            lock (gate)
            {
                Monitor.PulseAll(gate);
            }
        }
    }

    /// <summary>Returns when all tiles are done, or throws what the first failing tile threw.</summary>
    internal void Wait()
    {
        for (int i = 0; i < Looks && Volatile.Read(ref done) < count; i++)
        {
            Thread.SpinWait(20);
        }

        lock (gate)
        {
            while (Volatile.Read(ref done) < count)
            {
                Monitor.Wait(gate);
            }
        }

        failure?.Throw();
    }

    private void Run(int tile)
    {
        if (tile > Volatile.Read(ref failedTile))
        {
            return;
        }

        try
        {
            body(tile);
        }
        catch (Exception error)
        {
            lock (gate)
            {
                if (tile < failedTile)
                {
                    failure = ExceptionDispatchInfo.Capture(error);
                    Volatile.Write(ref failedTile, tile);
                }
            }
        }
    }
}
