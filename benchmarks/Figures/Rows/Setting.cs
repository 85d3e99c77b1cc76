using Figures.Limits;
using Figures.Measure;
using Figures.Native;
using Figures.Peers;

namespace Figures.Rows;

/// <summary>What rows are measured with.</summary>
/// <param name="Limits">The machine's limits, measured when they are first asked for.</param>
/// <param name="Workshop">Compilers and counterparts.</param>
/// <param name="Effort">How often to measure.</param>
/// <param name="Best">Whether the best of the samples stands for all instead of their median.</param>
/// <param name="Wanted">Parts of the names of rows to measure; all if there is none.</param>
/// <param name="Log">Takes lines for whoever waits.</param>
internal sealed record Setting(
    Lazy<MachineLimits> Limits, Workshop Workshop, Effort Effort, bool Best, IReadOnlyList<string> Wanted, Action<string> Log)
{
    /// <summary>What a compiler is told beside to use ADOL-C, where that is wanted and can be had.</summary>
    public IReadOnlyList<string>? AdolC { get; init; }

    /// <summary>What a compiler is told beside to use the oneDNN that the native kernels were built with, where that is found.</summary>
    public IReadOnlyList<string>? OneDnn { get; init; }

    /// <summary>Other libraries, in processes of their own, where they are wanted and can be had.</summary>
    public IReadOnlyList<PythonLibrary> Python { get; init; } = [];

    /// <summary>Whether there are fewer repetitions.</summary>
    public bool IsQuick => Effort == Effort.Quick;

    /// <summary>Whether a row of this name in this group is wanted.</summary>
    public bool Wants(string group, string name) =>
        Wanted.Count == 0 || Wanted.Any(part => $"{group} {name}".Contains(part, StringComparison.OrdinalIgnoreCase));

    /// <summary>Times contenders: nanoseconds of one call each.</summary>
    public double[] Time(params IReadOnlyList<Contender> contenders) =>
        [.. Contest.Run(contenders, Effort).Select(time => time.Typical(Best))];
}
