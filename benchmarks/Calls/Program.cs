using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Perfolizer.Horology;

namespace Calls;

/// <summary>Runs the benchmarks of calls in this process, and writes their tables into out/benchmarks/calls.</summary>
public static class Program
{
    private static void Main(string[] arguments)
    {
        Job job = Job.Default
            .WithToolchain(InProcessEmitToolchain.Instance)
            .WithIterationTime(TimeInterval.FromMilliseconds(100))
            .WithWarmupCount(5)
            .WithIterationCount(15);
        IConfig config = ManualConfig.Create(DefaultConfig.Instance)
            .AddJob(job)
            .WithArtifactsPath(Path.Combine("out", "benchmarks", "calls"));
        BenchmarkSwitcher.FromTypes([typeof(CallOverheads)]).Run(arguments.Length == 0 ? ["--filter", "*"] : arguments, config);
    }
}
