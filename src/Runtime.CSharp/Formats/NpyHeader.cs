using System.Buffers.Binary;
using System.Text;
using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Formats;

/// <summary>The header of NumPy's array format, version 1.0 to 3.0 (numpy.lib.format): a dictionary literal of dtype, order and shape.</summary>
/// <param name="Type">Dtype and shape.</param>
/// <param name="BigEndian">Whether the largest byte of a number comes first.</param>
/// <param name="Fortran">Whether the first index runs fastest.</param>
internal sealed record NpyHeader(TensorType Type, bool BigEndian, bool Fortran)
{
    private const int Most = 1 << 16;
    private static readonly byte[] Magic = [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>NumPy has no bf16; the dtype of the package ml_dtypes is written as two bytes without a meaning, V2.</summary>
    private static readonly (string Code, DType Type)[] Codes =
    [
        ("b1", DType.Bool), ("u1", DType.U8), ("u2", DType.U16), ("u4", DType.U32), ("u8", DType.U64), ("i1", DType.I8),
        ("i2", DType.I16), ("i4", DType.I32), ("i8", DType.I64), ("f2", DType.F16), ("V2", DType.BF16), ("f4", DType.F32), ("f8", DType.F64),
        ("c8", DType.C64), ("c16", DType.C128),
    ];

    /// <summary>Writes the header of an array in row-major order, smallest bytes first; it ends at a multiple of 64 bytes.</summary>
    internal static void Write(Stream stream, NDArray array)
    {
        if (array.Shape.Rank > ByteReader.MostAxes)
        {
            throw new ShapeException($"npy: an array of {array.Shape.Rank} axes is not written; NumPy has at most {ByteReader.MostAxes}.");
        }

        string code = Array.Find(Codes, entry => entry.Type == array.Type).Code;
        string shape = array.Shape.Rank == 1 ? $"({array.Shape[0]},)" : $"({string.Join(", ", array.Shape)})";
        string order = array.Type.Size() == 1 ? "|" : "<";
        string header = $"{{'descr': '{order}{code}', 'fortran_order': False, 'shape': {shape}, }}";
        int length = Magic.Length + 4 + header.Length + 1;
        header = header.PadRight(header.Length + ((64 - (length % 64)) % 64)) + '\n';
        stream.Write(Magic);
        stream.Write([1, 0, (byte)header.Length, (byte)(header.Length >> 8)]);
        stream.Write(Encoding.ASCII.GetBytes(header));
    }

    /// <summary>Reads a header, and nothing after it.</summary>
    internal static NpyHeader Read(ByteReader reader)
    {
        Span<byte> start = stackalloc byte[8];
        reader.Fill(start, "the header");
        if (!start[..6].SequenceEqual(Magic))
        {
            throw reader.Error("this is no NumPy array: it does not begin with \\x93NUMPY.", 0);
        }

        int version = start[6];
        if (version is < 1 or > 3 || start[7] != 0)
        {
            throw reader.Error($"this is version {version}.{start[7]} of NumPy's format; 1.0, 2.0 and 3.0 are read.", 6);
        }

        Span<byte> size = stackalloc byte[version == 1 ? 2 : 4];
        reader.Fill(size, "the header");
        long length = version == 1 ? BinaryPrimitives.ReadUInt16LittleEndian(size) : BinaryPrimitives.ReadUInt32LittleEndian(size);
        if (length > Most)
        {
            throw reader.Error($"a header of {length} bytes is said; at most {Most} are read.", 8);
        }

        long place = reader.Position;
        byte[] bytes = new byte[length];
        reader.Fill(bytes, "the header");
        return Of(new NpyLiteral(bytes, place, reader), reader);
    }

    private static NpyHeader Of(NpyLiteral literal, ByteReader reader)
    {
        literal.Read();
        bool big = literal.Descr.Length > 0 && literal.Descr[0] == '>';
        return new(reader.Type(TypeOf(literal, reader), literal.Extents, literal.ShapePlace), big, literal.Fortran);
    }

    private static DType TypeOf(NpyLiteral literal, ByteReader reader)
    {
        string descr = literal.Descr;
        if (descr == "bfloat16")
        {
            return DType.BF16;
        }

        string code = descr.Length > 0 && "<>|=".Contains(descr[0], StringComparison.Ordinal) ? descr[1..] : descr;
        int index = Array.FindIndex(Codes, entry => entry.Code == code);
        if (index >= 0 && (descr[0] is '<' or '>' || (Codes[index].Type.Size() == 1 || code == "V2")))
        {
            return Codes[index].Type;
        }

        throw reader.Error(
            code.StartsWith('O')
                ? "the array holds Python objects, which only Python can make. Save numbers instead?"
                : $"the dtype '{NpyLiteral.Shown(descr)}' is not read; bools, integers, floats of 2, 4 or 8 bytes and complex numbers are.",
            literal.DescrPlace);
    }
}
