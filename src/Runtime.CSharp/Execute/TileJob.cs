using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using Adjoint.Kernels;

namespace Adjoint.Execute;

/// <summary>A place where a caller of <see cref="WorkerPool"/> offers tiles: threads take ranges of them, in order, until none is left.</summary>
/// <remarks>
/// <para>The ticket is the number of the job and the next tile. Whoever moves it from one tile to a later one has the tiles between. A job that
/// nobody may join has a ticket past all tiles; so a thread that has looked away since it read a ticket cannot take tiles of another job.</para>
/// <para>All that a helper needs to begin lies in one line of the cache.</para>
/// </remarks>
internal sealed class TileJob
{
    private const long Closed = int.MaxValue;
    private const int LooksForEnd = 500;

    [ThreadStatic]
    private static TileJob? lane;

    private readonly object gate = new();
    private readonly int shares;
    private Offer offer;
    private Tally tally;
    private int isTaken;
    private int waits;
    private long failedTile;
    private ExceptionDispatchInfo? failure;

    /// <summary>A place for jobs whose tiles are handed out in parts of what is left.</summary>
    internal TileJob(int shares)
    {
        this.shares = shares;
        offer.Ticket = Closed;
    }

    /// <summary>The job of lanes of which this thread runs one: it may ask for tiles that others help with.</summary>
    internal static TileJob? Lane
    {
        get => lane;
        set => lane = value;
    }

    /// <summary>The job of the lane that asked for these tiles.</summary>
    internal TileJob? Outer { get; private set; }

    /// <summary>Whether its tiles are lanes.</summary>
    internal bool HasLanes { get; private set; }

    /// <summary>Whether all tiles are done.</summary>
    internal bool IsDone => Volatile.Read(ref tally.Done) == offer.Count;

    /// <summary>Whether there are tiles that nobody has begun.</summary>
    internal bool IsOpen => (Volatile.Read(ref offer.Ticket) & int.MaxValue) < Volatile.Read(ref offer.Count);

    /// <summary>Makes the place one's own; false where it is another's.</summary>
    internal bool TryTake() => Volatile.Read(ref isTaken) == 0 && Interlocked.CompareExchange(ref isTaken, 1, 0) == 0;

    /// <summary>Offers tiles; the first ones are kept for the caller, who is told how many.</summary>
    /// <param name="count">How many.</param>
    /// <param name="work">What they do.</param>
    /// <param name="hasLanes">Whether they may ask for tiles of their own.</param>
    /// <param name="outer">The job of the lane that offers them.</param>
    internal long Open(long count, TileWork work, bool hasLanes = false, TileJob? outer = null)
    {
        HasLanes = hasLanes;
        Outer = outer;
        tally.Done = 0;
        failedTile = long.MaxValue;
        offer.Count = count;
        offer.Work = work;
        long first = Share(count);
        Interlocked.Exchange(ref offer.Ticket, Next(offer.Ticket) | first);
        return first;
    }

    /// <summary>Takes tiles until none is left; false where there was none.</summary>
    internal bool Help()
    {
        bool helped = false;
        long ticket = Volatile.Read(ref offer.Ticket);
        while (true)
        {
            long first = ticket & int.MaxValue;
            long left = offer.Count - first;
            TileWork? work = offer.Work;
            if (left <= 0 || work is null)
            {
                return helped;
            }

            long taken = Share(left);
            long seen = Interlocked.CompareExchange(ref offer.Ticket, ticket + taken, ticket);
            if (seen == ticket)
            {
                Run(work, first, first + taken);
                helped = true;
                seen = Volatile.Read(ref offer.Ticket);
            }

            ticket = seen;
        }
    }

    /// <summary>Runs tiles that are the caller's.</summary>
    internal void Run(TileWork work, long first, long last)
    {
        if (first <= Volatile.Read(ref failedTile))
        {
            TileJob? before = lane;
            lane = HasLanes ? this : null;
            try
            {
                work.Run(first, last);
            }
            catch (Exception error)
            {
                Fail(first, error);
            }
            finally
            {
                lane = before;
            }
        }

        long count = offer.Count;
        if (Interlocked.Add(ref tally.Done, last - first) == count && Volatile.Read(ref waits) != 0)
        {
            lock (gate)
            {
                Monitor.PulseAll(gate);
            }
        }
    }

    /// <summary>Ends the job when all tiles are done, gives the place back, and throws what the first failing tiles threw.</summary>
    internal void Finish()
    {
        Volatile.Write(ref offer.Ticket, offer.Ticket | Closed);
        long count = offer.Count;
        for (int i = 0; i < LooksForEnd && Volatile.Read(ref tally.Done) < count; i++)
        {
            Thread.SpinWait(1);
        }

        if (Volatile.Read(ref tally.Done) < count)
        {
            Wait(count);
        }

        ExceptionDispatchInfo? failed = failure;
        failure = null;
        offer.Work = null;
        Volatile.Write(ref isTaken, 0);
        failed?.Throw();
    }

    private static long Next(long ticket) => (ticket | int.MaxValue) + 1;

    private long Share(long left) => Math.Max(1, left / shares);

    private void Wait(long count)
    {
        lock (gate)
        {
            Interlocked.Exchange(ref waits, 1);
            while (Volatile.Read(ref tally.Done) < count)
            {
                Monitor.Wait(gate);
            }

            waits = 0;
        }
    }

    private void Fail(long first, Exception error)
    {
        lock (gate)
        {
            if (first < failedTile)
            {
                failure = ExceptionDispatchInfo.Capture(error);
                Volatile.Write(ref failedTile, first);
            }
        }
    }

    [StructLayout(LayoutKind.Explicit, Size = 128)]
    private struct Offer
    {
        [FieldOffset(64)]
        internal TileWork? Work;

        [FieldOffset(72)]
        internal long Ticket;

        [FieldOffset(80)]
        internal long Count;
    }

    [StructLayout(LayoutKind.Explicit, Size = 128)]
    private struct Tally
    {
        [FieldOffset(64)]
        internal long Done;
    }
}
