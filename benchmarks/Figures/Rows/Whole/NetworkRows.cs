using Adjoint.Core;
using Adjoint.Execute;
using Adjoint.Ir;
using Figures.Measure;
using Figures.Native;
using Figures.Report;

namespace Figures.Rows;

/// <summary>Whole networks beside the sum of their heavy parts.</summary>
internal static class NetworkRows
{
    private const double MostOverBare = 1.15;
    private const double Tolerance = 0.02; // Of the largest element: 55 batch norms in training pass rounding on from layer to layer.

    private static readonly (string Name, string? Peer, Func<Graph> Trace)[] Cases =
    [
        ("LeNet-5 step, batch 128", "network_lenet", () => Networks.LeNet(128)),
        ("784-512-512-10 step, batch 128", "network_dense", () => Networks.Dense(128)),
        ("ResNet-18 forward, batch 1", "network_resnet18", () => Networks.ResNet18Forward(1)),
        ("ResNet-18 forward, batch 8", "network_resnet18", () => Networks.ResNet18Forward(8)),
        ("ResNet-56 step, batch 32", "network_resnet56", () => Networks.ResNet(32, 9)),
        ("ResNet-56 step, batch 128", "network_resnet56", () => Networks.ResNet(128, 9)),
        ("GRU forward, 128 × 28, batch 128", null, () => Networks.Gru(128, backward: false)),
        ("GRU with gradient, 128 × 28, batch 128", "network_gru", () => Networks.Gru(128, backward: true)),
    ];

    /// <summary>The group.</summary>
    public static Group Group { get; } = new(
        "networks",
        "Networks",
        "Training steps by gradient descent, and forward passes on running statistics, whose weights are bound before. \"Bare calls\" is the sum of the network's convolutions and products as "
        + "calls of oneDNN in the layouts that it likes best, each timed alone, and of the bytes of all else at the measured bandwidth. Memory: what a step "
        + "works in, beside what was announced before it.",
        [.. Cases.Select(one => (one.Name, (Func<Setting, IEnumerable<Row>>)(setting => Rows(one.Name, one.Peer, one.Trace(), setting))))]);

    private static IEnumerable<Row> Rows(string name, string? peer, Graph graph, Setting setting)
    {
        Executable executable = Executable.Compile(graph);
        NDArray[] arguments = CompileTimes.Arguments(graph);
        NDArray[] results = [.. graph.ResultTypes.Cast<TensorType>().Select(type => Entry.Pinned(type.DType, type.Shape))];
        Action<RunOptions> run = Bound(name, executable, arguments) is { } bound
            ? options => bound.Run(arguments.AsSpan(0, 1), results, options)
            : options => executable.Run(arguments, results, options);
        var bare = new BareCalls(setting);
        foreach (int threads in Threads.Counts)
        {
            var options = new RunOptions { Parallel = Threads.Of(threads) };
            run(options);
            using var libraries = new Libraries(peer, [.. arguments.Where(argument => argument.Type == DType.F32)], results, Tolerance, threads, setting);
            double[] times = setting.Time([new("Adjoint", () => run(options)), .. libraries.Contenders]);
            double? least = bare.Of(graph, executable.Graph, threads);
            yield return new(
                name,
                threads,
                Unit.Time,
                times[0],
                [
                    .. libraries.Contenders.Select((contender, i) => new Peer(contender.Name, PeerKind.Library, times[i + 1])),
                    .. least is { } limit ? [new Peer("bare calls", PeerKind.Limit, limit)] : Array.Empty<Peer>(),
                ],
                [new(PeerKind.Limit, MostOverBare)]);
        }

        executable.Run(arguments, results, new RunOptions { Parallel = Threads.Of(1) });
        (double announced, _) = executable.Forecast();
        yield return new(
            $"{name}: memory", 1, Unit.Bytes, executable.Kept, [new("announced", PeerKind.Bound, announced)], [new(PeerKind.Bound, 1.05)]);
    }

    /// <summary>A network that only says what it sees has its weights bound, as one that serves does.</summary>
    private static BoundExecutable? Bound(string name, Executable executable, NDArray[] arguments) =>
        name.Contains("forward, batch", StringComparison.Ordinal) ? executable.Bind(1, arguments[1..]) : null;
}
