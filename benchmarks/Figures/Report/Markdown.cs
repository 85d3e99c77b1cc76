using System.Text;

namespace Figures.Report;

/// <summary>Tables as Markdown. A cell of a counterpart holds its amount and, in brackets, ours over it.</summary>
internal static class Markdown
{
    /// <summary>A heading, the note, and the table.</summary>
    public static string Of(Table table)
    {
        string[] columns = [.. table.Rows.SelectMany(row => row.Peers).Select(peer => peer.Name).Distinct()];
        bool threads = table.Rows.Select(row => row.Threads).Distinct().Count() > 1;
        bool judged = table.Rows.Any(row => row.Goals.Count > 0);
        string[] goals = [.. table.Rows.Where(row => row.Goals.Count > 0).Select(Goals).Distinct()];
        string[] head = ["", .. threads ? ["threads"] : Empty, "Adjoint", .. columns, .. judged ? [goals.Length == 1 ? goals[0] : "at most"] : Empty];
        var text = new StringBuilder($"## {table.Title}\n\n{table.Note}\n\n");
        text.Append(Line(head)).Append(Line(head.Select((_, i) => i == 0 ? "---" : "---:")));
        foreach (Row row in table.Rows)
        {
            text.Append(Line(
                [row.Name, .. threads ? [$"{row.Threads}"] : Empty, Own(row), .. columns.Select(c => Cell(row, c)), .. judged ? [Verdict(row, goals.Length > 1)] : Empty]));
        }

        return text.ToString();
    }

    /// <summary>A row in one line.</summary>
    public static string Summary(Row row) => row.Failure ?? string.Join(
        ", ",
        row.Peers.Select(peer => $"{peer.Name} {Amounts.Text(peer.Amount, row.Unit)}{Bracketed(row.Amount / peer.Amount)}")
            .Prepend(Amounts.Text(row.Amount, row.Unit)));

    private static readonly string[] Empty = [];

    private static string Verdict(Row row, bool named)
    {
        string met = row.Meets() switch
        {
            true => "met",
            false => "**not met**",
            null => "",
        };
        return named && row.Goals.Count > 0 ? $"{Goals(row)}: {met}" : met;
    }

    /// <summary>All of the others, or that of the limit alone.</summary>
    private static string Goals(Row row)
    {
        string[] Texts(bool limits) =>
            [.. row.Goals.Where(goal => goal.Kind == PeerKind.Limit == limits).Select(goal => $"{Amounts.Ratio(goal.Ratio)} × {Name(goal.Kind)}")];
        return string.Join(" or ", new[] { string.Join(" and ", Texts(false)), string.Join(" and ", Texts(true)) }.Where(text => text != ""));
    }

    private static string Own(Row row) => row.Failure ?? Amounts.Text(row.Amount, row.Unit);

    private static string Cell(Row row, string column) => row.Peers.FirstOrDefault(peer => peer.Name == column) is { } peer
        ? $"{Amounts.Text(peer.Amount, row.Unit)}{Bracketed(row.Amount / peer.Amount)}"
        : "";

    private static string Bracketed(double ratio) => double.IsFinite(ratio) ? $" ({Amounts.Ratio(ratio)})" : "";

    private static string Name(PeerKind kind) => kind switch
    {
        PeerKind.Compiler => "compiler",
        PeerKind.Hand => "hand",
        PeerKind.Limit => "limit",
        PeerKind.Library => "library",
        _ => "bound",
    };

    private static string Line(IEnumerable<string> cells) => $"| {string.Join(" | ", cells)} |\n";
}
