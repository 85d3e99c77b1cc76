using Adjoint.Core;
using Adjoint.Execute;
using Figures.Measure;
using Figures.Report;

namespace Figures.Limits;

/// <summary>What this machine can do at best, measured before anything else.</summary>
internal sealed class MachineLimits
{
    private readonly Dictionary<(DType Type, int Threads), double> flops = [];

    private MachineLimits(Bandwidth bandwidth) => Bandwidth = bandwidth;

    /// <summary>How fast memory and caches move.</summary>
    public Bandwidth Bandwidth { get; }

    /// <summary>Measures all.</summary>
    public static MachineLimits Measure(Effort effort)
    {
        var limits = new MachineLimits(Bandwidth.Measure(effort));
        foreach (int threads in Threads.Counts)
        {
            limits.flops[(DType.F32, threads)] = Peak<float>(threads, effort);
            limits.flops[(DType.F64, threads)] = Peak<double>(threads, effort);
        }

        return limits;
    }

    /// <summary>Floating-point operations a nanosecond, a multiply-add counting as two.</summary>
    public double Flops(DType type, int threads) => flops[(type, threads)];

    /// <summary>The limits as text.</summary>
    public string Describe()
    {
        var text = new System.Text.StringBuilder(
            "## Limits of the machine\n\nBandwidth in GB/s, bytes read and written; memory is written past the caches where that is faster.\n\n"
            + "| | threads | read | write | copy | triad |\n| --- | ---: | ---: | ---: | ---: | ---: |\n");
        foreach (int threads in Threads.Counts)
        {
            foreach (Level level in Level.All)
            {
                string[] rates = [.. Enum.GetValues<Pattern>().Select(pattern => Amounts.Digits(Bandwidth.Rate(level, pattern, threads)))];
                text.Append($"| {level.Name} | {threads} | {string.Join(" | ", rates)} |\n");
            }
        }

        text.Append("\nFused multiply-adds, a pair counting as two operations, in GF/s:\n\n| | f32 | f64 |\n| --- | ---: | ---: |\n");
        foreach (int threads in Threads.Counts)
        {
            string name = threads == 1 ? "one core" : $"{threads} cores";
            text.Append($"| {name} | {Amounts.Digits(Flops(DType.F32, threads))} | {Amounts.Digits(Flops(DType.F64, threads))} |\n");
        }

        return text.ToString();
    }

    private static double Peak<T>(int threads, Effort effort)
        where T : unmanaged, System.Numerics.INumber<T>
    {
        var results = new T[threads * 64];
        Action<int> work = part => results[part * 64] = MultiplyAdds.Run<T>();
        Statistics time = Contest.Run([new("fma", () => Threads.Of(threads).For(threads, work))], effort)[0];
        return MultiplyAdds.Flops<T>() * threads / time.Best;
    }
}
