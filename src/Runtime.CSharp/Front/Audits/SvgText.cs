using System.Globalization;
using System.Text;
using Adjoint.Ir;

namespace Adjoint.Front.Audits;

/// <summary>Draws a graph as SVG: no scripts, no fonts, nothing from elsewhere.</summary>
internal sealed class SvgText
{
    private const double Margin = 16;
    private const double Header = 38;
    private const double Gap = 18;

    private const string Style = """
        <style>
        text { font: 11px Menlo, Consolas, monospace; fill: #1b1f24 }
        .d { fill: #6b7280 } .s { font-style: italic; fill: #6b7280 }
        rect { rx: 5; stroke: #9aa4b2; fill: #f6f8fa } .p { fill: #e3f2fd; stroke: #64a8dd } .r { fill: #e7f6e7; stroke: #6bb06b }
        .h { fill: #fffaf0; stroke: #d9a441 } .b { fill: #ffffff; stroke: #e5d5b0 } path { fill: none; stroke: #7b8794; stroke-width: 1.1 }
        </style>
        """;

    private readonly StringBuilder text = new();

    internal static string Of(Graph graph)
    {
        Scene scene = Scene.Of(graph);
        Layout.Place(scene);
        var writer = new SvgText();
        string width = Number(scene.Width + (2 * Margin));
        string height = Number(scene.Height + (2 * Margin));
        writer.text.Append($"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\">\n");
        writer.text.Append(Style).Append('\n');
        writer.Draw(scene, Margin, Margin);
        return writer.text.Append("</svg>\n").ToString();
    }

    private void Draw(Scene scene, double x, double y)
    {
        if (scene.Title.Length > 0)
        {
            Text(x, y + 11, "s", scene.Title);
        }

        foreach (Link link in scene.Links)
        {
            Draw(link, x, y);
        }

        foreach (Box box in scene.Boxes.Where(box => box.Kind != BoxKind.Bend))
        {
            Draw(box, x + box.X, y + box.Y);
        }
    }

    private void Draw(Box box, double x, double y)
    {
        string kind = box.Kind switch { BoxKind.Parameter => "p", BoxKind.Result => "r", BoxKind.Holder => "h", _ => "o" };
        text.Append("<g>").Append(box.Hint.Length == 0 ? "" : $"<title>{Escaped(box.Hint)}</title>");
        text.Append($"<rect class=\"{kind}\" x=\"{Number(x)}\" y=\"{Number(y)}\" width=\"{Number(box.Width)}\" height=\"{Number(box.Height)}\"/>");
        Text(x + 8, y + 16, "t", box.Title);
        Text(x + 8, y + 30, "d", box.Detail);
        text.Append("</g>\n");
        double left = x + Gap;
        foreach (Scene inner in box.Inner)
        {
            text.Append($"<rect class=\"b\" x=\"{Number(left - 6)}\" y=\"{Number(y + Header - 2)}\" ")
                .Append($"width=\"{Number(inner.Width + 12)}\" height=\"{Number(inner.Height + 8)}\"/>\n");
            Draw(inner, left, y + Header + 2);
            left += inner.Width + Gap;
        }
    }

    private void Draw(Link link, double x, double y)
    {
        Box[] stops = [.. link.Stops];
        text.Append($"<path d=\"M{Number(x + stops[0].Middle)} {Number(y + stops[0].Y + stops[0].Height)}");
        double from = stops[0].Y + stops[0].Height;
        for (int i = 1; i < stops.Length; i++)
        {
            double half = (from + stops[i].Y) / 2;
            text.Append($" C{Number(x + stops[i - 1].Middle)} {Number(y + half)} {Number(x + stops[i].Middle)} {Number(y + half)} ")
                .Append($"{Number(x + stops[i].Middle)} {Number(y + stops[i].Y)}");
            from = stops[i].Y;
            if (stops[i].Kind == BoxKind.Bend)
            {
                from = stops[i].Y + stops[i].Height;
                text.Append($" L{Number(x + stops[i].Middle)} {Number(y + from)}");
            }
        }

        text.Append("\"/>\n");
    }

    private void Text(double x, double y, string kind, string content) =>
        text.Append($"<text class=\"{kind}\" x=\"{Number(x)}\" y=\"{Number(y)}\">{Escaped(content)}</text>");

    private static string Number(double number) => number.ToString("0.#", CultureInfo.InvariantCulture);

    private static string Escaped(string content)
    {
        var escaped = new StringBuilder(content.Length);
        foreach (char letter in content)
        {
            _ = letter switch
            {
                '&' => escaped.Append("&amp;"),
                '<' => escaped.Append("&lt;"),
                '>' => escaped.Append("&gt;"),
                '"' => escaped.Append("&quot;"),
                _ => escaped.Append(char.IsControl(letter) || char.IsSurrogate(letter) || letter >= '\uFFFE' ? '?' : letter),
            };
        }

        return escaped.ToString();
    }
}
