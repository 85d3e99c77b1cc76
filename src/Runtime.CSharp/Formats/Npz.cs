using System.IO.Compression;
using Adjoint.Core;

namespace Adjoint.Formats;

/// <summary>Named arrays in one file, as NumPy's savez and load write and read them: a zip archive of .npy entries.</summary>
/// <remarks>Archives and entries of more than 4 GB are read and written (zip64). Checksums are checked.</remarks>
public static class Npz
{
    /// <summary>The first time that an archive can tell: files of equal arrays are equal.</summary>
    private static readonly DateTimeOffset Epoch = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Writes named arrays to a file, whole or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <param name="arrays">Names and arrays; each name once.</param>
    /// <param name="compress">Whether to pack the arrays, as savez_compressed does: numbers that were measured or learned hardly shrink.</param>
    /// <param name="cancellation">Stops writing; then nothing is written.</param>
    /// <exception cref="StructureException">A name is there twice.</exception>
    public static void Save(
        string path, IEnumerable<KeyValuePair<string, NDArray>> arrays, bool compress = false, CancellationToken cancellation = default) =>
        AtomicFile.Write(path, stream => Write(stream, arrays, compress, cancellation));

    /// <summary>Writes named arrays to a stream.</summary>
    /// <exception cref="StructureException">A name is there twice.</exception>
    public static void Write(
        Stream stream, IEnumerable<KeyValuePair<string, NDArray>> arrays, bool compress = false, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(arrays);
        using var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
        KeyValuePair<string, NDArray>[] all = [.. arrays];
        ArrayNames.Check("npz", all.Select(pair => pair.Key));
        foreach ((string name, NDArray array) in all)
        {
            ZipArchiveEntry entry = archive.CreateEntry(name + NpzArchive.Ending, compress ? CompressionLevel.Fastest : CompressionLevel.NoCompression);
            entry.LastWriteTime = Epoch;
            using Stream target = entry.Open();
            Npy.Write(target, array, cancellation);
        }
    }

    /// <summary>Reads the named arrays of a file.</summary>
    /// <exception cref="Core.FormatException">The file is no such archive, is damaged, or says sizes that it does not hold.</exception>
    public static IReadOnlyDictionary<string, NDArray> Load(string path, ReadOptions? options = null)
    {
        using ArrayArchive archive = Open(path);
        return archive.ReadAll(options);
    }

    /// <summary>Reads the named arrays of a stream, which can seek or is small: it is read to its end.</summary>
    /// <exception cref="Core.FormatException">The stream is no such archive, is damaged, or says sizes that it does not hold.</exception>
    public static IReadOnlyDictionary<string, NDArray> Read(Stream stream, ReadOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        Stream seekable = stream;
        if (!stream.CanSeek)
        {
            seekable = new MemoryStream();
            stream.CopyTo(seekable);
            seekable.Position = 0;
        }

        using var archive = new NpzArchive(seekable, stream is FileStream file ? Path.GetFileName(file.Name) : "the stream", leaveOpen: true);
        return archive.ReadAll(options);
    }

    /// <summary>Opens a file, to read some of its arrays.</summary>
    /// <exception cref="Core.FormatException">The file is no such archive.</exception>
    public static ArrayArchive Open(string path)
    {
        FileStream file = File.OpenRead(path);
        try
        {
            return new NpzArchive(file, Path.GetFileName(path), leaveOpen: false);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }
}
