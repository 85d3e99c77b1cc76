using System.Runtime.CompilerServices;
using Adjoint.Compile;
using Adjoint.Ir;

namespace Adjoint.Execute;

/// <summary>The plans of the graphs that were run, bodies among them; a plan goes when its graph does. For any number of threads.</summary>
internal sealed class PlanTable(KernelSource kernels)
{
    internal PlanTable()
        : this(KernelSource.Default)
    {
    }

    private readonly ConditionalWeakTable<Graph, Plan> plans = [];

    /// <summary>The plan of a graph; nodes without operands are evaluated in this context.</summary>
    internal Plan Of(Graph graph, EvaluationContext constants) => plans.TryGetValue(graph, out Plan? plan)
        ? plan
        : plans.GetOrAdd(graph, PlanBuilder.Build(graph, constants, kernels));
}
