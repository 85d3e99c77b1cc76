using System.IO.Compression;
using System.Runtime.InteropServices;
using Adjoint.Core;

namespace Adjoint.Formats;

/// <summary>Named arrays in one file, as NumPy's savez and load write and read them: a zip archive of .npy entries.</summary>
public static class Npz
{
    private const string Ending = ".npy";

    /// <summary>The first time that an archive can tell: files of equal arrays are equal.</summary>
    private static readonly DateTimeOffset Epoch = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Writes named arrays to a file, whole or not at all: a temporary file beside it is renamed at the end.</summary>
    /// <exception cref="DTypeException">NumPy's format has no code for a dtype (bf16).</exception>
    public static void Save(string path, IEnumerable<KeyValuePair<string, NDArray>> arrays)
    {
        string temporary = path + ".tmp";
        try
        {
            using (FileStream file = File.Create(temporary))
            using (var archive = new ZipArchive(file, ZipArchiveMode.Create))
            {
                foreach ((string name, NDArray array) in arrays)
                {
                    ZipArchiveEntry entry = archive.CreateEntry(name + Ending, CompressionLevel.Fastest);
                    entry.LastWriteTime = Epoch;
                    using Stream stream = entry.Open();
                    NpyHeader.Write(stream, array);
                    stream.Write(Bytes(array));
                }
            }

            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>Reads the named arrays of a file.</summary>
    /// <exception cref="Core.FormatException">The file is no such archive, is cut short, or says sizes that it does not hold.</exception>
    public static IReadOnlyDictionary<string, NDArray> Load(string path)
    {
        try
        {
            using ZipArchive archive = ZipFile.OpenRead(path);
            var arrays = new Dictionary<string, NDArray>(StringComparer.Ordinal);
            foreach (ZipArchiveEntry entry in archive.Entries)
            {
                string name = entry.FullName.EndsWith(Ending, StringComparison.Ordinal) ? entry.FullName[..^Ending.Length] : entry.FullName;
                if (!arrays.TryAdd(name, Read(entry)))
                {
                    throw new Core.FormatException($"npz: the array {name} stands twice.");
                }
            }

            return arrays;
        }
        catch (Exception error) when (error is InvalidDataException or EndOfStreamException)
        {
            throw new Core.FormatException($"npz: {Path.GetFileName(path)} is damaged or no archive: {error.Message}");
        }
    }

    private static NDArray Read(ZipArchiveEntry entry)
    {
        using Stream stream = entry.Open();
        (DType type, Shape shape) = NpyHeader.Read(stream);

        // An entry's length is known before anything is allocated for it.
        if ((long)shape.Size * type.Size() > entry.Length)
        {
            throw new Core.FormatException($"npz: {entry.FullName} says {type.Name()}{shape} but holds {entry.Length} bytes.");
        }

        NDArray array = NDArray.New(type, shape);
        stream.ReadExactly(Bytes(array));
        return stream.ReadByte() < 0 ? array : throw new Core.FormatException($"npz: {entry.FullName} goes on after its last element.");
    }

    private static Span<byte> Bytes(NDArray array) => MemoryMarshal.CreateSpan(
        ref MemoryMarshal.GetArrayDataReference(array.Storage), array.Size * array.Type.Size());
}
