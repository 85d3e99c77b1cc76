using Adjoint.Core;

namespace Adjoint.Formats;

/// <summary>Reads the rows of a table as numbers.</summary>
/// <param name="reader">Gives the rows.</param>
/// <param name="options">What is wanted.</param>
/// <param name="limits">What it may cost.</param>
/// <param name="parse">A field as a number, or null.</param>
/// <param name="missing">What a missing number is, or null where none may be missing.</param>
internal sealed class CsvRows<T>(CsvReader reader, CsvOptions options, ReadOptions limits, Func<string, T?> parse, T? missing)
    where T : unmanaged
{
    private const int RowsBetweenLooks = 1024;

    private readonly List<T> numbers = [];
    private readonly List<string> fields = [];
    private string[] names = [];
    private int[] columns = [];

    internal CsvTable Read()
    {
        int rows = 0;
        bool begun = false;
        while (reader.Next(fields))
        {
            if (fields is [""] && (!begun || names.Length > 1))
            {
                continue;
            }

            if (!begun)
            {
                begun = true;
                Begin();
                if (options.Header)
                {
                    continue;
                }
            }

            AddRow(rows++);
        }

        if (!begun)
        {
            Begin();
        }

        return new([.. columns.Select(column => names[column])], NDArray.Own(Shape.Of(rows, columns.Length), numbers.ToArray()));
    }

    /// <summary>The columns' names, and which of them are wanted.</summary>
    private void Begin()
    {
        names = options.Header ? [.. fields] : [.. fields.Select((_, i) => i.ToString(System.Globalization.CultureInfo.InvariantCulture))];
        columns = options.Columns is { } wanted ? [.. wanted.Select(PlaceOf)] : [.. Enumerable.Range(0, names.Length)];
    }

    private int PlaceOf(string name)
    {
        int place = Array.IndexOf(names, name);
        return place < 0 ? throw reader.Error(reader.RowLine, $"there is no column {name}; there are {string.Join(", ", names.Take(10))}.")
            : Array.LastIndexOf(names, name) == place ? place
            : throw reader.Error(reader.RowLine, $"two columns are named {name}.");
    }

    private void AddRow(int row)
    {
        if (row % RowsBetweenLooks == 0)
        {
            limits.Cancellation.ThrowIfCancellationRequested();
        }

        if (fields.Count != names.Length)
        {
            throw reader.Error(reader.RowLine, $"the row has {fields.Count} fields, the first has {names.Length}.");
        }

        if ((numbers.Count + columns.Length) * (long)System.Runtime.CompilerServices.Unsafe.SizeOf<T>() > limits.MostBytes)
        {
            throw reader.Error(reader.RowLine, $"the table takes more bytes than the reader allows, {limits.MostBytes}.");
        }

        foreach (int column in columns)
        {
            numbers.Add(NumberOf(fields[column].Trim(), names[column]));
        }
    }

    private T NumberOf(string field, string column)
    {
        if (field.Length == 0 || options.Missing.Contains(field, StringComparer.Ordinal))
        {
            return missing ?? throw reader.Error(reader.RowLine, $"column {column} has no number, and {DTypes.Of<T>().Name()} has no NaN.");
        }

        return parse(field) ?? throw reader.Error(
            reader.RowLine, $"'{NpyLiteral.Shown(field)}' in column {column} is no {DTypes.Of<T>().Name()}. Read other columns?");
    }
}
