using System.Diagnostics;
using Adjoint.Core;
using Adjoint.Execute;
using Adjoint.Front;
using Adjoint.Ir;
using Figures.Measure;
using Figures.Report;

namespace Figures.Rows;

/// <summary>What stays in memory over many calls.</summary>
internal static class Memory
{
    private const int Calls = 1_000_000;
    private const int Warm = 200_000; // Until the collector has found how much it lets grow between collections.
    private const long Allowed = 4 << 20; // The runtime's own pages come and go by a few hundred KiB.

    /// <summary>The group.</summary>
    public static Group Group { get; } = new(
        "memory",
        "Memory",
        "What an executable keeps to work in after a run, beside what was announced before it. The gradient through 10,000 steps on 10,000 numbers within budgets: what it works in, and its time beside that of keeping everything. And how much more a process holds in the second half of a million calls (a hundred thousand with --quick) than in the first half, of value and gradient of a small network on 8 × 16 numbers, into the "
        + "caller's buffers and with fresh results, each in a process of its own.",
        [
            ("working memory, LeNet step", setting => [Peak("working memory, LeNet step", Networks.LeNet(128))]),
            ("working memory, ResNet-20 step", setting => [Peak("working memory, ResNet-20 step", Networks.ResNet(8, 3))]),
            ("budgets", _ => Budgets.Rows()),
            ("growth, into buffers", setting => [Growth("growth, into buffers", intoBuffers: true, setting)]),
            ("growth, fresh results", setting => [Growth("growth, fresh results", intoBuffers: false, setting)]),
        ])
    {
        Processors = 2,
    };

    private static Row Peak(string name, Graph graph)
    {
        Executable executable = Executable.Compile(graph);
        (double announced, bool isComplete) = executable.Forecast();
        NDArray[] arguments = CompileTimes.Arguments(graph);
        executable.Run(arguments, [.. graph.ResultTypes.Cast<TensorType>().Select(type => Native.Entry.Pinned(type.DType, type.Shape))]);
        return isComplete
            ? new(name, 1, Unit.Bytes, executable.Kept, [new("announced", PeerKind.Bound, announced)], [new(PeerKind.Bound, 1.05)])
            : Row.Failed(name, 1, "not all is announced");
    }

    private static Row Growth(string name, bool intoBuffers, Setting setting)
    {
        Executable executable = Executable.Compile(Network());
        NDArray[] arguments = [.. executable.Graph.ParameterTypes.Cast<TensorType>().Select((type, i) => Data.Uniform(type.DType, type.Shape, -1, 1, i))];
        NDArray[] results = executable.Run(arguments);
        Action run = intoBuffers ? () => executable.Run(arguments, results) : () => executable.Run(arguments);
        Repeat(run, setting.IsQuick ? Warm / 4 : Warm);
        int half = (setting.IsQuick ? Calls / 10 : Calls) / 2;
        double first = Typical(run, half);
        double growth = Math.Max(0, Typical(run, half) - first);
        return new(name, 1, Unit.Bytes, growth, [new("bound", PeerKind.Bound, Allowed)], [new(PeerKind.Bound, 1)]);
    }

    /// <summary>The median of what is resident at five times of so many calls.</summary>
    private static double Typical(Action run, int calls)
    {
        const int Times = 5;
        return Statistics.Of(Enumerable.Range(0, Times).Select(_ =>
        {
            Repeat(run, calls / Times);
            return (double)Resident();
        })).Median;
    }

    private static void Repeat(Action run, int times)
    {
        for (int i = 0; i < times; i++)
        {
            run();
        }
    }

    private static long Resident()
    {
        GC.Collect();
        using Process process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }

    private static Graph Network() => GraphBuilder.Build(
        [TensorType.Of(DType.F32, 8, 16), TensorType.Of(DType.F32, 16, 16), TensorType.Of(DType.F32, 16)],
        x =>
        {
            (Expr value, Expr[] gradient) = Differential.ValueAndGrad((Expr[] w) => Nn.Dense(x[0], w[0], w[1]).Tanh().Square().Sum())(x[1..]);
            return [value, .. gradient];
        });
}
