using System.Globalization;
using System.Text;

namespace Adjoint.Formats;

/// <summary>
/// Reads the only text that a header of NumPy's format may be: a dictionary of the keys descr, fortran_order and shape, with a string,
/// True or False, and a tuple of integers; then spaces. Nothing is evaluated.
/// </summary>
internal sealed class NpyLiteral(byte[] text, long start, ByteReader reader)
{
    private const int MostShown = 40;
    private int position;

    /// <summary>The dtype's code: &lt;f8.</summary>
    internal string Descr { get; private set; } = "";

    /// <summary>Where in the file the code stands.</summary>
    internal long DescrPlace { get; private set; }

    /// <summary>Whether the first index runs fastest.</summary>
    internal bool Fortran { get; private set; }

    /// <summary>The extents.</summary>
    internal List<long> Extents { get; } = [];

    /// <summary>Where in the file the extents stand.</summary>
    internal long ShapePlace { get; private set; }

    private byte Next => position < text.Length ? text[position] : (byte)0;

    /// <summary>A text for a message, shortened.</summary>
    internal static string Shown(string value) => value.Length <= MostShown ? value : value[..MostShown] + "…";

    /// <summary>Reads the whole text.</summary>
    internal void Read()
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        Expect('{');
        while (!TryTake('}'))
        {
            long place = Place();
            string key = Quoted();
            Expect(':');
            Entry(key, place);
            if (!seen.Add(key))
            {
                throw reader.Error($"the header has the key {key} twice.", place);
            }

            if (!TryTake(','))
            {
                Expect('}');
                break;
            }
        }

        SkipSpaces();
        if (position < text.Length)
        {
            throw Unexpected("the header's end");
        }

        if (seen.Count < 3)
        {
            string missing = new[] { "descr", "fortran_order", "shape" }.First(key => !seen.Contains(key));
            throw reader.Error($"the header has no {missing}.", start);
        }
    }

    private void Entry(string key, long place)
    {
        switch (key)
        {
            case "descr":
                DescrPlace = Place();
                Descr = Next == '[' ? throw reader.Error("the array has named fields, which are not read. Save each field by itself?", DescrPlace) : Quoted();
                break;
            case "fortran_order":
                SkipSpaces();
                Fortran = TryWord("True") || (TryWord("False") ? false : throw Unexpected("True or False"));
                break;
            case "shape":
                ShapePlace = Place();
                Tuple();
                break;
            default:
                throw reader.Error($"the header has the key {Shown(key)}; it may have descr, fortran_order and shape.", place);
        }
    }

    private void Tuple()
    {
        Expect('(');
        while (!TryTake(')'))
        {
            Extents.Add(Integer());
            bool comma = TryTake(',');
            if (!comma && Extents.Count == 1)
            {
                throw Unexpected("','");
            }

            if (!comma)
            {
                Expect(')');
                break;
            }
        }
    }

    private long Integer()
    {
        SkipSpaces();
        int from = position;
        position += Next == '-' ? 1 : 0;
        while (char.IsAsciiDigit((char)Next))
        {
            position++;
        }

        string digits = Encoding.ASCII.GetString(text, from, position - from);
        position += Next == 'L' && digits.Length > 0 ? 1 : 0;       // Python 2 wrote long integers so.
        if (digits is "" or "-")
        {
            throw Unexpected("an extent");
        }

        return long.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value)
            ? value
            : throw reader.Error($"the extent {Shown(digits)} is said; it must be 0 to {int.MaxValue}.", start + from);
    }

    private string Quoted()
    {
        SkipSpaces();
        byte quote = Next;
        if (quote is not ((byte)'\'' or (byte)'"'))
        {
            throw Unexpected("a string in quotes");
        }

        int end = Array.IndexOf(text, quote, position + 1);
        string value = end < 0 ? throw Unexpected("a string that ends") : Encoding.UTF8.GetString(text, position + 1, end - position - 1);
        position = value.Contains('\\', StringComparison.Ordinal) ? throw Unexpected("a string without backslashes") : end + 1;
        return value;
    }

    private bool TryWord(string word)
    {
        bool met = text.AsSpan(position).StartsWith(Encoding.ASCII.GetBytes(word));
        position += met ? word.Length : 0;
        return met;
    }

    private bool TryTake(char letter)
    {
        SkipSpaces();
        bool met = Next == letter;
        position += met ? 1 : 0;
        return met;
    }

    private void Expect(char letter)
    {
        if (!TryTake(letter))
        {
            throw Unexpected($"'{letter}'");
        }
    }

    private void SkipSpaces()
    {
        while (position < text.Length && text[position] is (byte)' ' or (byte)'\t' or (byte)'\n' or (byte)'\r')
        {
            position++;
        }
    }

    private long Place()
    {
        SkipSpaces();
        return start + position;
    }

    private Core.FormatException Unexpected(string wanted)
    {
        string found = position == text.Length ? "the header ends"
            : text[position] is > 32 and < 127 ? $"'{(char)text[position]}' stands"
            : $"the byte 0x{text[position]:x2} stands";
        return reader.Error($"{found} where {wanted} is wanted.", start + position);
    }
}
