using System.Text;
using Adjoint.Ir;

namespace Adjoint.Front.Audits;

/// <summary>Writes a graph in DOT, the language of Graphviz; bodies are clusters.</summary>
internal sealed class DotText
{
    private readonly StringBuilder text = new();
    private readonly Dictionary<Box, int> numbers = [];
    private int clusters;

    internal static string Of(Graph graph)
    {
        var writer = new DotText();
        writer.text.Append("digraph adjoint {\n  node [shape=box, fontname=\"monospace\", fontsize=10];\n");
        writer.Write(Scene.Of(graph), 1);
        return writer.text.Append("}\n").ToString();
    }

    private void Write(Scene scene, int depth)
    {
        foreach (Box box in scene.Boxes)
        {
            numbers[box] = numbers.Count;
            string style = box.Kind switch
            {
                BoxKind.Parameter => ", style=filled, fillcolor=\"#e3f2fd\"",
                BoxKind.Result => ", style=filled, fillcolor=\"#e7f6e7\"",
                BoxKind.Holder => ", style=filled, fillcolor=\"#fffaf0\"",
                _ => "",
            };
            Indent(depth).Append($"n{numbers[box]} [label=\"{Escaped(box.Title)}\\n{Escaped(box.Detail)}\", tooltip=\"{Escaped(box.Hint)}\"{style}];\n");
            foreach (Scene inner in box.Inner)
            {
                Indent(depth).Append($"subgraph cluster_{clusters++} {{\n");
                Indent(depth + 1).Append($"label=\"{Escaped($"{inner.Title} of {box.Title}")}\";\n");
                Write(inner, depth + 1);
                Indent(depth).Append("}\n");
            }

            if (box.Inner.Find(inner => inner.Boxes.Count > 0) is { } first)
            {
                Indent(depth).Append($"n{numbers[box]} -> n{numbers[first.Boxes[0]]} [style=dotted, arrowhead=none];\n");
            }
        }

        foreach (Link link in scene.Links)
        {
            Indent(depth).Append($"n{numbers[link.From]} -> n{numbers[link.To]};\n");
        }
    }

    private StringBuilder Indent(int depth) => text.Append(' ', 2 * depth);

    private static string Escaped(string content) => string.Concat(content.Select(letter => letter switch
    {
        '"' => "\\\"",
        '\\' => "\\\\",
        _ when char.IsControl(letter) => "?",
        _ => letter.ToString(),
    }));
}
