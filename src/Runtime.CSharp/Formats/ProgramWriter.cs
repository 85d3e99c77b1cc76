using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Formats;

/// <summary>Writes programs as text.</summary>
internal static class ProgramWriter
{
    internal const string Format = "program";
    internal const string Version = "adjoint program 1";
    internal const string Checksum = "sha256 ";

    /// <summary>Bytes that go at once into digits to the base 64: a multiple of 3.</summary>
    private const int Piece = 3 << 16;

    /// <summary>Writes version and checksum, and what it is the checksum of.</summary>
    internal static void Write(SavedProgram program, Stream stream, bool origins)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        WriteContent(program, origins, hash.AppendData);
        string head = $"{Version}\n{Checksum}{Convert.ToHexStringLower(hash.GetHashAndReset())}\n";
        stream.Write(Encoding.ASCII.GetBytes(head));
        WriteContent(program, origins, stream.Write);
    }

    private delegate void Sink(ReadOnlySpan<byte> bytes);

    private static void WriteContent(SavedProgram program, bool origins, Sink sink)
    {
        foreach ((string key, string value) in program.Notes.OrderBy(note => note.Key, StringComparer.Ordinal))
        {
            Line(sink, "note ", key, value);
        }

        foreach (string name in program.ParameterNames)
        {
            Line(sink, "parameter ", name);
        }

        foreach (string name in program.ResultNames)
        {
            Line(sink, "result ", name);
        }

        foreach (NDArray constant in program.Constants)
        {
            sink(Encoding.ASCII.GetBytes($"constant {constant.Describe()} "));
            WriteElements(sink, constant);
            sink("\n"u8);
        }

        sink(Encoding.UTF8.GetBytes(GraphText.Write(program.Graph, origins)));
        sink("\n"u8);
    }

    private static void Line(Sink sink, string word, params string[] texts)
    {
        var line = new StringBuilder(word);
        foreach (string text in texts)
        {
            QuotedText.Write(line, text);
            line.Append(' ');
        }

        line.Length--;
        sink(Encoding.UTF8.GetBytes(line.Append('\n').ToString()));
    }

    /// <summary>The elements' bytes, smallest first, in digits to the base 64.</summary>
    private static void WriteElements(Sink sink, NDArray array)
    {
        long count = ArrayBytes.Count(array);
        byte[] bytes = new byte[Math.Min(Piece, count)];
        byte[] digits = new byte[Base64.GetMaxEncodedToUtf8Length(bytes.Length)];
        for (long start = 0; start < count; start += Piece)
        {
            Span<byte> piece = bytes.AsSpan(0, (int)Math.Min(Piece, count - start));
            ArrayBytes.Of(array, start, piece.Length).CopyTo(piece);
            if (!BitConverter.IsLittleEndian)
            {
                ArrayBytes.Turn(piece, array.Type);
            }

            Base64.EncodeToUtf8(piece, digits, out _, out int written);
            sink(digits.AsSpan(0, written));
        }
    }
}
