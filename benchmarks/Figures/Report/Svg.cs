using System.Text;

namespace Figures.Report;

/// <summary>A table as a drawing: for each row a mark per counterpart at ours over it, on a logarithmic axis around 1.</summary>
internal static class Svg
{
    private const int Left = 330;
    private const int Width = 420;
    private const int RowHeight = 18;
    private const int Top = 46;

    private static readonly (PeerKind Kind, string Name, string Color)[] Marks =
    [
        (PeerKind.Compiler, "÷ compiled C++", "#0072b2"),
        (PeerKind.Hand, "÷ by hand", "#d55e00"),
        (PeerKind.Limit, "÷ limit of the machine", "#009e73"),
        (PeerKind.Library, "÷ library", "#cc79a7"),
        (PeerKind.Bound, "÷ bound", "#000000"),
    ];

    /// <summary>The drawing, or null if no row has a ratio.</summary>
    public static string? Of(Table table)
    {
        double[] ratios = [.. table.Rows.SelectMany(row => Marks.Select(mark => row.Ratio(mark.Kind))).OfType<double>().Where(r => r > 0)];
        if (ratios.Length == 0)
        {
            return null;
        }

        double low = Math.Min(0.5, Math.Pow(2, Math.Floor(Math.Log2(ratios.Min()))));
        double high = Math.Max(2, Math.Pow(2, Math.Ceiling(Math.Log2(ratios.Max()))));
        double Place(double ratio) => Left + (Width * Math.Log(ratio / low) / Math.Log(high / low));
        int height = Top + (RowHeight * table.Rows.Count) + 30;
        var text = new StringBuilder(
            $"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Left + Width + 20} {height}" font-family="sans-serif" font-size="11">
            <rect width="100%" height="100%" fill="white"/>
            <text x="8" y="16" font-size="13" font-weight="bold">{Escape(table.Title)}: time of Adjoint over that of others</text>

            """);
        Legend(text, table);
        Axis(text, low, high, height, Place);
        for (int i = 0; i < table.Rows.Count; i++)
        {
            Draw(text, table.Rows[i], Top + (RowHeight * i) + 13, Place);
        }

        return text.Append("</svg>\n").ToString();
    }

    private static void Legend(StringBuilder text, Table table)
    {
        int x = 8;
        foreach ((PeerKind kind, string name, string color) in Marks.Where(mark => table.Rows.Any(row => row.Ratio(mark.Kind) > 0)))
        {
            text.Append($"""<circle cx="{x + 4}" cy="30" r="4" fill="{color}"/><text x="{x + 12}" y="34">{name}</text>""").Append('\n');
            x += 24 + (name.Length * 6);
        }
    }

    private static void Axis(StringBuilder text, double low, double high, int height, Func<double, double> place)
    {
        double step = Math.Log2(high / low) > 12 ? 16 : Math.Log2(high / low) > 6 ? 4 : 2;
        for (double ratio = low; ratio <= high * 1.001; ratio *= step)
        {
            string color = Math.Abs(ratio - 1) < 1e-9 ? "#444" : "#ddd";
            string label = ratio < 1 ? $"1/{1 / ratio:0}" : $"{ratio:0}";
            text.Append($"""<line x1="{place(ratio):0.0}" x2="{place(ratio):0.0}" y1="{Top}" y2="{height - 24}" stroke="{color}"/>""");
            text.Append($"""<text x="{place(ratio):0.0}" y="{height - 10}" text-anchor="middle">{label}</text>""").Append('\n');
        }

        text.Append($"""<line x1="{place(1):0.0}" x2="{place(1):0.0}" y1="{Top}" y2="{height - 24}" stroke="#444"/>""").Append('\n');
    }

    private static void Draw(StringBuilder text, Row row, int y, Func<double, double> place)
    {
        string threads = row.Threads > 1 ? $", {row.Threads} threads" : "";
        text.Append($"""<text x="{Left - 8}" y="{y}" text-anchor="end">{Escape(row.Name + threads)}</text>""");
        foreach ((PeerKind kind, _, string color) in Marks)
        {
            if (row.Ratio(kind) is > 0 and double ratio)
            {
                text.Append($"""<circle cx="{place(ratio):0.0}" cy="{y - 4}" r="4" fill="{color}" fill-opacity="0.8"/>""");
            }
        }

        text.Append('\n');
    }

    private static string Escape(string text) => text.Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;");
}
