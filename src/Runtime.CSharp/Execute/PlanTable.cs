using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Adjoint.Compile;
using Adjoint.Ir;

namespace Adjoint.Execute;

/// <summary>The plans of the graphs that were run, bodies among them; a plan goes when its graph does. For any number of threads.</summary>
/// <remarks>Kernels of the usual source are shared by all tables of the process.</remarks>
internal sealed class PlanTable(KernelSource kernels, IReadOnlyDictionary<Graph, ImmutableArray<Node>>? orders = null)
{
    private readonly KernelCache? cache = ReferenceEquals(kernels, KernelSource.Default) || kernels is KeptFilters ? KernelCache.Shared : null;
    private readonly ConditionalWeakTable<Graph, Plan> plans = [];
    private readonly ConditionalWeakTable<Graph, Plan> plain = [];

    /// <summary>From how many nanoseconds on kernels may run side by side. No order that was chosen is changed.</summary>
    internal double Least { get; init; } = SideBySide.Least;

    internal PlanTable()
        : this(KernelSource.Default)
    {
    }

    /// <summary>The plan of a graph, with kernels or by evaluation alone; nodes without operands are evaluated in this context.</summary>
    internal Plan Of(Graph graph, EvaluationContext constants, bool useKernels = true)
    {
        ConditionalWeakTable<Graph, Plan> table = useKernels ? plans : plain;
        return table.TryGetValue(graph, out Plan? plan)
            ? plan
            : table.GetOrAdd(
                graph,
                useKernels
                    ? PlanBuilder.Build(graph, OrderOf(graph), constants, kernels, cache, orders is null || !orders.ContainsKey(graph) ? Least : double.PositiveInfinity)
                    : PlanBuilder.Build(graph, OrderOf(graph), constants, KernelSource.None, null, double.PositiveInfinity));
    }

    /// <summary>The order in which the nodes of a graph run: one that was chosen for it, or the usual one.</summary>
    internal ImmutableArray<Node> OrderOf(Graph graph) =>
        orders is not null && orders.TryGetValue(graph, out ImmutableArray<Node> order) ? order : Schedule.Of(graph);
}
