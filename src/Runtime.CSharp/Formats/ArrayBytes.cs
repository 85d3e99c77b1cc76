using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Adjoint.Core;

namespace Adjoint.Formats;

/// <summary>The elements of an array as bytes, in pieces: an array may be larger than a span.</summary>
internal static class ArrayBytes
{
    /// <summary>How many bytes go at once, a multiple of every element's size.</summary>
    internal const int Piece = 1 << 20;

    /// <summary>How many bytes the elements take.</summary>
    internal static long Count(NDArray array) => (long)array.Size * array.Type.Size();

    /// <summary>Some of the bytes of the elements, in the machine's order.</summary>
    internal static Span<byte> Of(NDArray array, long start, int count) => MemoryMarshal.CreateSpan(
        ref Unsafe.AddByteOffset(ref array.FirstByte, (nint)start), count);

    /// <summary>Does something with the pieces of the elements' bytes, one after the other.</summary>
    internal static void Each(NDArray array, Action<Span<byte>> action, CancellationToken cancellation)
    {
        long count = Count(array);
        for (long start = 0; start < count; start += Piece)
        {
            cancellation.ThrowIfCancellationRequested();
            action(Of(array, start, (int)Math.Min(Piece, count - start)));
        }
    }

    /// <summary>Writes the elements, smallest byte of a number first, or largest.</summary>
    internal static void Write(Stream stream, NDArray array, CancellationToken cancellation, bool bigEndian = false)
    {
        if (bigEndian != BitConverter.IsLittleEndian || array.Type.Size() == 1)
        {
            Each(array, piece => stream.Write(piece), cancellation);
            return;
        }

        byte[] turned = new byte[Piece];
        Each(
            array,
            piece =>
            {
                Span<byte> copy = turned.AsSpan(0, piece.Length);
                piece.CopyTo(copy);
                Turn(copy, array.Type);
                stream.Write(copy);
            },
            cancellation);
    }

    /// <summary>Turns the bytes of each number around; a complex number is two.</summary>
    internal static void Turn(Span<byte> bytes, DType type)
    {
        switch (type.RealPart().Size())
        {
            case 2:
                Span<ushort> pairs = MemoryMarshal.Cast<byte, ushort>(bytes);
                BinaryPrimitives.ReverseEndianness(pairs, pairs);
                break;
            case 4:
                Span<uint> fours = MemoryMarshal.Cast<byte, uint>(bytes);
                BinaryPrimitives.ReverseEndianness(fours, fours);
                break;
            case 8:
                Span<ulong> eights = MemoryMarshal.Cast<byte, ulong>(bytes);
                BinaryPrimitives.ReverseEndianness(eights, eights);
                break;
        }
    }
}
