using System.Diagnostics;
using Adjoint.Core;
using Adjoint.Execute;
using Adjoint.Front;
using Adjoint.Ir;
using Figures.Measure;
using Figures.Report;

namespace Figures.Rows;

/// <summary>How long it takes to make a graph ready to run.</summary>
internal static class CompileTimes
{
    private const double Millisecond = 1e6;
    private const int Fewer = 2_000;
    private const int More = 16_000;

    /// <summary>The group.</summary>
    public static Group Group { get; } = new(
        "compile",
        "Compile time",
        "From a traced graph to one that has run once, less the time of later runs; medians of fresh processes: the first in a fresh process, where .NET compiles the compiler, and "
        + "the second of the same graph, traced anew, whose kernels are remembered, and then that of another batch, for which all that touches the batch "
        + "needs new kernels. Tracing, derivative included, stands in rows of its own. Nodes: elementwise operations in a row "
        + "on vectors of 1000, drawn at random, so that no part is like another; the second such row, a node, and how that grows from 2,000 nodes to 16,000.",
        [
            ("LeNet step", setting => Network("LeNet step", Networks.LeNet, 128, 30)),
            ("ResNet-20 step", setting => Network("ResNet-20 step", batch => Networks.ResNet(batch, 3), 8, 400)),
            ("ResNet-18 step", setting => Network("ResNet-18 step", Networks.ResNet18, 2, 500)),
            ("nodes", setting => Growth()),
        ])
    {
        IsFresh = true,
    };

    /// <summary>Small numbers, and labels that are 0.</summary>
    public static NDArray[] Arguments(Graph graph) => [.. graph.ParameterTypes.Cast<TensorType>().Select(Argument)];

    private static Row[] Network(string name, Func<int, Graph> trace, int batch, double bound)
    {
        (double firstTrace, double first) = Once(() => trace(batch));
        (double secondTrace, double second) = Once(() => trace(batch));
        double other = Once(() => trace(batch - 1)).Compile;
        return
        [
            Bounded($"{name}, first in a process", first, 1000 * Millisecond),
            Bounded($"{name}, second", second, bound * Millisecond),
            Bounded($"{name}, another batch", other, bound * Millisecond),
            new($"{name}, first trace", 1, Unit.Time, firstTrace, [], []),
            new($"{name}, second trace", 1, Unit.Time, secondTrace, [], []),
        ];
    }

    private static Row[] Growth()
    {
        Once(() => Chain(Fewer, 1));
        double few = Once(() => Chain(Fewer, 2)).Compile / Fewer;
        double many = Once(() => Chain(More, 3)).Compile / More;
        return
        [
            new($"a node of {Fewer:#,0}", 1, Unit.Time, few, [], []),
            new($"a node of {More:#,0}", 1, Unit.Time, many, [new($"of {Fewer:#,0}", PeerKind.Bound, few)], [new(PeerKind.Bound, 1.5)]),
        ];
    }

    /// <summary>Times of tracing and of compiling, in nanoseconds. A plan may be made at the first run, so that counts too.</summary>
    private static (double Trace, double Compile) Once(Func<Graph> trace)
    {
        long start = Stopwatch.GetTimestamp();
        Graph graph = trace();
        double traced = Stopwatch.GetElapsedTime(start).TotalNanoseconds;
        NDArray[] arguments = Arguments(graph);
        start = Stopwatch.GetTimestamp();
        var executable = Executable.Compile(graph);
        double compiled = Stopwatch.GetElapsedTime(start).TotalNanoseconds;
        executable.Run(arguments);
        double withRun = Stopwatch.GetElapsedTime(start).TotalNanoseconds;
        double run = Enumerable.Range(0, 3).Min(_ => TimeOf(() => executable.Run(arguments)));
        return (traced, Math.Max(compiled, withRun - run));
    }

    private static double TimeOf(Action work)
    {
        long start = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(start).TotalNanoseconds;
    }

    private static NDArray Argument(TensorType type) =>
        type.DType == DType.I64 ? Native.Entry.Pinned(DType.I64, type.Shape) : Data.Uniform(type.DType, type.Shape, -0.1, 0.1);

    private static Graph Chain(int nodes, int seed) => GraphBuilder.Build([TensorType.Of(DType.F64, 1000), TensorType.Of(DType.F64, 1000)], x =>
    {
        var random = new Random(seed);
        Expr y = x[0];
        for (int i = 0; i < nodes; i++)
        {
            y = random.Next(3) switch { 0 => y * x[1], 1 => y + x[0], _ => y.Tanh() };
        }

        return [y];
    });

    private static Row Bounded(string name, double time, double bound) =>
        new(name, 1, Unit.Time, time, [new("bound", PeerKind.Bound, bound)], [new(PeerKind.Bound, 1)]);
}
