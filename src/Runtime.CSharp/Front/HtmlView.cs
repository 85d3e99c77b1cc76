using System.Globalization;
using Adjoint.Core;

namespace Adjoint.Front;

/// <summary>Something as HTML: notebooks show it, and it can be written into a page. Every text in it is escaped.</summary>
[TypeFormatterSource(typeof(HtmlFormatterSource))]
public sealed class HtmlView : IHtml
{
    private readonly string html;

    private HtmlView(Action<TextWriter> write)
    {
        using var writer = new StringWriter(CultureInfo.InvariantCulture);
        write(writer);
        html = writer.ToString();
    }

    /// <summary>An array: its type, its elements in a table that is shortened in the middle, and of a large matrix a picture.</summary>
    public static HtmlView Of(NDArray array) => new(writer => ArrayHtml.Write(array, writer));

    /// <summary>The leaves of a structure in a table: path, type, the smallest, mean and largest finite element, and how many are not finite. Pending work runs.</summary>
    /// <exception cref="StructureException">There are not as many paths as leaves.</exception>
    public static HtmlView Of(IReadOnlyList<string> paths, IReadOnlyList<Expr> leaves)
    {
        ArgumentNullException.ThrowIfNull(paths);
        ArgumentNullException.ThrowIfNull(leaves);
        if (paths.Count != leaves.Count)
        {
            throw new StructureException($"html: {paths.Count} paths are given for {leaves.Count} leaves.").Here();
        }

        long size = leaves.Sum(leaf => (long)leaf.Size);
        return new(writer =>
        {
            var page = new HtmlWriter(writer);
            page.Element("div", () =>
            {
                page.Element("code", string.Create(CultureInfo.InvariantCulture, $"{leaves.Count} tensors, {size} elements"));
                page.Table(["", "type", "smallest", "mean", "largest", "not finite"], paths.Zip(leaves, Row));
            });
        });
    }

    /// <summary>The HTML: one element, well-formed XML too.</summary>
    public override string ToString() => html;

    /// <inheritdoc/>
    void IHtml.WriteHtml(TextWriter writer) => writer.Write(html);

    /// <summary>A text with its spaces and lines.</summary>
    internal static void WriteText(string text, TextWriter writer) => new HtmlWriter(writer).Element("pre", text);

    private static IReadOnlyList<string> Row(string path, Expr leaf)
    {
        if (leaf.Size == 0 || leaf.DType.IsComplex() || !Observer.CanObserve(leaf))
        {
            return [path, leaf.Type.ToString(), "", "", "", ""];
        }

        double[] all = leaf.Value().ToDoubles();
        double[] numbers = [.. all.Where(double.IsFinite)];
        string lost = numbers.Length == all.Length ? "" : (all.Length - numbers.Length).ToString(CultureInfo.InvariantCulture);
        return numbers.Length == 0
            ? [path, leaf.Type.ToString(), "", "", "", lost]
            : [path, leaf.Type.ToString(), Number(numbers.Min()), Number(numbers.Average()), Number(numbers.Max()), lost];
    }

    private static string Number(double number) => number.ToString("G5", CultureInfo.InvariantCulture);
}
