using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Execute;

/// <summary>When it pays to make machine code of a program that runs by precompiled code. The account is in nanoseconds.</summary>
/// <remarks>
/// Measured in November 2026 on Zen 4 with chains of 5 and 60 operations: machine code costs 0.3 to 1.2 ms an operation to make; precompiled
/// code loses about 0.7 µs an operation in each run on 4 elements, 3 to 4 µs on 1000. So small programs change after some 850 runs, of 1000
/// elements after 160, and of 200,000 elements at once.
/// </remarks>
internal static class Tiers
{
    private const double MakingNode = 600_000;
    private const double LostPerNode = 700;
    private const double LostPerOperation = 3;

    /// <summary>What making machine code costs; 0 where there is nothing to make, or where a run may be of any length.</summary>
    internal static long Budget(Graph graph) =>
        graph.Nodes.Any(node => Explanation.CostOf(node).HasOpenLoop) ? 0 : (long)(MakingNode * Regions(graph).Sum(node => Size(node)));

    /// <summary>What a run loses by precompiled code.</summary>
    internal static long Loss(Graph graph) => (long)Math.Min(
        Regions(graph).Sum(node => (LostPerNode * Size(node)) + (LostPerOperation * Explanation.CostOf(node).Operations)), long.MaxValue / 4);

    private static IEnumerable<Node> Regions(Graph graph) => graph.Nodes.Where(node => node.Primitive is Fused);

    private static int Size(Node node) => ((Fused)node.Primitive).Body.Graph.Nodes.Length;
}
