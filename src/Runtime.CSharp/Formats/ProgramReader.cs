using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Formats;

/// <summary>Reads programs from text.</summary>
internal sealed class ProgramReader(ByteReader file, ReadOptions? options, PrimitiveCatalogue catalogue)
{
    private const int MostHead = 128;
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    private readonly Dictionary<string, string> notes = new(StringComparer.Ordinal);
    private readonly List<string> parameters = [];
    private readonly List<string> results = [];
    private readonly List<NDArray> constants = [];
    private byte[] text = [];
    private int position;
    private int lines;

    internal SavedProgram Read()
    {
        text = file.Rest("the program");
        CheckHead();
        while (position < text.Length && !At("graph("u8))
        {
            ReadLine();
        }

        Graph graph = ReadGraph();
        try
        {
            return new(graph, parameters, results, constants, notes);
        }
        catch (StructureException error)
        {
            throw file.Error(error.Message, position);
        }
    }

    /// <summary>Version and checksum.</summary>
    private void CheckHead()
    {
        string version = Head();
        if (version == ProgramWriter.Version + '\r')
        {
            throw file.Error("the ends of its lines were changed on its way here. Transfer it byte for byte.", version.Length - 1);
        }

        if (version != ProgramWriter.Version)
        {
            throw file.Error(
                version.StartsWith("adjoint program ", StringComparison.Ordinal)
                    ? $"this is '{NpyLiteral.Shown(version)}'; the library reads '{ProgramWriter.Version}'."
                    : $"this is no program: its first line is not '{ProgramWriter.Version}'.",
                0);
        }

        int place = position;
        string said = Head();
        string found = ProgramWriter.Checksum + Convert.ToHexStringLower(SHA256.HashData(text.AsSpan(position)));
        if (said != found)
        {
            throw file.Error("the file was changed or damaged: what follows has another checksum than this line says.", place);
        }
    }

    /// <summary>A short line.</summary>
    private string Head()
    {
        ReadOnlySpan<byte> rest = text.AsSpan(position);
        int end = rest[..Math.Min(rest.Length, MostHead)].IndexOf((byte)'\n');
        string line = end < 0 ? "" : Encoding.Latin1.GetString(rest[..end]);
        position += end + 1;
        lines++;
        return line;
    }

    private void ReadLine()
    {
        int end = text.AsSpan(position).IndexOf((byte)'\n');
        if (end < 0)
        {
            throw file.Error("the file is cut short: the graph is missing.", position);
        }

        if (At("constant "u8))
        {
            ReadConstant(text.AsSpan(position, end));
        }
        else
        {
            ReadTexts(Decoded(text.AsSpan(position, end)));
        }

        position += end + 1;
        lines++;
    }

    private void ReadTexts(string line)
    {
        string[] texts = Quoted(line);
        switch (line.Split(' ')[0])
        {
            case "note" when texts.Length == 2 && notes.TryAdd(texts[0], texts[1]): break;
            case "parameter" when texts.Length == 1: parameters.Add(texts[0]); break;
            case "result" when texts.Length == 1: results.Add(texts[0]); break;
            default:
                throw file.Error(
                    $"'{NpyLiteral.Shown(line)}' stands where a note, a parameter, a result, a constant or the graph is wanted.", position);
        }
    }

    /// <summary>The texts in quotes after the first word of a line; none where the line has anything else.</summary>
    private static string[] Quoted(string line)
    {
        var texts = new List<string>();
        for (int start = line.IndexOf(' ', StringComparison.Ordinal); start >= 0 && start < line.Length;)
        {
            int end = start + 2;
            while (end < line.Length && line[end] != '"')
            {
                end += line[end] == '\\' ? 2 : 1;
            }

            if (end >= line.Length || line[start] != ' ' || line[start + 1] != '"' || QuotedText.Read(line.AsSpan(start + 2, end - start - 2)) is not { } value)
            {
                return [];
            }

            texts.Add(value);
            start = end + 1;
        }

        return [.. texts];
    }

    /// <summary>constant f32[3] digits: the digits are counted before memory is taken.</summary>
    private void ReadConstant(ReadOnlySpan<byte> line)
    {
        ReadOnlySpan<byte> rest = line["constant ".Length..];
        int space = rest.LastIndexOf((byte)' ');
        TensorType type = TypeOf(space < 0 ? "" : Decoded(rest[..space]));
        ReadOnlySpan<byte> digits = rest[(space + 1)..];
        long count = (long)type.Shape.Size * type.DType.Size();
        if (digits.Length != (count + 2) / 3 * 4)
        {
            throw file.Error($"a constant {type} takes {(count + 2) / 3 * 4} digits, there are {digits.Length}.", position);
        }

        byte[] bytes = new byte[count];
        if (Base64.DecodeFromUtf8(digits, bytes, out int used, out int written) != System.Buffers.OperationStatus.Done
            || used != digits.Length || written != count)
        {
            throw file.Error($"the elements of a constant {type} are no digits to the base 64.", position);
        }

        constants.Add(new ByteReader(ProgramWriter.Format, new MemoryStream(bytes), options, $"{file.Name}, line {lines + 1}").Array(type, "the constant"));
    }

    private TensorType TypeOf(string type)
    {
        try
        {
            var lexer = new GraphLexer(type);
            if (new TypeParser(lexer).Read() is TensorType tensor && lexer.Next.Kind == TokenKind.End && tensor.Shape.Size >= 0)
            {
                return tensor;
            }
        }
        catch (AdjointException error)
        {
            throw file.Error($"'{NpyLiteral.Shown(type)}' is no type of a constant: {error.Message}", position);
        }

        throw file.Error($"'{NpyLiteral.Shown(type)}' is no type of a constant.", position);
    }

    private Graph ReadGraph()
    {
        string graph = Decoded(text.AsSpan(position));
        try
        {
            return GraphText.Parse(graph, catalogue);
        }
        catch (Core.FormatException error)
        {
            throw file.Error($"the graph, which begins at line {lines + 1}, is damaged: {error.Message}", position);
        }
    }

    private bool At(ReadOnlySpan<byte> word) => text.AsSpan(position).StartsWith(word);

    private string Decoded(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return Strict.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw file.Error("the text is not UTF-8.", position);
        }
    }
}
