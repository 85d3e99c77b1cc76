using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Adjoint.Core;

namespace Adjoint.Formats;

/// <summary>The header of NumPy's array format, version 1.0 to 3.0 (numpy.lib.format): a dictionary literal of dtype, order and shape.</summary>
internal static partial class NpyHeader
{
    private const int MostBytes = 1 << 16;
    private static readonly byte[] Magic = [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    private static readonly (string Code, DType Type)[] Codes =
    [
        ("|b1", DType.Bool), ("|u1", DType.U8), ("<u2", DType.U16), ("<u4", DType.U32), ("<u8", DType.U64), ("|i1", DType.I8),
        ("<i2", DType.I16), ("<i4", DType.I32), ("<i8", DType.I64), ("<f2", DType.F16), ("<f4", DType.F32), ("<f8", DType.F64),
        ("<c8", DType.C64), ("<c16", DType.C128),
    ];

    internal static void Write(Stream stream, NDArray array)
    {
        string code = Array.Find(Codes, entry => entry.Type == array.Type).Code
            ?? throw new DTypeException($"npy: {array.Type.Name()} has no code in NumPy's format. Cast to f32?");
        string shape = array.Shape.Rank == 1 ? $"({array.Shape[0]},)" : $"({string.Join(", ", array.Shape)})";
        string header = $"{{'descr': '{code}', 'fortran_order': False, 'shape': {shape}, }}";
        int length = Magic.Length + 4 + header.Length + 1;
        header = header.PadRight(header.Length + ((64 - (length % 64)) % 64)) + '\n';
        stream.Write(Magic);
        stream.Write([1, 0, (byte)header.Length, (byte)(header.Length >> 8)]);
        stream.Write(Encoding.ASCII.GetBytes(header));
    }

    internal static (DType Type, Shape Shape) Read(Stream stream)
    {
        Span<byte> start = stackalloc byte[8];
        stream.ReadExactly(start);
        if (!start[..6].SequenceEqual(Magic) || start[6] is < 1 or > 3)
        {
            throw new Core.FormatException("npy: this is no NumPy array of version 1 to 3.");
        }

        Span<byte> size = stackalloc byte[start[6] == 1 ? 2 : 4];
        stream.ReadExactly(size);
        long length = size.Length == 2 ? BitConverter.ToUInt16(size) : BitConverter.ToUInt32(size);
        if (length > MostBytes)
        {
            throw new Core.FormatException($"npy: a header of {length} bytes is longer than {MostBytes}.");
        }

        byte[] bytes = new byte[length];
        stream.ReadExactly(bytes);
        return Parse(Encoding.UTF8.GetString(bytes));
    }

    private static (DType Type, Shape Shape) Parse(string header)
    {
        Match code = Code().Match(header);
        Match order = Order().Match(header);
        Match shape = Dimensions().Match(header);
        if (!code.Success || !order.Success || !shape.Success)
        {
            throw new Core.FormatException("npy: the header names no descr, fortran_order or shape.");
        }

        if (order.Groups["order"].Value == "True")
        {
            throw new Core.FormatException("npy: the array is in Fortran order. Save numpy.ascontiguousarray of it.");
        }

        int index = Array.FindIndex(Codes, entry => entry.Code[1..] == code.Groups["code"].Value[1..] && code.Groups["code"].Value[0] != '>');
        if (index < 0)
        {
            throw new Core.FormatException($"npy: dtype {code.Groups["code"].Value} is not read; little-endian bools and numbers are.");
        }

        string[] extents = shape.Groups["shape"].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return (Codes[index].Type, new Shape(extents.Select(Extent)));
    }

    private static Extent Extent(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int extent)
        ? extent
        : throw new Core.FormatException($"npy: {text} is no extent.");

    [GeneratedRegex(@"'descr'\s*:\s*'(?<code>[<>|=][a-z]\d+)'", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Code();

    [GeneratedRegex(@"'fortran_order'\s*:\s*(?<order>True|False)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Order();

    [GeneratedRegex(@"'shape'\s*:\s*\((?<shape>[^()]*)\)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Dimensions();
}
