using System.Text;

namespace Adjoint.Ir;

/// <summary>What a debugger shows of a graph, short however large it is.</summary>
internal sealed class GraphView
{
    private const int MostLines = 200;
    private readonly Graph graph;

    public GraphView(Graph graph) => this.graph = graph;

    public GraphView(Body body) => graph = body.Graph;

    /// <summary>The parameters.</summary>
    public Value[] Parameters => [.. graph.Parameters];

    /// <summary>The nodes, operands before users.</summary>
    public Node[] Nodes => [.. graph.Nodes];

    /// <summary>The results.</summary>
    public Value[] Results => [.. graph.Results];

    /// <summary>The text form, or its first nodes.</summary>
    public string Text
    {
        get
        {
            if (graph.Nodes.Length <= MostLines)
            {
                return graph.ToString();
            }

            var text = new StringBuilder();
            foreach (Node node in graph.Nodes.Take(MostLines))
            {
                text.Append(node).Append('\n');
            }

            return text.Append("… ").Append(graph.Nodes.Length - MostLines).Append(" more").ToString();
        }
    }

    /// <summary>A graph in one line: (f32[3], f32[3]) → (f32[]), 12 nodes.</summary>
    internal static string Line(Graph graph) =>
        $"({Types(graph.Parameters)}) -> ({Types(graph.Results)}), {graph.Nodes.Length} {(graph.Nodes.Length == 1 ? "node" : "nodes")}";

    /// <summary>A few types, and how many there are more.</summary>
    internal static string Types(IReadOnlyList<Value> values)
    {
        const int most = 8;
        string types = string.Join(", ", values.Take(most).Select(value => value.Type));
        return values.Count <= most ? types : $"{types}, … {values.Count - most} more";
    }
}
