using System.Buffers.Binary;

namespace Adjoint.Kernels;

/// <summary>Whether the file of a native library is whole: the system maps what its header names, and a process that reads behind the file's end is killed.</summary>
/// <remarks>Offsets of the fields are those of 64-bit ELF (System V ABI, Object Files). Files of other formats, of a header's length at least, are left to the system.</remarks>
internal static class LibraryFile
{
    private const int HeaderLength = 64;
    private const int SegmentLength = 56;

    /// <summary>The first file of a folder, by name, that is cut short; null where none is.</summary>
    internal static string? FirstCut(string folder) =>
        Directory.EnumerateFiles(folder, "*.so*").Order(StringComparer.Ordinal).FirstOrDefault(IsCut);

    /// <summary>Whether a file ends before the segments that it is to be loaded with.</summary>
    internal static bool IsCut(string path)
    {
        using FileStream file = File.OpenRead(path);
        Span<byte> header = stackalloc byte[HeaderLength];
        int read = file.ReadAtLeast(header, HeaderLength, throwOnEndOfStream: false);
        if (read < HeaderLength)
        {
            return true;
        }

        bool isKnown = header.StartsWith("\u007fELF"u8) && header[4] == 2 && header[5] == 1 && BinaryPrimitives.ReadUInt16LittleEndian(header[54..]) == SegmentLength;
        return isKnown && EndOfSegments(file, header) > file.Length;
    }

    private static long EndOfSegments(FileStream file, ReadOnlySpan<byte> header)
    {
        long first = BinaryPrimitives.ReadInt64LittleEndian(header[32..]);
        int count = BinaryPrimitives.ReadUInt16LittleEndian(header[56..]);
        long end = first + (count * (long)SegmentLength);
        if (first < 0 || end > file.Length)
        {
            return long.MaxValue;
        }

        file.Position = first;
        Span<byte> segment = stackalloc byte[SegmentLength];
        for (int i = 0; i < count; i++)
        {
            file.ReadExactly(segment);
            end = Math.Max(end, BinaryPrimitives.ReadInt64LittleEndian(segment[8..]) + BinaryPrimitives.ReadInt64LittleEndian(segment[32..]));
        }

        return end;
    }
}
