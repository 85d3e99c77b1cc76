using System.Numerics;
using System.Runtime.CompilerServices;

namespace Adjoint.Kernels;

/// <summary>Masks of bytes and masks of four or eight bytes.</summary>
internal static class Masks
{
    /// <summary>The lanes of four (eight) vectors of four-byte (eight-byte) masks as bytes, in order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<byte> Narrow<T>(ReadOnlySpan<Vector<T>> lanes)
        where T : unmanaged
    {
        if (Unsafe.SizeOf<T>() == 4)
        {
            return Vector.AsVectorByte(Vector.Narrow(
                Vector.Narrow(Vector.AsVectorInt32(lanes[0]), Vector.AsVectorInt32(lanes[1])),
                Vector.Narrow(Vector.AsVectorInt32(lanes[2]), Vector.AsVectorInt32(lanes[3]))));
        }

        Vector<int> a = Vector.Narrow(Vector.AsVectorInt64(lanes[0]), Vector.AsVectorInt64(lanes[1]));
        Vector<int> b = Vector.Narrow(Vector.AsVectorInt64(lanes[2]), Vector.AsVectorInt64(lanes[3]));
        Vector<int> c = Vector.Narrow(Vector.AsVectorInt64(lanes[4]), Vector.AsVectorInt64(lanes[5]));
        Vector<int> d = Vector.Narrow(Vector.AsVectorInt64(lanes[6]), Vector.AsVectorInt64(lanes[7]));
        return Vector.AsVectorByte(Vector.Narrow(Vector.Narrow(a, b), Vector.Narrow(c, d)));
    }

    /// <summary>The lanes of a vector of byte masks as four (eight) vectors of four-byte (eight-byte) masks.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Widen<T>(Vector<byte> mask, Span<Vector<T>> lanes)
        where T : unmanaged
    {
        Vector.Widen(Vector.AsVectorSByte(mask), out Vector<short> low, out Vector<short> high);
        Vector.Widen(low, out Vector<int> a, out Vector<int> b);
        Vector.Widen(high, out Vector<int> c, out Vector<int> d);
        if (Unsafe.SizeOf<T>() == 4)
        {
            lanes[0] = Vector.As<int, T>(a);
            lanes[1] = Vector.As<int, T>(b);
            lanes[2] = Vector.As<int, T>(c);
            lanes[3] = Vector.As<int, T>(d);
            return;
        }

        Put(a, lanes);
        Put(b, lanes[2..]);
        Put(c, lanes[4..]);
        Put(d, lanes[6..]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put<T>(Vector<int> mask, Span<Vector<T>> lanes)
        where T : unmanaged
    {
        Vector.Widen(mask, out Vector<long> low, out Vector<long> high);
        lanes[0] = Vector.As<long, T>(low);
        lanes[1] = Vector.As<long, T>(high);
    }
}
