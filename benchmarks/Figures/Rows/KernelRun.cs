using Adjoint.Core;
using Adjoint.Execute;
using Figures.Measure;
using Figures.Native;
using Figures.Report;
using Adjoint.Front;
using Adjoint.Ir;

namespace Figures.Rows;

/// <summary>Measures a kernel beside its counterparts, after all have given the same.</summary>
internal static class KernelRun
{
    private const long LeastSplit = 1 << 17; // Counterparts of less run on one thread, since waking another costs more.

    /// <summary>A row for each number of threads.</summary>
    public static IEnumerable<Row> Measure(Kernel kernel, Setting setting)
    {
        foreach (int threads in kernel.OneThread ? [1] : Threads.Counts)
        {
            yield return Measure(kernel, threads, setting);
        }
    }

    private static Row Measure(Kernel kernel, int threads, Setting setting)
    {
        Graph graph = GraphBuilder.Build(kernel.Inputs.Select(TensorType.Of), kernel.Function);
        var executable = Executable.Compile(graph);
        NDArray[] results = [.. graph.Results.Select(result => Fresh(result.Type))];
        var options = new RunOptions { Parallel = Threads.Of(threads) };
        Action own = () => executable.Run(kernel.Inputs, results, options);
        own();
        List<Contender> contenders = [new("Adjoint", own)];
        List<(string Name, PeerKind Kind)> peers = [];
        int parts = kernel.Inputs.Sum(Bytes) < LeastSplit ? 1 : threads;
        foreach ((string name, PeerKind kind, nint entry, nint finish) in Counterparts(kernel, graph, setting))
        {
            NDArray[] theirs = [.. results.Select(result => Fresh(ValueTypes.Of(result)))];
            Action run = Entry.Bind(entry, finish, kernel.Inputs, theirs, kernel.Sizes, kernel.Work, parts);
            run();
            DisagreementException.ThrowUnless(name, theirs, results, kernel.Tolerance);
            contenders.Add(new(name, run));
            peers.Add((name, kind));
        }

        using var libraries = new Libraries(kernel, results, threads, setting);
        contenders.AddRange(libraries.Contenders);
        peers.AddRange(libraries.Contenders.Select(contender => (contender.Name, PeerKind.Library)));
        double[] times = setting.Time(contenders);
        List<Peer> compared = [.. peers.Select((peer, i) => new Peer(peer.Name, peer.Kind, times[i + 1]))];
        if (kernel.HasTraffic)
        {
            long read = kernel.Inputs.Sum(Bytes) - kernel.Unread;
            compared.Add(new("bandwidth", PeerKind.Limit, setting.Limits.Value.Bandwidth.Nanoseconds(read, results.Sum(Bytes), threads)));
        }

        return new(kernel.Name, threads, Unit.Time, times[0], compared, kernel.Goals);
    }

    /// <summary>The function by each compiler, and the one written by hand by the first compiler.</summary>
    private static IEnumerable<(string Name, PeerKind Kind, nint Entry, nint Finish)> Counterparts(Kernel kernel, Graph graph, Setting setting)
    {
        Workshop workshop = setting.Workshop;
        Dictionary<Compiler, nint> finishes = workshop.Entries(kernel.Source, $"{kernel.Entry}_finish").ToDictionary();
        IEnumerable<(Compiler Compiler, nint Entry)> compiled = kernel.Made is { } made
            ? workshop.Compilers.Select(compiler => (compiler, workshop.Compile(compiler, kernel.Entry, made(graph), kernel.Entry)))
            : workshop.Entries(kernel.Source, kernel.Entry);
        foreach ((Compiler compiler, nint entry) in compiled)
        {
            yield return (compiler.Name, PeerKind.Compiler, entry, finishes.GetValueOrDefault(compiler));
        }

        foreach ((Compiler compiler, nint entry) in workshop.Entries(kernel.Source, $"{kernel.Entry}_hand").Take(1))
        {
            yield return ("by hand", PeerKind.Hand, entry, finishes.GetValueOrDefault(compiler));
        }

        if (setting.AdolC is { } options && workshop.Library("adolc", $"{kernel.Entry}_adolc", options) is { } peer)
        {
            yield return ("ADOL-C", PeerKind.Library, peer, 0);
        }
    }

    private static NDArray Fresh(Adjoint.Ir.ValueType type) => Entry.Pinned(((TensorType)type).DType, ((TensorType)type).Shape);

    private static long Bytes(NDArray array) => (long)array.Size * array.Type.Size();
}
