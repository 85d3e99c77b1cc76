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
    {
        string row = kernel.Entry;
        DType type = kernel.Inputs[0].Type;
        row = row.EndsWith($"_{type.Name()}", StringComparison.Ordinal) ? row[..^(type.Name().Length + 1)] : row;
        foreach (PythonLibrary library in setting.Python)
        {
            NDArray[] theirs = [.. results.Select(result => Entry.Pinned(result.Type, result.Shape))];
            if (PythonPeer.Start(library, threads) is not { } peer)
            {
                continue;
            }

            peers.Add(peer);
            if (peer.Prepare(row, type, kernel.Inputs, theirs))
            {
                DisagreementException.ThrowUnless(peer.Name, theirs, results, Looser * kernel.Tolerance);
                contenders.Add(peer.Contender());
            }
        }
    }

    /// <summary>What is timed.</summary>
    public IReadOnlyList<Contender> Contenders => contenders;

    /// <summary>Ends the processes.</summary>
    public void Dispose() => peers.ForEach(peer => peer.Dispose());
}
