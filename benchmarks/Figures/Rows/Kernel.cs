using Adjoint.Core;
using Figures.Report;
using Adjoint.Front;
using Adjoint.Ir;

namespace Figures.Rows;

/// <summary>A function of arrays, and the C++ that does the same: NAME by compilers, NAME_hand by hand.</summary>
internal sealed record Kernel
{
    /// <summary>What the row is called.</summary>
    public required string Name { get; init; }

    /// <summary>The file in benchmarks/Native, without extension.</summary>
    public required string Source { get; init; }

    /// <summary>The function there.</summary>
    public required string Entry { get; init; }

    /// <summary>The function here.</summary>
    public required Func<Expr[], Expr[]> Function { get; init; }

    /// <summary>What it is called with: arrays that stay where they are.</summary>
    public required NDArray[] Inputs { get; init; }

    /// <summary>What the counterpart is told beside.</summary>
    public required long[] Sizes { get; init; }

    /// <summary>How many pieces the counterpart's work has, of which each thread gets a share.</summary>
    public required long Work { get; init; }

    /// <summary>The largest difference of results, as a share of the largest element.</summary>
    public required double Tolerance { get; init; }

    /// <summary>What is to be reached.</summary>
    public IReadOnlyList<Goal> Goals { get; init; } = Fused;

    /// <summary>Whether memory can be what bounds it; then the bytes of arguments and results give a limit.</summary>
    public bool HasTraffic { get; init; } = true;

    /// <summary>Bytes of arguments that are not read.</summary>
    public long Unread { get; init; }

    /// <summary>Makes the source of the counterpart from the graph, if it is not written in a file; it is for one thread.</summary>
    public Func<Graph, string>? Made { get; init; }

    /// <summary>Whether the row is for one thread alone.</summary>
    public bool OneThread { get; init; }

    /// <summary>What fused loops are to reach.</summary>
    public static IReadOnlyList<Goal> Fused { get; } = [new(PeerKind.Compiler, 1.25), new(PeerKind.Hand, 1.5), new(PeerKind.Limit, 1.15)];
}
