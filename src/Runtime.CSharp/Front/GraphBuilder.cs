using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Front;

/// <summary>A frame made explicit: builds closed graphs from functions of expressions.</summary>
public static class GraphBuilder
{
    /// <summary>The graph of a function of expressions of these types.</summary>
    /// <exception cref="TraceException">The function uses a value from outside; a graph has only its parameters.</exception>
    public static Graph Build(IEnumerable<TensorType> types, Func<Expr[], Expr[]> f, IReadOnlyList<string>? names = null)
    {
        (Graph graph, ImmutableArray<Expr> captured) = BuildOpen(types, f, names);
        return captured.Length == 0 ? graph : throw new TraceException(
            $"graph: the function uses {captured.Length} value{(captured.Length == 1 ? "" : "s")} from outside, "
            + $"the first {captured[0].Type}. "
            + "Make it a parameter, or use BuildOpen.").Here();
    }

    /// <summary>The graph of a function that may use values from outside: (its parameters, those values) → results.</summary>
    public static (Graph Graph, ImmutableArray<Expr> Captured) BuildOpen(
        IEnumerable<TensorType> types, Func<Expr[], Expr[]> f, IReadOnlyList<string>? names = null)
    {
        Traced traced = Traced.Of("graph", [.. types], f, names);
        return (traced.Close(), [.. traced.Captured]);
    }

    /// <summary>The results of a graph for arguments, in the innermost frame.</summary>
    public static Expr[] Inline(Graph graph, params Expr[] arguments) => Building.Inline(graph, arguments);
}
