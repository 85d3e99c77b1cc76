using System.Globalization;
using System.Text;
using Adjoint.Core;

namespace Adjoint.Formats;

/// <summary>Tables of numbers as text (RFC 4180). Numbers are read and written the same in every culture, with a point.</summary>
public static class Csv
{
    /// <summary>Reads the numbers of a file in UTF-8. An empty line is skipped where a row has more than one field.</summary>
    /// <exception cref="Core.FormatException">
    /// A field is no number, a row has another number of fields, a column is missing or there twice, quotes don't fit, the text is not UTF-8; the
    /// message names the line.
    /// </exception>
    /// <exception cref="DTypeException">The dtype is not f32, f64 or i64.</exception>
    public static CsvTable Load(string path, CsvOptions? options = null, ReadOptions? limits = null)
    {
        using StreamReader text = Open(path);
        return Read(new CsvReader(text, Path.GetFileName(path), Separator(options)), options ?? CsvOptions.Default, limits ?? ReadOptions.Default);
    }

    /// <summary>Reads the numbers of a text.</summary>
    /// <exception cref="Core.FormatException">The text is no table of numbers; the message names the line.</exception>
    /// <exception cref="DTypeException">The dtype is not f32, f64 or i64.</exception>
    public static CsvTable Read(TextReader text, CsvOptions? options = null, ReadOptions? limits = null) =>
        Read(new CsvReader(text, "the text", Separator(options)), options ?? CsvOptions.Default, limits ?? ReadOptions.Default);

    /// <summary>The fields of a file in UTF-8 as texts, row by row while they are read: names of classes, dates. The header is a row.</summary>
    /// <exception cref="Core.FormatException">Quotes don't fit, or the text is not UTF-8; the message names the line.</exception>
    public static IEnumerable<IReadOnlyList<string>> Rows(string path, char separator = ',')
    {
        using StreamReader text = Open(path);
        var reader = new CsvReader(text, Path.GetFileName(path), separator);
        var fields = new List<string>();
        while (reader.Next(fields))
        {
            yield return [.. fields];
        }
    }

    /// <summary>Writes a matrix to a file in UTF-8, whole or not at all: each number as the shortest text that reads back to it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="values">The elements: [rows, columns], or [rows] of one column.</param>
    /// <param name="names">The columns' names; without them no header is written.</param>
    /// <param name="separator">What stands between fields.</param>
    /// <exception cref="ShapeException">The array has not one or two axes, or the names are not as many as the columns.</exception>
    /// <exception cref="DTypeException">The elements are complex.</exception>
    public static void Save(string path, NDArray values, IReadOnlyList<string>? names = null, char separator = ',') =>
        AtomicFile.Write(path, stream =>
        {
            using var text = new StreamWriter(stream, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\n" };
            Write(text, values, names, separator);
        });

    /// <summary>Writes a matrix as text.</summary>
    /// <exception cref="ShapeException">The array has not one or two axes, or the names are not as many as the columns.</exception>
    /// <exception cref="DTypeException">The elements are complex.</exception>
    public static void Write(TextWriter text, NDArray values, IReadOnlyList<string>? names = null, char separator = ',')
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(values);
        if (values.Shape.Rank is not (1 or 2))
        {
            throw new ShapeException($"csv: {values.Describe()} has {values.Shape.Rank} axes; a table has [rows, columns] or [rows].");
        }

        if (values.Type.IsComplex())
        {
            throw new DTypeException($"csv: {values.Describe()} is complex. Write its real and imaginary parts as columns?");
        }

        int rows = values.Shape[0].Value;
        int columns = values.Shape.Rank == 1 ? 1 : values.Shape[1].Value;
        if (names is not null && names.Count != columns)
        {
            throw new ShapeException($"csv: {names.Count} names for {columns} columns of {values.Describe()}.");
        }

        if (names is not null)
        {
            WriteRow(text, names.Select(name => Field(name, separator)), separator);
        }

        for (int row = 0; row < rows; row++)
        {
            WriteRow(text, Enumerable.Range(row * columns, columns).Select(i => Number(values.At(i))), separator);
        }
    }

    private static char Separator(CsvOptions? options) => (options ?? CsvOptions.Default).Separator is var separator and not ('"' or '\n' or '\r')
        ? separator
        : throw new ArgumentException("csv: fields can't be separated by quotes or lines.", nameof(options));

    private static StreamReader Open(string path) => new(path, new UTF8Encoding(false, throwOnInvalidBytes: true));

    private static CsvTable Read(CsvReader reader, CsvOptions options, ReadOptions limits) => options.Type switch
    {
        DType.F64 => new CsvRows<double>(reader, options, limits, Parse<double>, double.NaN).Read(),
        DType.F32 => new CsvRows<float>(reader, options, limits, Parse<float>, float.NaN).Read(),
        DType.I64 => new CsvRows<long>(reader, options, limits, ParseInteger, null).Read(),
        DType other => throw new DTypeException($"csv: columns are read as f32, f64 or i64, not as {other.Name()}. Cast them afterwards?"),
    };

    private static T? Parse<T>(string field)
        where T : struct, IParsable<T> => (field.ToUpperInvariant() switch
        {
            "INF" or "+INF" or "INFINITY" or "+INFINITY" => T.Parse("Infinity", CultureInfo.InvariantCulture),
            "-INF" or "-INFINITY" => T.Parse("-Infinity", CultureInfo.InvariantCulture),
            _ => field.Contains(',', StringComparison.Ordinal) || !T.TryParse(field, CultureInfo.InvariantCulture, out T number) ? null : number,
        });

    private static long? ParseInteger(string field) =>
        long.TryParse(field, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) ? number : null;

    private static void WriteRow(TextWriter text, IEnumerable<string> fields, char separator)
    {
        text.Write(string.Join(separator, fields));
        text.Write('\n');
    }

    private static string Field(string text, char separator) => text.Length == 0 || text.AsSpan().ContainsAny([separator, '"', '\n', '\r'])
        ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
        : text;

    private static string Number(Scalar value) => value.Type switch
    {
        _ when value.Type.IsFloating() && double.IsNaN(value.AsDouble) => "NaN",
        _ when value.Type.IsFloating() && double.IsInfinity(value.AsDouble) => value.AsDouble > 0 ? "inf" : "-inf",
        DType.F32 => ((float)value.AsDouble).ToString("R", CultureInfo.InvariantCulture),
        DType.Bool => value.Bits == 0 ? "0" : "1",
        _ => value.ToString(),
    };
}
