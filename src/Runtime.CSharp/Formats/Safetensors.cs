using System.Buffers.Binary;
using System.Text.Encodings.Web;
using System.Text.Json;
using Adjoint.Core;

namespace Adjoint.Formats;

/// <summary>Named arrays in one file, as the package safetensors writes and reads them (github.com/huggingface/safetensors, Format).</summary>
/// <remarks>
/// A file is the length of a JSON header, the header, and the elements, smallest byte of a number first. What a header says is checked before
/// anything is read: dtypes, shapes and places must agree, without holes or overlaps, up to the last byte. Elements of 4, 6 and 8 bits are
/// not read, but the other tensors of such a file are; c128 is not in the format.
/// </remarks>
public static class Safetensors
{
    internal const string Format = "safetensors";
    private const string MetadataKey = "__metadata__";

    /// <summary>Writes named arrays to a file, whole or not at all: elements of many bytes first, then by name.</summary>
    /// <param name="path">The file.</param>
    /// <param name="arrays">Names and arrays; each name once.</param>
    /// <param name="metadata">Texts about the file, by key.</param>
    /// <param name="cancellation">Stops writing; then nothing is written.</param>
    /// <exception cref="DTypeException">An array is c128.</exception>
    /// <exception cref="StructureException">A name is there twice, or is __metadata__.</exception>
    public static void Save(
        string path,
        IEnumerable<KeyValuePair<string, NDArray>> arrays,
        IReadOnlyDictionary<string, string>? metadata = null,
        CancellationToken cancellation = default) =>
        AtomicFile.Write(path, stream => Write(stream, arrays, metadata, cancellation));

    /// <summary>Writes named arrays to a stream.</summary>
    /// <exception cref="DTypeException">An array is c128.</exception>
    /// <exception cref="StructureException">A name is there twice, or is __metadata__.</exception>
    public static void Write(
        Stream stream,
        IEnumerable<KeyValuePair<string, NDArray>> arrays,
        IReadOnlyDictionary<string, string>? metadata = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(arrays);
        KeyValuePair<string, NDArray>[] ordered =
        [
            .. arrays.OrderBy(pair => SafetensorsTypes.Of(pair.Value.Type, pair.Key).Order).ThenBy(pair => pair.Key, StringComparer.Ordinal),
        ];
        ArrayNames.Check(Format, ordered.Select(pair => pair.Key));
        byte[] header = Header(ordered, metadata);
        Span<byte> size = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(size, header.Length);
        stream.Write(size);
        stream.Write(header);
        foreach ((_, NDArray array) in ordered)
        {
            ArrayBytes.Write(stream, array, cancellation);
        }
    }

    /// <summary>Reads the named arrays of a file.</summary>
    /// <exception cref="Core.FormatException">The file is no such file, or what it says does not agree with itself or its length.</exception>
    public static IReadOnlyDictionary<string, NDArray> Load(string path, ReadOptions? options = null)
    {
        using SafetensorsArchive archive = Open(path);
        return archive.ReadAll(options);
    }

    /// <summary>Reads the named arrays of a stream, from where it stands to its end.</summary>
    /// <exception cref="Core.FormatException">The stream is no such file, or what it says does not agree with itself or its length.</exception>
    public static IReadOnlyDictionary<string, NDArray> Read(Stream stream, ReadOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var reader = new ByteReader(Format, stream, options);
        SafetensorsHeader header = SafetensorsArchive.ReadHeader(reader);
        var arrays = new Dictionary<string, NDArray>(StringComparer.Ordinal);
        foreach (SafetensorsEntry entry in header.Entries.OrderBy(entry => entry.Start).ThenBy(entry => entry.End))
        {
            arrays[entry.Name] = reader.Array(SafetensorsArchive.TypeOf(entry, reader.Name), entry.Name);
        }

        reader.End("the last tensor");
        return arrays;
    }

    /// <summary>Opens a file, to read some of its arrays.</summary>
    /// <exception cref="Core.FormatException">The file is no such file, or what it says does not agree with itself or its length.</exception>
    public static SafetensorsArchive Open(string path)
    {
        FileStream file = File.OpenRead(path);
        try
        {
            return new(file, Path.GetFileName(path));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The header, with spaces at its end up to a multiple of 8 bytes, so that every element is aligned.</summary>
    private static byte[] Header(KeyValuePair<string, NDArray>[] arrays, IReadOnlyDictionary<string, string>? metadata)
    {
        using var text = new MemoryStream();
        using var json = new Utf8JsonWriter(text, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        json.WriteStartObject();
        if (metadata is { Count: > 0 })
        {
            json.WriteStartObject(MetadataKey);
            foreach ((string key, string value) in metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            {
                json.WriteString(key, value);
            }

            json.WriteEndObject();
        }

        long start = 0;
        foreach ((string name, NDArray array) in arrays)
        {
            if (name == MetadataKey)
            {
                throw new StructureException($"{Format}: an array can't be named {name}, which is the key of texts about the file.");
            }

            WriteEntry(json, name, array, start);
            start += ArrayBytes.Count(array);
        }

        json.WriteEndObject();
        json.Flush();
        while (text.Length % 8 != 0)
        {
            text.WriteByte((byte)' ');
        }

        return text.ToArray();
    }

    private static void WriteEntry(Utf8JsonWriter json, string name, NDArray array, long start)
    {
        if (array.Shape.Rank > ByteReader.MostAxes)
        {
            throw new ShapeException($"{Format}: {name} has {array.Shape.Rank} axes; at most {ByteReader.MostAxes} are written.");
        }

        json.WriteStartObject(name);
        json.WriteString("dtype", SafetensorsTypes.Of(array.Type, name).Code);
        json.WriteStartArray("shape");
        foreach (Extent extent in array.Shape)
        {
            json.WriteNumberValue(extent.Value);
        }

        json.WriteEndArray();
        json.WriteStartArray("data_offsets");
        json.WriteNumberValue(start);
        json.WriteNumberValue(start + ArrayBytes.Count(array));
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
