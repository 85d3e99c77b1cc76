using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Formats;

/// <summary>One array in a file, as NumPy's save and load write and read it (numpy.lib.format, version 1.0 to 3.0).</summary>
/// <remarks>
/// Read are bools, integers, f16, f32, f64 and complex numbers, in either order of bytes and of axes. NumPy has no bf16: such arrays are
/// written as the package ml_dtypes writes them, with the dtype V2, which NumPy opens as raw pairs of bytes (<c>.view(ml_dtypes.bfloat16)</c>).
/// Objects and arrays with named fields are refused.
/// </remarks>
public static class Npy
{
    private const string Format = "npy";

    /// <summary>Writes an array to a file, whole or not at all.</summary>
    /// <exception cref="ShapeException">The array has more than 64 axes.</exception>
    public static void Save(string path, NDArray array, CancellationToken cancellation = default) =>
        AtomicFile.Write(path, stream => Write(stream, array, cancellation));

    /// <summary>Writes an array to a stream, from where it stands.</summary>
    /// <exception cref="ShapeException">The array has more than 64 axes.</exception>
    public static void Write(Stream stream, NDArray array, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(array);
        NpyHeader.Write(stream, array);
        ArrayBytes.Write(stream, array, cancellation);
    }

    /// <summary>Reads the array of a file.</summary>
    /// <exception cref="Core.FormatException">The file is no such array, is cut short or goes on.</exception>
    public static NDArray Load(string path, ReadOptions? options = null)
    {
        using FileStream file = File.OpenRead(path);
        var reader = new ByteReader(Format, file, options);
        NDArray array = Read(reader);
        reader.End("the last element");
        return array;
    }

    /// <summary>Reads an array from a stream, and nothing after it: arrays written one after the other are read so.</summary>
    /// <exception cref="Core.FormatException">No such array stands here, or it is cut short.</exception>
    public static NDArray Read(Stream stream, ReadOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return Read(new ByteReader(Format, stream, options));
    }

    /// <summary>Dtype and shape of the array in a file, whose elements are not read.</summary>
    /// <exception cref="Core.FormatException">The file is no such array.</exception>
    public static TensorType TypeOf(string path)
    {
        using FileStream file = File.OpenRead(path);
        return NpyHeader.Read(new(Format, file, null)).Type;
    }

    /// <summary>Some of the rows of the array in a file, by the index of axis 0; the others are not read.</summary>
    /// <exception cref="ShapeException">The file does not have these rows, or the array has no axes.</exception>
    /// <exception cref="Core.FormatException">The file is no such array, is cut short, or has its first index running fastest.</exception>
    public static NDArray LoadRows(string path, int start, int count, ReadOptions? options = null)
    {
        using FileStream file = File.OpenRead(path);
        var reader = new ByteReader(Format, file, options);
        NpyHeader header = NpyHeader.Read(reader);
        if (header.Fortran && header.Type.Rank > 1)
        {
            throw reader.Error("the array is in Fortran order, so that its rows lie apart. Read it whole?");
        }

        TensorType rows = RowType(Format, header.Type, start, count);
        file.Position += start * RowBytes(header.Type);
        return new ByteReader(Format, file, options).Array(rows, "the array", header.BigEndian);
    }

    /// <summary>The type of some rows of an array.</summary>
    internal static TensorType RowType(string format, TensorType type, int start, int count) =>
        type.Rank > 0 && start >= 0 && count >= 0 && (long)start + count <= type.Shape[0].Value
            ? type with { Shape = type.Shape.With(0, count) }
            : throw new ShapeException($"{format}: {count} rows from row {start} on are not in {type}.");

    /// <summary>The bytes of one row of an array.</summary>
    internal static long RowBytes(TensorType type) =>
        type.Shape[0].Value == 0 ? 0 : (long)type.Shape.Size / type.Shape[0].Value * type.DType.Size();

    /// <summary>Reads header and elements.</summary>
    internal static NDArray Read(ByteReader reader)
    {
        NpyHeader header = NpyHeader.Read(reader);
        if (!header.Fortran || header.Type.Rank < 2)
        {
            return reader.Array(header.Type, "the array", header.BigEndian);
        }

        // Elements with the first index running fastest are those of the array with its axes in the other order.
        TensorType turned = header.Type with { Shape = new(header.Type.Shape.Reverse()) };
        NDArray array = reader.Array(turned, "the array", header.BigEndian);
        return Strided.Copy(array, header.Type.Shape, [.. turned.Shape.Strides().Reverse()]);
    }
}
