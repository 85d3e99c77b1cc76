using System.Globalization;

namespace Adjoint.Core;

/// <summary>A matrix of numbers as a picture (SVG): dark is the smallest finite number, light the largest, red is NaN or infinite.</summary>
internal static class HeatMap
{
    /// <summary>A picture is drawn from this many rows and columns on.</summary>
    private const int Least = 12;

    /// <summary>Of more rows or columns, some evenly spaced ones are drawn.</summary>
    private const int Most = 32;

    private const int Cell = 6;

    internal static bool Suits(DType type, int rows, int columns) => !type.IsComplex() && rows >= Least && columns >= Least;

    internal static void Write(NDArray array, int offset, int rows, int columns, TextWriter writer)
    {
        (int high, int wide) = (Math.Min(rows, Most), Math.Min(columns, Most));
        double At(int i, int j) => array.At(offset + ((int)((long)i * rows / high) * columns) + (int)((long)j * columns / wide)).AsDouble;
        double low = double.PositiveInfinity, top = double.NegativeInfinity;
        for (int i = 0; i < high * wide; i++)
        {
            double x = At(i / wide, i % wide);
            (low, top) = double.IsFinite(x) ? (Math.Min(low, x), Math.Max(top, x)) : (low, top);
        }

        writer.Write(string.Create(
            CultureInfo.InvariantCulture,
            $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{wide * Cell}\" height=\"{high * Cell}\" shape-rendering=\"crispEdges\">"));
        writer.Write(string.Create(CultureInfo.InvariantCulture, $"<title>{low:G4} to {top:G4}</title>"));
        for (int i = 0; i < high; i++)
        {
            for (int j = 0; j < wide; j++)
            {
                writer.Write(string.Create(
                    CultureInfo.InvariantCulture,
                    $"<rect x=\"{j * Cell}\" y=\"{i * Cell}\" width=\"{Cell}\" height=\"{Cell}\" fill=\"{Colour(At(i, j), low, top)}\"/>"));
            }
        }

        writer.Write("</svg>");
    }

    private static string Colour(double x, double low, double top)
    {
        if (!double.IsFinite(x))
        {
            return "#d62728";
        }

        // Halved, so that the difference of the largest numbers is finite.
        double part = top > low ? ((x / 2) - (low / 2)) / ((top / 2) - (low / 2)) : 0.5;
        int grey = (int)Math.Round(255 * part);
        return $"#{grey:x2}{grey:x2}{grey:x2}";
    }
}
