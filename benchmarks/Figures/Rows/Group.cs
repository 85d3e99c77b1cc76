using Adjoint.Core;
using Figures.Measure;
using Figures.Report;

namespace Figures.Rows;

/// <summary>Rows of one table, made when they are measured so that arguments of one row are let go before the next.</summary>
/// <param name="Key">The name of the drawing, and what --only can name.</param>
/// <param name="Title">The heading.</param>
/// <param name="Note">How the rows are taken.</param>
/// <param name="Rows">Each with its name, and what measures it.</param>
internal sealed record Group(string Key, string Title, string Note, IReadOnlyList<(string Name, Func<Setting, IEnumerable<Row>> Measure)> Rows)
{
    /// <summary>How many processors the process of each row sees; null if rows are measured in this process.</summary>
    public int? Processors { get; init; }

    /// <summary>Whether each row is measured in a fresh process.</summary>
    public bool IsFresh { get; init; }

    /// <summary>Rows made of the others.</summary>
    public Func<IReadOnlyList<Row>, IEnumerable<Row>> Summary { get; init; } = _ => [];

    /// <summary>A group of kernels.</summary>
    public static Group Of(string key, string title, string note, IEnumerable<(string Name, Func<Kernel> Make)> kernels) =>
        new(key, title, note, [.. kernels.Select(kernel => (kernel.Name, Measurer(kernel.Make)))]);

    /// <summary>The table of the rows that are wanted, or null if none is.</summary>
    public Table? Measure(Setting setting)
    {
        var wanted = Rows.Where(row => setting.Wants(Key, row.Name)).ToArray();
        List<Row> rows = [.. wanted.SelectMany(row => Guarded(row.Name, Place(row.Name, row.Measure), setting))];
        return rows.Count == 0 ? null : new(Title, Note, [.. rows, .. Summary(rows)]);
    }

    /// <summary>Measures one row in this process.</summary>
    public IReadOnlyList<Row> MeasureHere(string name, Setting setting) =>
        Guarded(name, Rows.First(row => row.Name == name).Measure, setting);

    private Func<Setting, IEnumerable<Row>> Place(string name, Func<Setting, IEnumerable<Row>> here) =>
        IsFresh ? setting => Child.Medians(Key, name, setting.IsQuick ? 2 : 7, setting)
        : Processors is not null ? setting => Child.Measure(Key, name, Processors, setting)
        : here;

    /// <summary>What fails costs its row alone.</summary>
    private static List<Row> Guarded(string name, Func<Setting, IEnumerable<Row>> measure, Setting setting)
    {
        List<Row> rows = [];
        try
        {
            foreach (Row row in measure(setting))
            {
                setting.Log($"{row.Name}, {row.Threads}: {Markdown.Summary(row)}");
                rows.Add(row);
            }
        }
        catch (Exception error) when (error is AdjointException or DisagreementException or InvalidOperationException)
        {
            rows.Add(Row.Failed(name, 1, error.Message.Split('\n')[0]));
            setting.Log($"{name}: {rows[^1].Failure}");
        }

        return rows;
    }

    private static Func<Setting, IEnumerable<Row>> Measurer(Func<Kernel> make) => setting => KernelRun.Measure(make(), setting);
}
