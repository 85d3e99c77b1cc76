using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;
using Figures.Measure;
using Figures.Report;

namespace Figures.Rows;

/// <summary>Rows measured in a process of their own: a fresh one, or one that sees fewer processors.</summary>
internal static class Child
{
    private const string Mark = "rows: ";

    private static readonly JsonSerializerOptions Json = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    /// <summary>Measures one row of a group there.</summary>
    public static IReadOnlyList<Row> Measure(string group, string row, int? processors, Setting setting)
    {
        List<string> arguments =
            [typeof(Child).Assembly.Location, "--child", group, row, .. setting.IsQuick ? ["--quick"] : Array.Empty<string>(), .. setting.Best ? ["--best"] : Array.Empty<string>()];
        var start = new ProcessStartInfo("dotnet", arguments) { UseShellExecute = false, RedirectStandardOutput = true };
        if (processors is { } count)
        {
            start.Environment["DOTNET_PROCESSOR_COUNT"] = $"{count}";
        }

        using Process job = Process.Start(start)!;
        string? line = null;
        while (job.StandardOutput.ReadLine() is { } next)
        {
            line = next.StartsWith(Mark) ? next : line;
        }

        job.WaitForExit();
        return line is null
            ? throw new InvalidOperationException($"the process that measures {row} ended with code {job.ExitCode} and without rows")
            : JsonSerializer.Deserialize<Row[]>(line[Mark.Length..], Json)!;
    }

    /// <summary>Measures one row in several processes, one after another, and gives medians.</summary>
    public static IReadOnlyList<Row> Medians(string group, string row, int processes, Setting setting)
    {
        IReadOnlyList<Row>[] all = [.. Enumerable.Range(0, processes).Select(_ => Measure(group, row, null, setting))];
        return [.. all[0].Select((first, i) => first with { Amount = Statistics.Of(all.Select(rows => rows[i].Amount)).Median })];
    }

    /// <summary>What such a process prints.</summary>
    public static string Write(IReadOnlyList<Row> rows) => Mark + JsonSerializer.Serialize(rows, Json);
}
