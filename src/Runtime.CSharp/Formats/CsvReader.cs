using System.Globalization;
using System.Text;

namespace Adjoint.Formats;

/// <summary>Cuts a text in rows and fields (RFC 4180): fields may stand in quotes, and quotes inside are doubled.</summary>
internal sealed class CsvReader
{
    private readonly TextReader text;
    private readonly string name;
    private readonly char separator;
    private readonly StringBuilder field = new();
    private int line = 1;
    private int? next;

    internal CsvReader(TextReader text, string name, char separator)
    {
        this.text = text;
        this.name = name;
        this.separator = separator;
    }

    /// <summary>The line where the last row began.</summary>
    internal int RowLine { get; private set; }

    /// <summary>An error in a line.</summary>
    internal Core.FormatException Error(int at, string problem) =>
        new(string.Create(CultureInfo.InvariantCulture, $"csv: {name}, line {at}: {problem}"));

    /// <summary>The fields of the next row, or false where the text is over.</summary>
    internal bool Next(List<string> fields)
    {
        fields.Clear();
        RowLine = line;
        try
        {
            if (Peek() < 0)
            {
                return false;
            }

            bool more = true;
            while (more)
            {
                more = Peek() == '"' ? Quoted() : Plain();
                fields.Add(field.ToString());
                field.Clear();
            }

            return true;
        }
        catch (DecoderFallbackException)
        {
            throw Error(line, "the text is not UTF-8.");
        }
    }

    /// <summary>Reads a field without quotes; whether another one follows in the row.</summary>
    private bool Plain()
    {
        for (int letter = Take(); ; letter = Take())
        {
            if (letter == separator)
            {
                return true;
            }

            if (letter < 0 || EndsLine(letter))
            {
                return false;
            }

            if (letter == '"')
            {
                throw Error(line, "a quote stands inside a field without quotes. Put the field in quotes, and double the quotes inside.");
            }

            field.Append((char)letter);
        }
    }

    /// <summary>Reads a field in quotes; whether another one follows in the row.</summary>
    private bool Quoted()
    {
        int start = line;
        Take();
        while (true)
        {
            int letter = Take();
            if (letter < 0)
            {
                throw Error(start, "a quote is opened and never closed.");
            }

            if (letter == '"' && Peek() != '"')
            {
                return Follows();
            }

            letter = letter == '"' ? Take() : letter;
            line += letter == '\n' ? 1 : 0;
            field.Append((char)letter);
        }
    }

    /// <summary>What comes after a closing quote: a separator or the row's end.</summary>
    private bool Follows()
    {
        int letter = Take();
        if (letter == separator)
        {
            return true;
        }

        return letter < 0 || EndsLine(letter) ? false : throw Error(line, $"'{(char)letter}' stands behind a closing quote.");
    }

    /// <summary>The next letter, or −1 at the end. A reader's own look ahead may give up early.</summary>
    private int Peek() => next ??= text.Read();

    private int Take()
    {
        int letter = Peek();
        next = null;
        return letter;
    }

    private bool EndsLine(int letter)
    {
        if (letter == '\r' && Peek() == '\n')
        {
            letter = Take();
        }

        line += letter is '\n' or '\r' ? 1 : 0;
        return letter is '\n' or '\r';
    }
}
