using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Front.Audits;

/// <summary>Writes a graph for readers: one operation a line with types, bodies indented, the user's scopes and lines as comments.</summary>
internal sealed class ExplainText
{
    private const int CommentColumn = 64;

    private readonly StringBuilder text = new();
    private readonly ValueNames names = new();
    private readonly Dictionary<Body, int> bodies = new(ReferenceEqualityComparer.Instance);
    private string comment = "";

    /// <summary>The text of a graph, and what it takes to run it.</summary>
    internal static string Of(Graph graph)
    {
        var writer = new ExplainText();
        writer.Write("function", graph, 0);
        return writer.text.Append('\n').Append(GraphSize.Of(graph)).ToString();
    }

    private void Write(string title, Graph graph, int depth)
    {
        foreach (Value parameter in graph.Parameters)
        {
            names.Parameter(parameter);
        }

        Indent(depth).Append(title).Append('(');
        Join(graph.Parameters, value => $"{names[value]}: {value.Type}");
        text.Append(") {\n");
        foreach (Node node in graph.Nodes)
        {
            if (!ValueNames.IsLiteral(node))
            {
                Write(node, depth + 1);
            }
        }

        Indent(depth + 1).Append("return ");
        Join(graph.Results, value => names[value]);
        text.Append('\n');
        Indent(depth).Append("}\n");
    }

    private void Write(Node node, int depth)
    {
        int start = text.Length;
        foreach (Value result in node.Results)
        {
            names.Number(result);
        }

        Indent(depth);
        Join(node.Results, value => $"{names[value]}: {value.Type}");
        text.Append(" = ").Append(node.Primitive.Name).Append('(');
        Join(node.Operands, value => names[value]);
        text.Append(')');
        WriteAttributes(node);
        Comment(node.Origin, start);
        text.Append('\n');
        foreach ((string name, Body body) in GraphSize.BodiesOf(node.Primitive))
        {
            Write(name, body, depth + 1);
        }
    }

    /// <summary>A body that several nodes share is written once.</summary>
    private void Write(string name, Body body, int depth)
    {
        if (bodies.TryGetValue(body, out int number))
        {
            Indent(depth).Append(name).Append(": body ").Append(number).Append(" above\n");
            return;
        }

        bodies.Add(body, bodies.Count + 1);
        Write($"{name}, body {bodies.Count}: ", body.Graph, depth);
    }

    private void WriteAttributes(Node node)
    {
        string[] shown =
        [
            .. node.Primitive.Attributes
                .Where(attribute => attribute.Value is not (Body or Bodies or false or IReadOnlyCollection<int> { Count: 0 }))
                .Select(attribute => $"{attribute.Name} = {Shown(attribute.Value)}"),
        ];
        text.Append(shown.Length == 0 ? "" : $" {{{string.Join(", ", shown)}}}");
    }

    private static string Shown(object attribute) => attribute switch
    {
        bool flag => flag ? "true" : "false",
        string name => ValueNames.Readable(name),
        Scalar number => Finite.Number(number),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => attribute.ToString() ?? "",
    };

    /// <summary>Where the line comes from, unless it is where the line before came from.</summary>
    private void Comment(Origin origin, int start)
    {
        string where = Escaped(origin.ToString());
        if (where.Length > 0 && where != comment)
        {
            text.Append(' ', Math.Max(CommentColumn - (text.Length - start), 1)).Append("// ").Append(where);
            comment = where;
        }
    }

    private static string Escaped(string where) =>
        string.Concat(where.Select(letter => char.IsControl(letter) ? '?' : letter));

    private StringBuilder Indent(int depth) => text.Append(' ', 2 * depth);

    private void Join(ImmutableArray<Value> values, Func<Value, string> told)
    {
        for (int i = 0; i < values.Length; i++)
        {
            text.Append(i == 0 ? "" : ", ").Append(told(values[i]));
        }
    }
}
