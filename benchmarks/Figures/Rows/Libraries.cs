using Adjoint.Core;
using Figures.Measure;
using Figures.Native;
using Figures.Peers;

namespace Figures.Rows;

/// <summary>A kernel in other libraries, in processes that end when the row is measured; they must give the same.</summary>
internal sealed class Libraries : IDisposable
{
    // Their functions are a few ulp off too, and their sums have other orders.
    private const double Looser = 4;

    private readonly List<PythonPeer> peers = [];
    private readonly List<Contender> contenders = [];

    /// <summary>Starts those that have the row.</summary>
    public Libraries(Kernel kernel, NDArray[] results, int threads, Setting setting)
        : this(Row(kernel), kernel.Inputs, results, Looser * kernel.Tolerance, threads, setting)
    {
    }

    /// <summary>Starts those that have a row for these inputs; none where it has no name there.</summary>
    public Libraries(string? row, NDArray[] inputs, NDArray[] results, double tolerance, int threads, Setting setting)
    {
        foreach (PythonLibrary library in row is null ? [] : setting.Python)
        {
            NDArray[] theirs = [.. results.Select(result => Entry.Pinned(result.Type, result.Shape))];
            if (PythonPeer.Start(library, threads) is not { } peer)
            {
                continue;
            }

            peers.Add(peer);
            if (peer.Prepare(row!, inputs[0].Type, inputs, theirs))
            {
                DisagreementException.ThrowUnless(peer.Name, theirs, results, tolerance);
                contenders.Add(peer.Contender());
            }
        }
    }

    /// <summary>What is timed.</summary>
    public IReadOnlyList<Contender> Contenders => contenders;

    /// <summary>Ends the processes.</summary>
    public void Dispose() => peers.ForEach(peer => peer.Dispose());

    private static string Row(Kernel kernel)
    {
        string type = kernel.Inputs[0].Type.Name();
        return kernel.Entry.EndsWith($"_{type}", StringComparison.Ordinal) ? kernel.Entry[..^(type.Length + 1)] : kernel.Entry;
    }
}
