using System.Diagnostics;
using Adjoint.Core;
using Adjoint.Execute;
using Figures.Measure;
using Figures.Report;
using Adjoint.Front;
using Adjoint.Ir;
using Adjoint.Kernels;

namespace Figures.Rows;

/// <summary>What is paid beside arithmetic: for a call, a step of a loop, an operation.</summary>
internal static class Overheads
{
    private const int Steps = 1_000_000;
    private const int Calls = 1000;

    /// <summary>How long .NET takes to compile what is called often for the last time: two steps of 100 ms, each once nothing new is compiled.</summary>
    private static readonly TimeSpan Settled = TimeSpan.FromMilliseconds(800);

    /// <summary>The group.</summary>
    public static Group Group { get; } = new(
        "overheads",
        "Overheads",
        "A step of `while i < n: i + 1` over a million steps; an operation of a graph of numbers, as the difference of graphs of 512 and 64 "
        + "operations; a call from C# on four elements into the caller's buffers, beside that of an empty delegate, and what it allocates.",
        [
            ("step of a trivial while", setting => [TrivialWhile(setting)]),
            ("operation of a small graph", setting => [Operation(setting, "operation of a small graph", Shape.Scalar)]),
            ("operation of a small graph of vectors of 4", setting => [Operation(setting, "operation of a small graph of vectors of 4", Shape.Of(4))]),
            ("call with 4 elements", setting => [Call(setting), Allocation("bytes allocated by a call with 4 elements")]),
        ]);

    private static Row TrivialWhile(Setting setting)
    {
        Executable loop = Compile([TensorType.Of(DType.I64)], x => [Flow.While(i => i.Less(x[0]), i => i + 1L, Tensors.Full(DType.I64, Shape.Scalar, 0))]);
        Action run = Bound(loop, [Data.Whole(Steps)]);
        double time = setting.Time(new Contender("while", run))[0];
        return Bounded("step of a trivial while", time / Steps, 5);
    }

    private static Row Operation(Setting setting, string name, Shape shape)
    {
        const int Many = 512;
        const int Few = 64;
        Action[] runs = [.. new[] { Many, Few }.Select(count => Bound(Chain(count, shape), Arguments(shape)))];
        double[] times = setting.Time(new Contender("many", runs[0]), new Contender("few", runs[1]));
        return Bounded(name, (times[0] - times[1]) / (Many - Few), 1);
    }

    /// <summary>Four chains of products and sums side by side, so that not only their latency is measured; none repeats another.</summary>
    private static Executable Chain(int operations, Shape shape) =>
        Compile([.. Enumerable.Repeat(new TensorType(DType.F64, shape), 8)], x =>
        {
            Expr[] y = [.. x[..4]];
            for (int i = 0; i < operations; i++)
            {
                int lane = i % 4;
                y[lane] = (i / 4) % 2 == 0 ? y[lane] * x[4 + ((lane + i) % 4)] : y[lane] - x[4 + ((i + 1) % 4)];
            }

            return y;
        });

    private static NDArray[] Arguments(Shape shape) => [.. Enumerable.Range(1, 8).Select(i => Data.Uniform(DType.F64, shape, 0.5, 1, i))];

    private static Executable Four() =>
        Compile([TensorType.Of(DType.F64, 4)], x => [(2.0 * x[0]) + 1.0]);

    private static Row Call(Setting setting)
    {
        Action run = Bound(Four(), [Data.Uniform(DType.F64, Shape.Of(4), 0, 1)]);
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < Settled;)
        {
            run();
        }

        double[] times = setting.Time(new Contender("call", run), new Contender("empty", () => { }));
        Row row = Bounded("call with 4 elements", times[0], 150);
        return row with { Peers = [.. row.Peers, new("empty delegate", PeerKind.Limit, times[1])] };
    }

    private static Row Allocation(string name)
    {
        Action run = Bound(Four(), [Data.Uniform(DType.F64, Shape.Of(4), 0, 1)]);
        for (int i = 0; i < Calls; i++)
        {
            run();
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Calls; i++)
        {
            run();
        }

        double bytes = (GC.GetAllocatedBytesForCurrentThread() - before) / (double)Calls;
        return new(name, 1, Unit.Bytes, bytes, [new("bound", PeerKind.Bound, 0)], [new(PeerKind.Bound, 1)]);
    }

    private static Row Bounded(string name, double time, double bound) =>
        new(name, 1, Unit.Time, time, [new("bound", PeerKind.Bound, bound)], [new(PeerKind.Bound, 1)]);

    private static Executable Compile(IEnumerable<TensorType> types, Func<Expr[], Expr[]> f) => Executable.Compile(GraphBuilder.Build(types, f));

    private static Action Bound(Executable executable, NDArray[] arguments)
    {
        NDArray[] results = executable.Run(arguments);
        var options = new RunOptions { Parallel = Serial.Instance };
        return () => executable.Run(arguments, results, options);
    }
}
