using Adjoint.Core;
using Adjoint.Primitives;

namespace Adjoint.Formats;

/// <summary>How a table is written as text.</summary>
public sealed record CsvOptions
{
    /// <summary>A header, commas, f64, all columns.</summary>
    public static CsvOptions Default { get; } = new();

    /// <summary>Whether the first row names the columns; otherwise they are named by their numbers, from 0.</summary>
    public bool Header { get; init; } = true;

    /// <summary>What stands between fields: a comma, a semicolon, a tab…</summary>
    public char Separator { get; init; } = ',';

    /// <summary>The dtype of the elements: f32, f64 or i64.</summary>
    public DType Type { get; init; } = DType.F64;

    /// <summary>The columns to read, by name, in the order that is wanted; all of them where this is null.</summary>
    public IReadOnlyList<string>? Columns { get; init; }

    /// <summary>What stands for a missing number, beside nothing at all: NaN is read. In i64 no number may be missing.</summary>
    public IReadOnlyList<string> Missing { get; init; } = ["NA", "N/A", "NaN", "nan", "null", "?"];
}

/// <summary>A table of numbers.</summary>
/// <param name="Names">The columns' names.</param>
/// <param name="Values">The elements: [rows, columns].</param>
[TypeFormatterSource(typeof(HtmlFormatterSource))]
public sealed record CsvTable(IReadOnlyList<string> Names, NDArray Values) : IHtml
{
    /// <summary>One column: [rows].</summary>
    /// <exception cref="StructureException">There is no such column.</exception>
    public NDArray Column(string name)
    {
        int place = Names.ToList().IndexOf(name);
        int[] strides = Values.Shape.Strides();
        return place >= 0
            ? Strided.Copy(Values, Shape.Of(Values.Shape[0].Value), [strides[0]], place)
            : throw new StructureException($"csv: there is no column {name}; there are {string.Join(", ", Names)}.");
    }

    /// <inheritdoc/>
    void IHtml.WriteHtml(TextWriter writer)
    {
        const int most = 20;
        int width = Names.Count;
        new HtmlWriter(writer).Element("div", () =>
        {
            new HtmlWriter(writer).Element("code", Values.Describe());
            new HtmlWriter(writer).Table([.. Names], Enumerable.Range(0, Math.Min(most, Values.Shape[0].Value)).Select(
                row => (string[])[.. Enumerable.Range(row * width, width).Select(i => ArrayText.Element(Values.At(i)))]));
        });
    }

    /// <summary>The names, and dtype and shape of the elements.</summary>
    public override string ToString() => $"{string.Join(", ", Names)}: {Values.Describe()}";
}
