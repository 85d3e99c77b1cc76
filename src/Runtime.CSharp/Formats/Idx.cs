using System.Buffers.Binary;
using System.IO.Compression;
using Adjoint.Core;

namespace Adjoint.Formats;

/// <summary>The files of MNIST and its kin (http://yann.lecun.com/exdb/mnist): one array of u8, i8, i16, i32, f32 or f64.</summary>
/// <remarks>
/// A file is two zero bytes, the type of its elements (8, 9, 11, 12, 13, 14), the number of axes, an extent for each axis as four bytes,
/// and the elements; of a number the largest byte comes first.
/// </remarks>
public static class Idx
{
    private const string Format = "idx";
    private const string PackedEnding = ".gz";

    private static readonly (byte Code, DType Type)[] Codes =
        [(8, DType.U8), (9, DType.I8), (11, DType.I16), (12, DType.I32), (13, DType.F32), (14, DType.F64)];

    /// <summary>Writes an array to a file, whole or not at all; packed by gzip if its name ends in .gz.</summary>
    /// <exception cref="DTypeException">The format has no such dtype.</exception>
    public static void Save(string path, NDArray array, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (!path.EndsWith(PackedEnding, StringComparison.OrdinalIgnoreCase))
        {
            AtomicFile.Write(path, stream => Write(stream, array, cancellation));
            return;
        }

        AtomicFile.Write(path, file =>
        {
            using var stream = new GZipStream(file, CompressionLevel.Optimal, leaveOpen: true);
            Write(stream, array, cancellation);
        });
    }

    /// <summary>Writes an array to a stream, from where it stands.</summary>
    /// <exception cref="DTypeException">The format has no such dtype.</exception>
    public static void Write(Stream stream, NDArray array, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(array);
        int index = Array.FindIndex(Codes, entry => entry.Type == array.Type);
        if (index < 0)
        {
            throw new DTypeException($"{Format}: {array.Type.Name()} is not in the format, which has u8, i8, i16, i32, f32 and f64. Cast it?");
        }

        if (array.Shape.Rank > ByteReader.MostAxes)
        {
            throw new ShapeException($"{Format}: an array of {array.Shape.Rank} axes is not written; at most {ByteReader.MostAxes} are.");
        }

        stream.Write([0, 0, Codes[index].Code, (byte)array.Shape.Rank]);
        Span<byte> four = stackalloc byte[4];
        foreach (Extent extent in array.Shape)
        {
            BinaryPrimitives.WriteInt32BigEndian(four, extent.Value);
            stream.Write(four);
        }

        ArrayBytes.Write(stream, array, cancellation, bigEndian: true);
    }

    /// <summary>Reads the array of a file, packed by gzip or not.</summary>
    /// <exception cref="Core.FormatException">The file is no such array, is cut short, goes on, or can't be unpacked.</exception>
    public static NDArray Load(string path, ReadOptions? options = null)
    {
        using FileStream file = File.OpenRead(path);
        bool packed = path.EndsWith(PackedEnding, StringComparison.OrdinalIgnoreCase) || (file.ReadByte() == 0x1F && file.ReadByte() == 0x8B);
        file.Position = 0;
        using Stream stream = packed ? new GZipStream(file, CompressionMode.Decompress) : file;
        var reader = new ByteReader(Format, stream, options, Path.GetFileName(path));
        NDArray array = Read(reader);
        reader.End("the last element");
        return array;
    }

    /// <summary>Reads an array from a stream that is not packed, and nothing after it.</summary>
    /// <exception cref="Core.FormatException">No such array stands here, or it is cut short.</exception>
    public static NDArray Read(Stream stream, ReadOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return Read(new ByteReader(Format, stream, options));
    }

    private static NDArray Read(ByteReader reader)
    {
        Span<byte> four = stackalloc byte[4];
        reader.Fill(four, "the header");
        (byte code, byte axes) = (four[2], four[3]);
        int index = Array.FindIndex(Codes, entry => entry.Code == code);
        if (four[0] != 0 || four[1] != 0 || index < 0)
        {
            throw reader.Error("the file does not begin as an IDX file does: 0, 0, and 8, 9, 11, 12, 13 or 14 for the type of its elements.", 0);
        }

        if (axes > ByteReader.MostAxes)
        {
            throw reader.Error($"an array of {axes} axes is said; at most {ByteReader.MostAxes} are read.", 3);
        }

        long[] extents = new long[axes];
        for (int axis = 0; axis < axes; axis++)
        {
            reader.Fill(four, "the header");
            extents[axis] = BinaryPrimitives.ReadInt32BigEndian(four);
        }

        return reader.Array(reader.Type(Codes[index].Type, extents, 4), "the array", bigEndian: true);
    }
}
