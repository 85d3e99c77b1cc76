namespace Adjoint.Ir;

/// <summary>The text form of graphs.</summary>
public static class GraphText
{
    /// <summary>The graph in text form.</summary>
    public static string Write(Graph graph)
    {
        Dictionary<Value, int> numbers = GraphEquality.Numbers(graph);
        var text = new System.Text.StringBuilder();
        text.AppendLine($"graph ({string.Join(", ", graph.Parameters.Select(p => $"%{numbers[p]}: {p.Type}"))}) {{");
        foreach (Node node in graph.Nodes)
        {
            text.AppendLine($"  {string.Join(", ", node.Results.Select(r => $"%{numbers[r]}: {r.Type}"))} = {node.Primitive.Name}({string.Join(", ", node.Operands.Select(r => $"%{numbers[r]}"))}) {node.Primitive}");
        }

        return text.Append($"  return {string.Join(", ", graph.Results.Select(r => $"%{numbers[r]}"))}\n}}").ToString();
    }
}
