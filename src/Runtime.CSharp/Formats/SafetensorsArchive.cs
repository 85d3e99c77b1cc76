using System.Buffers.Binary;
using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Formats;

/// <summary>A safetensors file that is open: its header is read, and an array when it is asked for.</summary>
public sealed class SafetensorsArchive : ArrayArchive
{
    /// <summary>The format's own limit of a header.</summary>
    private const long MostHeader = 100_000_000;

    private readonly Stream file;
    private readonly long start;
    private readonly SafetensorsHeader header;
    private readonly Dictionary<string, SafetensorsEntry> entries;
    private readonly string[] names;

    /// <summary>Reads the header of a stream that can seek.</summary>
    internal SafetensorsArchive(Stream stream, string name)
        : base(Safetensors.Format, name)
    {
        file = stream;
        header = ReadHeader(new(Safetensors.Format, stream, null, name));
        start = stream.Position;
        entries = header.Entries.ToDictionary(entry => entry.Name, StringComparer.Ordinal);
        names = [.. header.Entries.Select(entry => entry.Name)];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Names => names;

    /// <summary>Texts about the file, by key.</summary>
    public IReadOnlyDictionary<string, string> Metadata => header.Metadata;

    /// <inheritdoc/>
    public override bool Contains(string name) => entries.ContainsKey(name);

    /// <inheritdoc/>
    public override TensorType TypeOf(string name) => TypeOf(EntryOf(name), FileName);

    /// <inheritdoc/>
    public override NDArray Read(string name, ReadOptions? options = null)
    {
        SafetensorsEntry entry = EntryOf(name);
        return ReadAt(entry.Start, TypeOf(entry, FileName), name, options);
    }

    /// <summary>Some of the rows of an array, by the index of axis 0; the others are not read.</summary>
    /// <exception cref="ShapeException">The array does not have these rows, or has no axes.</exception>
    /// <exception cref="Core.FormatException">The file has no such array, or it is damaged.</exception>
    public NDArray ReadRows(string name, int first, int count, ReadOptions? options = null)
    {
        SafetensorsEntry entry = EntryOf(name);
        TensorType type = TypeOf(entry, FileName);
        TensorType rows = Npy.RowType(Format, type, first, count);
        return ReadAt(entry.Start + (first * Npy.RowBytes(type)), rows, name, options);
    }

    /// <summary>Reads and checks the header, up to the first byte of the tensors.</summary>
    internal static SafetensorsHeader ReadHeader(ByteReader reader)
    {
        Span<byte> size = stackalloc byte[8];
        reader.Fill(size, "the header's length");
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(size);
        if (length > MostHeader)
        {
            throw reader.Error($"a header of {length} bytes is said; at most {MostHeader} are allowed.", 0);
        }

        if ((long)length > reader.Left)
        {
            throw reader.Error($"the file is cut short: the header takes {length} bytes, there are {reader.Left}.", 8);
        }

        byte[] text = reader.Bytes((int)length, "the header");
        return SafetensorsHeader.Read(text, reader, 8);
    }

    /// <summary>The type of a tensor.</summary>
    /// <exception cref="Core.FormatException">The library does not have its dtype.</exception>
    internal static TensorType TypeOf(SafetensorsEntry entry, string file) => entry.Type ?? throw new Core.FormatException(
        $"safetensors: {file}: {entry.Name} has the dtype {entry.Code}, which is not read. Save it as F16 or BF16?");

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            file.Dispose();
        }
    }

    private NDArray ReadAt(long place, TensorType type, string name, ReadOptions? options)
    {
        lock (Gate)
        {
            file.Position = start + place;
            return new ByteReader(Format, file, options, $"{FileName}, {name}").Array(type, name);
        }
    }

    private SafetensorsEntry EntryOf(string name) => entries.TryGetValue(name, out SafetensorsEntry? entry) ? entry : throw Missing(name);
}
