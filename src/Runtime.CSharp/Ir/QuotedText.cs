using System.Globalization;
using System.Text;

namespace Adjoint.Ir;

/// <summary>Strings in quotes. Quotes, backslashes, control characters and surrogates are escaped.</summary>
internal static class QuotedText
{
    internal static void Write(StringBuilder text, string value)
    {
        text.Append('"');
        foreach (char letter in value)
        {
            _ = letter switch
            {
                '"' or '\\' => text.Append('\\').Append(letter),
                '\n' => text.Append("\\n"),
                _ when char.IsControl(letter) || char.IsSurrogate(letter) => text.Append(CultureInfo.InvariantCulture, $"\\u{(int)letter:x4}"),
                _ => text.Append(letter),
            };
        }

        text.Append('"');
    }

    /// <summary>What stands between the quotes, or null where an escape is none.</summary>
    internal static string? Read(ReadOnlySpan<char> quoted)
    {
        if (!quoted.Contains('\\'))
        {
            return quoted.ToString();
        }

        var text = new StringBuilder(quoted.Length);
        for (int i = 0; i < quoted.Length; i++)
        {
            if (quoted[i] != '\\')
            {
                text.Append(quoted[i]);
                continue;
            }

            i++;
            if (Escaped(quoted[i..]) is not { } letter)
            {
                return null;
            }

            i += quoted[i] == 'u' ? 4 : 0;
            text.Append(letter);
        }

        return text.ToString();
    }

    private static char? Escaped(ReadOnlySpan<char> rest) => rest switch
    {
        ['"' or '\\', ..] => rest[0],
        ['n', ..] => '\n',
        ['u', _, _, _, _, ..] when ushort.TryParse(rest[1..5], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ushort code)
            => (char)code,
        _ => null,
    };
}
