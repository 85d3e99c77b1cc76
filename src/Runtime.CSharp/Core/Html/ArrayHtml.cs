using System.Globalization;

namespace Adjoint.Core;

/// <summary>How an array looks in a notebook: its type, a table of its elements, shortened in the middle, and of a large matrix a picture.</summary>
internal static class ArrayHtml
{
    /// <summary>Of more axes than two, the first matrices are shown.</summary>
    private const int MostMatrices = 3;

    internal static void Write(NDArray array, TextWriter writer)
    {
        var html = new HtmlWriter(writer);
        html.Element("div", () =>
        {
            html.Element("code", array.Describe());
            if (array.Shape.Rank == 0)
            {
                html.Element("p", ArrayText.Element(array.At(0)));
            }
            else if (array.Size > 0)
            {
                Matrices(array, html, writer);
            }
        });
    }

    private static void Matrices(NDArray array, HtmlWriter html, TextWriter writer)
    {
        (int rows, int columns) = array.Shape.Rank == 1 ? (1, array.Shape[0].Value) : (array.Shape[^2].Value, array.Shape[^1].Value);
        int count = array.Size / (rows * columns);
        for (int i = 0; i < Math.Min(count, MostMatrices); i++)
        {
            if (count > 1)
            {
                html.Element("p", Place(array.Shape, i));
            }

            if (HeatMap.Suits(array.Type, rows, columns))
            {
                HeatMap.Write(array, i * rows * columns, rows, columns, writer);
            }

            Table(array, i * rows * columns, rows, columns, html);
        }

        if (count > MostMatrices)
        {
            html.Element("p", string.Create(CultureInfo.InvariantCulture, $"… and {count - MostMatrices} more"));
        }
    }

    private static void Table(NDArray array, int offset, int rows, int columns, HtmlWriter html)
    {
        int?[] across = [.. Shown(columns)];
        int?[] down = [.. Shown(rows)];
        html.Table(
            ["", .. across.Select(Number)],
            down.Select(row => (IReadOnlyList<string>)
            [
                rows == 1 && array.Shape.Rank == 1 ? "" : Number(row),
                .. across.Select(column => row is { } i && column is { } j ? ArrayText.Element(array.At(offset + (i * columns) + j)) : "…"),
            ]));
    }

    /// <summary>The indices that are shown along an axis; null stands for those between.</summary>
    private static IEnumerable<int?> Shown(int extent)
    {
        for (int i = 0; i < extent; i++)
        {
            if (extent > ArrayText.Most && i == ArrayText.Edge)
            {
                yield return null;
                i = extent - ArrayText.Edge;
            }

            yield return i;
        }
    }

    private static string Number(int? index) => index?.ToString(CultureInfo.InvariantCulture) ?? "…";

    /// <summary>Where the matrix of this number is: [1, 0, :, :].</summary>
    private static string Place(Shape shape, int number)
    {
        var indices = new int[shape.Rank - 2];
        for (int axis = indices.Length - 1; axis >= 0; axis--)
        {
            indices[axis] = number % shape[axis].Value;
            number /= shape[axis].Value;
        }

        return $"[{string.Join(", ", indices)}, :, :]";
    }
}
