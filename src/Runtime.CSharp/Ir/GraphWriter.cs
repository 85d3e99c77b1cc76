using System.Collections.Immutable;
using System.Text;
using Adjoint.Core;

namespace Adjoint.Ir;

/// <summary>Writes graphs as text.</summary>
internal sealed class GraphWriter(StringBuilder text, bool origins)
{
    private const int Indent = 2;

    internal void Write(Graph graph, int depth)
    {
        Dictionary<Value, int> numbers = GraphEquality.Numbers(graph);
        text.Append("graph(");
        Typed(graph.Parameters, numbers);
        text.Append(") {\n");
        foreach (Node node in graph.Nodes)
        {
            text.Append(' ', (depth + 1) * Indent);
            Write(node, numbers, depth + 1);
            text.Append('\n');
        }

        text.Append(' ', (depth + 1) * Indent).Append(graph.Results.Length == 0 ? "return" : "return ");
        Names(graph.Results, numbers);
        text.Append('\n').Append(' ', depth * Indent).Append('}');
    }

    private void Write(Node node, Dictionary<Value, int> numbers, int depth)
    {
        Typed(node.Results, numbers);
        text.Append(" = ").Append(node.Primitive.Name).Append('(');
        Names(node.Operands, numbers);
        text.Append(')');
        WriteAttributes(node.Primitive, depth);
        if (origins && node.Origin != Origin.Unknown)
        {
            Write(node.Origin);
        }
    }

    /// <summary>The attributes in braces; nothing where there are none.</summary>
    internal void WriteAttributes(Primitive primitive, int depth)
    {
        ImmutableArray<NamedAttribute> attributes = primitive.Attributes;
        for (int i = 0; i < attributes.Length; i++)
        {
            text.Append(i == 0 ? " {" : ", ").Append(attributes[i].Name).Append(" = ");
            Write(attributes[i].Value, depth);
        }

        text.Append(attributes.Length == 0 ? "" : "}");
    }

    private void Write(object attribute, int depth)
    {
        switch (attribute)
        {
            case bool x: text.Append(x ? "true" : "false"); break;
            case int x: text.Append(x); break;
            case long x: text.Append(x).Append('L'); break;
            case string x: QuotedText.Write(text, x); break;
            case Ints x: text.Append(x); break;
            case Axes x: text.Append("axes").Append(x); break;
            case Shape x: text.Append("shape").Append(x); break;
            case Scalar x: ScalarText.Write(text, x); break;
            case Body x: Write(x.Graph, depth); break;
            case Bodies x: Write(x, depth); break;
            default: throw new InvalidOperationException($"Attributes of type {attribute.GetType()} have no text form.");
        }
    }

    private void Write(Bodies bodies, int depth)
    {
        text.Append("bodies[");
        for (int i = 0; i < bodies.Count; i++)
        {
            text.Append(i == 0 ? "" : ", ");
            Write(bodies[i].Graph, depth);
        }

        text.Append(']');
    }

    private void Write(Origin origin)
    {
        text.Append(" @ ");
        QuotedText.Write(text, origin.Scope);
        if (origin.File is not null)
        {
            text.Append(", ");
            QuotedText.Write(text, origin.File);
            text.Append(':').Append(origin.Line);
        }
    }

    private void Typed(ImmutableArray<Value> values, Dictionary<Value, int> numbers)
    {
        for (int i = 0; i < values.Length; i++)
        {
            text.Append(i == 0 ? "%" : ", %").Append(numbers[values[i]]).Append(": ").Append(values[i].Type);
        }
    }

    private void Names(ImmutableArray<Value> values, Dictionary<Value, int> numbers)
    {
        for (int i = 0; i < values.Length; i++)
        {
            text.Append(i == 0 ? "%" : ", %").Append(numbers[values[i]]);
        }
    }
}
