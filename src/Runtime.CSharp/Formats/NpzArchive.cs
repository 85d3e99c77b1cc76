using System.IO.Compression;
using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Formats;

/// <summary>An .npz file that is open.</summary>
internal sealed class NpzArchive : ArrayArchive
{
    /// <summary>What the names of entries end in.</summary>
    internal const string Ending = ".npy";

    /// <summary>Deflate makes of a byte at most 1032 bytes (zlib's technical details), and of nothing a block's few.</summary>
    private const long MostRatio = 1032;

    private readonly Stream file;
    private readonly bool ownsFile;
    private readonly ZipArchive archive;
    private readonly Dictionary<string, ZipArchiveEntry> entries = new(StringComparer.Ordinal);
    private readonly List<string> names = [];

    /// <summary>Reads the list of entries, and checks what they say of their lengths.</summary>
    internal NpzArchive(Stream stream, string name, bool leaveOpen)
        : base("npz", name)
    {
        file = stream;
        ownsFile = !leaveOpen;
        archive = Guarded(() => new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true));
        long packed = 0;
        foreach (ZipArchiveEntry entry in Guarded(() => archive.Entries))
        {
            packed += entry.CompressedLength;
            string array = entry.FullName.EndsWith(Ending, StringComparison.Ordinal) ? entry.FullName[..^Ending.Length] : entry.FullName;
            names.Add(array);
            if (!entries.TryAdd(array, entry))
            {
                throw Error($"the array {array} is there twice.");
            }

            if (entry.IsEncrypted)
            {
                throw Error($"{entry.FullName} is encrypted.");
            }

            if (entry.Length / MostRatio > entry.CompressedLength)
            {
                throw Error($"{entry.FullName} says {entry.Length} bytes packed into {entry.CompressedLength}, more than can be.");
            }
        }

        if (packed > stream.Length)
        {
            throw Error($"the entries say {packed} bytes, the file has {stream.Length}: some overlap.");
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Names => names;

    /// <inheritdoc/>
    public override bool Contains(string name) => entries.ContainsKey(name);

    /// <inheritdoc/>
    public override TensorType TypeOf(string name)
    {
        lock (Gate)
        {
            ZipArchiveEntry entry = EntryOf(name);
            return Guarded(() =>
            {
                using Stream stream = entry.Open();
                return NpyHeader.Read(ReaderOf(entry, stream, null)).Type;
            });
        }
    }

    /// <inheritdoc/>
    public override NDArray Read(string name, ReadOptions? options = null)
    {
        lock (Gate)
        {
            ZipArchiveEntry entry = EntryOf(name);
            return Guarded(() => Read(entry, options));
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            archive.Dispose();
            if (ownsFile)
            {
                file.Dispose();
            }
        }
    }

    private NDArray Read(ZipArchiveEntry entry, ReadOptions? options)
    {
        using var stream = new CheckedStream(entry.Open());
        ByteReader reader = ReaderOf(entry, stream, options);
        NDArray array = Npy.Read(reader);
        reader.End("the last element");
        return stream.Checksum == entry.Crc32
            ? array
            : throw Error($"{entry.FullName} is damaged: its checksum is {stream.Checksum:x8}, not {entry.Crc32:x8}.");
    }

    /// <summary>A stored entry is as long as it says, or the file would end; a packed one may say what it does not have.</summary>
    private ByteReader ReaderOf(ZipArchiveEntry entry, Stream stream, ReadOptions? options) => new(
        Format,
        stream,
        options,
        $"{FileName}, {entry.FullName}",
        entry.CompressedLength == entry.Length && entry.Length <= file.Length ? entry.Length : null);

    private ZipArchiveEntry EntryOf(string name) => entries.TryGetValue(name, out ZipArchiveEntry? entry) ? entry : throw Missing(name);

    private Core.FormatException Error(string problem) => new($"{Format}: {FileName}: {problem}");

    /// <summary>What the platform's reader of archives says of a damaged one comes in several kinds of exception.</summary>
    private T Guarded<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception error) when (error is InvalidDataException or IOException or NotSupportedException or ArgumentException
            or OverflowException or IndexOutOfRangeException)
        {
            throw Error($"the file is damaged, or no zip archive. {error.Message}");
        }
    }
}
