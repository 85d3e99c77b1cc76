using System.Collections.Immutable;
using System.Diagnostics;
using Adjoint.Compile.Fusion;
using Adjoint.Compile.Regions;
using Adjoint.Ir;

namespace Adjoint.Compile;

/// <summary>A step of the way from a graph to what runs: a graph with the same results.</summary>
/// <param name="Name">The name in messages, snake_case.</param>
/// <param name="Apply">What it does.</param>
public sealed record Pass(string Name, Func<Graph, Graph> Apply)
{
    /// <summary>Whether results may be rounded otherwise than before; of all other passes they are the same to the bit.</summary>
    public bool Rounds { get; init; }
}

/// <summary>Passes, one after the other. Nodes that no result depends on need none: a graph holds only what its results need.</summary>
public sealed class Pipeline
{
    /// <summary>A pipeline of these passes.</summary>
    public Pipeline(params Pass[] passes) => Passes = [.. passes];

    /// <summary>What every graph goes through, whether its nodes are then put together or not.</summary>
    internal static Pipeline Unfused { get; } = new(
        new("inline_calls", InlineCalls.Apply),
        new("sink_constants", SinkConstants.Apply),
        new("open_windows", OpenWindows.Apply) { Rounds = true },
        new("simplify", Simplify.Apply),
        new("merge_loops", MergeLoops.Apply),
        new("merge_equal_nodes", MergeEqualNodes.Apply),
        new("join_products", JoinProducts.Apply) { Rounds = true },
        new("lay_out_products", LayOutProducts.Apply) { Rounds = true },
        new("hoist_invariants", HoistInvariants.Apply),
        new("settle_loops", SettleLoops.Apply),
        new("recompute_residuals", RecomputeResiduals.Apply),
        new("lay_out_convolutions", LayOutConvolutions.Apply) { Rounds = true },
        new("merge_equal_nodes", MergeEqualNodes.Apply),
        new("remove_unread", RemoveUnread.Apply),
        new("factor_powers", FactorPowers.Apply) { Rounds = true },
        new("place_fma", PlaceFma.Apply) { Rounds = true });

    /// <summary>What puts nodes together.</summary>
    internal static Pipeline Fusing { get; } = new(
        new("fuse_large", FuseLarge.Apply),
        new("fuse_small", FuseSmall.Apply));

    /// <summary>What every graph goes through that is compiled.</summary>
    public static Pipeline Default { get; } = new([.. Unfused.Passes, .. Fusing.Passes]);

    /// <summary>What a graph goes through, after all other passes, that has run often enough to be compiled: the bits stay the same.</summary>
    internal static Pipeline Exact { get; } = new(
        new("fuse_large", FuseLarge.ApplyExactly),
        new("fuse_small", FuseSmall.ApplyExactly));

    /// <summary>The passes, in order.</summary>
    public ImmutableArray<Pass> Passes { get; }

    /// <summary>The names of the passes.</summary>
    public override string ToString() => string.Join(", ", Passes.Select(pass => pass.Name));

    /// <summary>The graph after all passes; debug builds verify it after each.</summary>
    public Graph Run(Graph graph)
    {
        foreach (Pass pass in Passes)
        {
            graph = pass.Apply(graph);
            Verify(graph, pass);
        }

        return graph;
    }

    /// <summary>The graph after each pass, by the pass's name; the graph as it was stands first, without a name.</summary>
    public ImmutableArray<PassTrace> Trace(Graph graph)
    {
        var trace = ImmutableArray.CreateBuilder<PassTrace>(Passes.Length + 1);
        trace.Add(new("", graph));
        foreach (Pass pass in Passes)
        {
            trace.Add(new(pass.Name, pass.Apply(trace[^1].Graph)));
        }

        return trace.MoveToImmutable();
    }

    [Conditional("DEBUG")]
    private static void Verify(Graph graph, Pass pass)
    {
        try
        {
            Verifier.Check(graph);
        }
        catch (InvalidOperationException fault)
        {
            throw new InvalidOperationException($"pass {pass.Name}: {fault.Message}", fault);
        }
    }
}
