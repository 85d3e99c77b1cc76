using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text.RegularExpressions;

namespace Figures;

/// <summary>What the figures were taken on.</summary>
internal static partial class Machine
{
    private const string Caches = "/sys/devices/system/cpu/cpu0/cache";

    /// <summary>The processor's name.</summary>
    public static string Processor { get; } = ReadProcessor();

    /// <summary>Bytes of the data caches from the first level on; the usual sizes where the system does not tell.</summary>
    public static IReadOnlyList<long> CacheSizes { get; } = ReadCaches();

    /// <summary>The widest vectors that the runtime computes with, in bits.</summary>
    public static int VectorBits =>
        Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : Vector<byte>.Count * 8;

    /// <summary>A list for the head of the page.</summary>
    public static string Describe(IEnumerable<string> compilers)
    {
        string caches = string.Join(", ", CacheSizes.Select((size, i) => $"L{i + 1} {Report.Amounts.Text(size, Report.Unit.Bytes)}"));
        double memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        return $"""
            - Processor: {Processor}, {Environment.ProcessorCount} cores, {VectorBits}-bit vectors; {caches}
            - Memory: {Report.Amounts.Text(memory, Report.Unit.Bytes)}
            - System: {RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}
            - {RuntimeInformation.FrameworkDescription}
            - C++: {string.Join("; ", compilers.DefaultIfEmpty("none, so that compiled counterparts are left out"))}

            """;
    }

    private static string ReadProcessor()
    {
        const string Path = "/proc/cpuinfo";
        string[] lines = File.Exists(Path) ? File.ReadAllLines(Path) : [];
        string Field(string name) => lines.FirstOrDefault(line => line.StartsWith(name))?.Split(':')[^1].Trim() ?? "?";
        return lines.Length == 0
            ? Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER") ?? "unknown"
            : $"{Field("model name")} (family {Field("cpu family")}, model {Field("model\t")})";
    }

    private static long[] ReadCaches()
    {
        var sizes = new SortedDictionary<int, long>();
        foreach (string folder in Directory.Exists(Caches) ? Directory.GetDirectories(Caches, "index*") : [])
        {
            string Text(string name) => File.ReadAllText(Path.Combine(folder, name)).Trim();
            Match size = Size().Match(Text("size"));
            if (Text("type") != "Instruction" && size.Success)
            {
                long unit = size.Groups["unit"].Value switch { "K" => 1L << 10, "M" => 1L << 20, _ => 1 };
                sizes[int.Parse(Text("level"), CultureInfo.InvariantCulture)] = unit * long.Parse(size.Groups["count"].Value, CultureInfo.InvariantCulture);
            }
        }

        return sizes.Count > 0 ? [.. sizes.Values] : [32L << 10, 1L << 20, 16L << 20];
    }

    [GeneratedRegex(@"^(?<count>\d+)(?<unit>[KM]?)$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Size();
}
