using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Adjoint.Ir;

namespace Adjoint.Execute;

/// <summary>Collects where runs spend their time, kernel by kernel. Given to <see cref="RunOptions.Profile"/>; runs on several threads may share one.</summary>
/// <remarks>Times of a node that runs bodies step by step hold those of the steps inside.</remarks>
public sealed class Profile
{
    private const int MostEvents = 200_000;

    private readonly Lock gate = new();
    private readonly Dictionary<Node, Total> totals = new(ReferenceEqualityComparer.Instance);
    private readonly List<Event> events = [];
    private readonly long start = Stopwatch.GetTimestamp();
    private long peakBytes;

    /// <summary>What ran, in the order in which it first did.</summary>
    public IReadOnlyList<ProfileEntry> Entries
    {
        get
        {
            lock (gate)
            {
                return [.. totals.Values.OrderBy(total => total.Order).Select(total => total.Entry())];
            }
        }
    }

    /// <summary>The most bytes that a run worked in at a time, as the allocator counts them.</summary>
    public long PeakBytes
    {
        get
        {
            lock (gate)
            {
                return peakBytes;
            }
        }
    }

    /// <summary>The table without shares of a peak.</summary>
    public override string ToString() => Table();

    /// <summary>A row for each kernel, the longest time first: calls, time, share, bytes and operations a second, as shares of a peak if one is given.</summary>
    public string Table(MachinePeak? peak = null)
    {
        IReadOnlyList<ProfileEntry> entries = Entries;
        double all = entries.Sum(entry => entry.Time.TotalMilliseconds);
        var text = new StringBuilder("     calls          ms      %      GB/s      GF/s");
        text.Append(peak is null ? "" : "  % of GB/s  % of GF/s").Append("  kernel\n");
        foreach (ProfileEntry entry in entries.OrderByDescending(entry => entry.Time))
        {
            double milliseconds = entry.Time.TotalMilliseconds;
            text.Append(CultureInfo.InvariantCulture, $"{entry.Calls,10} {milliseconds,11:0.000} {(all == 0 ? 0 : 100 * milliseconds / all),6:0.0}")
                .Append(CultureInfo.InvariantCulture, $" {entry.BytesPerSecond / 1e9,9:0.00} {entry.OperationsPerSecond / 1e9,9:0.00}");
            if (peak is not null)
            {
                text.Append(CultureInfo.InvariantCulture, $"{100 * entry.BytesPerSecond / peak.BytesPerSecond,11:0.0}")
                    .Append(CultureInfo.InvariantCulture, $"{100 * entry.OperationsPerSecond / peak.OperationsPerSecond(entry.Type),11:0.0}");
            }

            text.Append("  ").Append(entry.Name).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>Writes the runs as a trace that Chrome's and Perfetto's viewers open (JSON, "trace events"). The stream stays open.</summary>
    /// <remarks>The first 200,000 steps are in it; totals count all.</remarks>
    public void WriteTrace(Stream stream)
    {
        Event[] written;
        lock (gate)
        {
            written = [.. events];
        }

        using var json = new Utf8JsonWriter(stream);
        json.WriteStartObject();
        json.WriteStartArray("traceEvents");
        foreach (Event step in written)
        {
            json.WriteStartObject();
            json.WriteString("name", step.Total.Name);
            json.WriteString("cat", step.Total.IsKernel ? "kernel" : "plain");
            json.WriteString("ph", "X");
            json.WriteNumber("ts", Microseconds(step.Begin - start));
            json.WriteNumber("dur", Microseconds(step.End - step.Begin));
            json.WriteNumber("pid", 1);
            json.WriteNumber("tid", step.Thread);
            json.WriteStartObject("args");
            json.WriteString("where", step.Total.Where);
            json.WriteNumber("operations", step.Total.Cost.Operations);
            json.WriteNumber("bytes", step.Total.Cost.Bytes);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteString("displayTimeUnit", "ns");
        json.WriteEndObject();
    }

    /// <summary>Notes that a step ran.</summary>
    internal void Add(in Step step, long begin, long end)
    {
        lock (gate)
        {
            if (!totals.TryGetValue(step.Node, out Total? total))
            {
                total = new(step, totals.Count);
                totals.Add(step.Node, total);
            }

            total.Calls++;
            total.Ticks += end - begin;
            if (events.Count < MostEvents)
            {
                events.Add(new(total, begin, end, Environment.CurrentManagedThreadId));
            }
        }
    }

    /// <summary>Notes how many bytes a run worked in.</summary>
    internal void AddPeak(long bytes)
    {
        lock (gate)
        {
            peakBytes = Math.Max(peakBytes, bytes);
        }
    }

    private static double Microseconds(long ticks) => ticks * 1e6 / Stopwatch.Frequency;

    private readonly record struct Event(Total Total, long Begin, long End, int Thread);

    private sealed class Total(Step step, int order)
    {
        internal int Order => order;

        internal string Name { get; } = step.Kernel is { } kernel ? $"{step.Node.Primitive.Name}: {kernel}" : step.Node.Primitive.Name;

        internal bool IsKernel => step.Kernel is not null;

        internal string Where { get; } = step.Node.Origin.ToString();

        internal Cost Cost { get; } = Explanation.CostOf(step.Node);

        internal long Calls { get; set; }

        internal long Ticks { get; set; }

        internal ProfileEntry Entry() => new(
            Name,
            Where,
            (step.Node.Results.Select(result => result.Type).OfType<TensorType>().FirstOrDefault() ?? TensorType.Of(Core.DType.F64)).DType,
            Calls,
            Stopwatch.GetElapsedTime(0, Ticks),
            Calls * Cost.Operations,
            Calls * Cost.Bytes);
    }
}
