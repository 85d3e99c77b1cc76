using System.Collections.Concurrent;
using Adjoint.Ir;

namespace Adjoint.Front;

/// <summary>The programs that ran lately, by structure. Bounded: the one that has waited longest goes first.</summary>
public static class TraceCache
{
    private const int FirstReport = 64;
    private const int Warm = 16;

    private static readonly Lock Gate = new();
    private static readonly Dictionary<TraceKey, LinkedListNode<(TraceKey Key, Program Program)>> Entries = [];
    private static readonly LinkedList<(TraceKey Key, Program Program)> Recent = new();
    private static readonly ConcurrentDictionary<Origin, int> MissesOf = new();
    private static long hits;
    private static long misses;
    private static int capacity = 512;

    /// <summary>How many programs are kept.</summary>
    public static int Capacity
    {
        get => capacity;
        set
        {
            lock (Gate)
            {
                capacity = Math.Max(value, 1);
                Trim();
            }
        }
    }

    /// <summary>How many programs are held now.</summary>
    public static int Count
    {
        get
        {
            lock (Gate)
            {
                return Entries.Count;
            }
        }
    }

    /// <summary>How often a program was found.</summary>
    public static long Hits => Interlocked.Read(ref hits);

    /// <summary>How often a program had to be made.</summary>
    public static long Misses => Interlocked.Read(ref misses);

    /// <summary>Lets go of all programs.</summary>
    public static void Clear()
    {
        lock (Gate)
        {
            Entries.Clear();
            Recent.Clear();
        }
    }

    internal static Program Get(Cone cone)
    {
        var key = new TraceKey(cone);
        lock (Gate)
        {
            if (Entries.TryGetValue(key, out LinkedListNode<(TraceKey Key, Program Program)>? entry))
            {
                Recent.Remove(entry);
                Recent.AddFirst(entry);
                Cool();
                hits++;
                return entry.Value.Program;
            }
        }

        CountMiss();
        var program = new Program(cone.ToGraph(), compiled: null);
        lock (Gate)
        {
            if (!Entries.ContainsKey(key))
            {
                Entries[key] = Recent.AddFirst((key, program));
                Cool();
                Trim();
            }
        }

        return program;
    }

    /// <summary>A program that has fallen behind the few that ran last gives its working memory back.</summary>
    private static void Cool()
    {
        LinkedListNode<(TraceKey Key, Program Program)>? entry = Recent.First;
        for (int i = 0; i < Warm && entry is not null; i++)
        {
            entry = entry.Next;
        }

        entry?.Value.Program.ReleaseMemory();
    }

    private static void Trim()
    {
        while (Entries.Count > capacity)
        {
            Entries.Remove(Recent.Last!.Value.Key);
            Recent.RemoveLast();
        }
    }

    private static void CountMiss()
    {
        Interlocked.Increment(ref misses);
        if (Diagnostics.Handler is null || SourceLine.OfUser() is not { File: not null } line)
        {
            return;
        }

        int count = MissesOf.AddOrUpdate(line, 1, (_, before) => before + 1);
        if (count >= FirstReport && int.IsPow2(count))
        {
            Diagnostics.Report(
                $"trace cache: {line} has asked for {count} programs of different structure. Does a shape, an axis or a static index "
                + "change every time? Make it an operand, or give the function to compile.");
        }
    }
}
