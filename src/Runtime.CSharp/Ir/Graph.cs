using System.Collections.Immutable;
using System.Diagnostics;
using Adjoint.Core;

namespace Adjoint.Ir;

/// <summary>Parameters, results, and the nodes that lead from one to the other. Closed: it refers to nothing outside.</summary>
[DebuggerDisplay("{Display,nq}")]
[DebuggerTypeProxy(typeof(GraphView))]
[TypeFormatterSource(typeof(HtmlFormatterSource))]
public sealed class Graph : IHtml
{
    /// <summary>A graph from its parameters to its results; its nodes are those that the results depend on.</summary>
    /// <exception cref="TraceException">A result depends on a parameter that is not among these.</exception>
    public Graph(ImmutableArray<Value> parameters, ImmutableArray<Value> results)
    {
        Parameters = parameters;
        Results = results;
        Nodes = GraphOrder.Of(results, new HashSet<Value>(parameters, ReferenceEqualityComparer.Instance));
    }

    /// <summary>The parameters.</summary>
    public ImmutableArray<Value> Parameters { get; }

    /// <summary>The results.</summary>
    public ImmutableArray<Value> Results { get; }

    /// <summary>The nodes, operands before users; the order depends on the graph alone.</summary>
    public ImmutableArray<Node> Nodes { get; }

    /// <summary>The parameters' types.</summary>
    public ImmutableArray<ValueType> ParameterTypes => [.. Parameters.Select(value => value.Type)];

    /// <summary>The results' types.</summary>
    public ImmutableArray<ValueType> ResultTypes => [.. Results.Select(value => value.Type)];

    /// <summary>A graph made by a function of fresh parameters of these types.</summary>
    public static Graph Of(IEnumerable<ValueType> types, Func<IReadOnlyList<Value>, IEnumerable<Value>> body)
    {
        ImmutableArray<Value> parameters = [.. types.Select(type => Value.Parameter(type))];
        return new(parameters, [.. body(parameters)]);
    }

    /// <summary>Types and the number of nodes in one line, for debuggers.</summary>
    internal string Display => $"graph {GraphView.Line(this)}";

    /// <summary>The graph in text form.</summary>
    public override string ToString() => GraphText.Write(this);

    /// <inheritdoc/>
    void IHtml.WriteHtml(TextWriter writer) => new HtmlWriter(writer).Element("pre", new GraphView(this).Text);
}
