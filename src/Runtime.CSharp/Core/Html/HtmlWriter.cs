using System.Net;

namespace Adjoint.Core;

/// <summary>Writes elements of HTML that are well-formed XML too; texts and attributes are escaped.</summary>
internal readonly struct HtmlWriter(TextWriter writer)
{
    /// <summary>An element and what is inside.</summary>
    internal void Element(string name, Action inside, string attributes = "")
    {
        writer.Write($"<{name}{attributes}>");
        inside();
        writer.Write($"</{name}>");
    }

    /// <summary>An element with a text inside.</summary>
    internal void Element(string name, string text, string attributes = "")
    {
        writer.Write($"<{name}{attributes}>");
        writer.Write(Escaped(text));
        writer.Write($"</{name}>");
    }

    /// <summary>A table of a header and rows of texts.</summary>
    internal void Table(IReadOnlyList<string> header, IEnumerable<IReadOnlyList<string>> rows)
    {
        HtmlWriter self = this;
        Element("table", () =>
        {
            self.Element("thead", () => self.Row("th", header));
            self.Element("tbody", () =>
            {
                foreach (IReadOnlyList<string> row in rows)
                {
                    self.Row("td", row);
                }
            });
        });
    }

    /// <summary>A text whose marks mean nothing. Control characters, which no page may hold, become a replacement character.</summary>
    internal static string Escaped(string text) =>
        WebUtility.HtmlEncode(string.Concat(text.Select(letter => char.IsControl(letter) && letter is not ('\n' or '\t') ? '\uFFFD' : letter)));

    private void Row(string cell, IReadOnlyList<string> texts)
    {
        HtmlWriter self = this;
        Element("tr", () =>
        {
            foreach (string text in texts)
            {
                self.Element(cell, text);
            }
        });
    }
}
