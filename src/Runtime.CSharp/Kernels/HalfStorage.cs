using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Adjoint.Core;

namespace Adjoint.Kernels;

/// <summary>f16 and bf16 to f32, exactly, and back, rounded to nearest with ties to even; in vectors.</summary>
internal static class HalfStorage
{
    /// <summary>Numbers of a dtype that is only stored as f32.</summary>
    internal static void Widen(NDArray x, NDArray y, IParallel parallel)
    {
        if (x.Type == DType.F16)
        {
            Elementwise.InTiles(x.Size, parallel, (start, length) =>
                TensorPrimitives.ConvertToSingle(x.Span<Half>().Slice(start, length), Target<float>(y, start, length)));
        }
        else
        {
            Elementwise.InTiles(x.Size, parallel, (start, length) => Widen(x.Span<BFloat16>().Slice(start, length), Target<float>(y, start, length)));
        }
    }

    /// <summary>Numbers of f32 rounded to a dtype that is only stored.</summary>
    internal static void Round(NDArray x, NDArray y, IParallel parallel)
    {
        if (y.Type == DType.F16)
        {
            Elementwise.InTiles(x.Size, parallel, (start, length) =>
                TensorPrimitives.ConvertToHalf(x.Span<float>().Slice(start, length), Target<Half>(y, start, length)));
        }
        else
        {
            Elementwise.InTiles(x.Size, parallel, (start, length) => Round(x.Span<float>().Slice(start, length), Target<BFloat16>(y, start, length)));
        }
    }

    private static Span<T> Target<T>(NDArray array, int start, int length)
        where T : unmanaged => array.Memory<T>().AsSpan(array.Start + start, length);

    private static void Widen(ReadOnlySpan<BFloat16> x, Span<float> y)
    {
        ReadOnlySpan<ushort> from = MemoryMarshal.Cast<BFloat16, ushort>(x);
        Span<uint> to = MemoryMarshal.Cast<float, uint>(y);
        int i = 0;
        for (; i <= from.Length - Vector<ushort>.Count; i += Vector<ushort>.Count)
        {
            Vector.Widen(new Vector<ushort>(from[i..]), out Vector<uint> low, out Vector<uint> high);
            (low << 16).CopyTo(to[i..]);
            (high << 16).CopyTo(to[(i + Vector<uint>.Count)..]);
        }

        for (; i < from.Length; i++)
        {
            to[i] = (uint)from[i] << 16;
        }
    }

    private static void Round(ReadOnlySpan<float> x, Span<BFloat16> y)
    {
        Span<ushort> to = MemoryMarshal.Cast<BFloat16, ushort>(y);
        int i = 0;
        for (; i <= x.Length - Vector<ushort>.Count; i += Vector<ushort>.Count)
        {
            Vector<uint> low = Rounded(new Vector<float>(x[i..])), high = Rounded(new Vector<float>(x[(i + Vector<float>.Count)..]));
            Vector.Narrow(low, high).CopyTo(to[i..]);
        }

        for (; i < x.Length; i++)
        {
            to[i] = BFloat16.FromSingle(x[i]).Bits;
        }
    }

    private static Vector<uint> Rounded(Vector<float> x)
    {
        Vector<uint> bits = Vector.AsVectorUInt32(x), cut = bits >>> 16;
        Vector<uint> near = (bits + new Vector<uint>(0x7FFF) + (cut & Vector<uint>.One)) >>> 16;
        return Vector.ConditionalSelect(Vector.AsVectorUInt32(Vector.Equals(x, x)), near, cut | new Vector<uint>(0x40));
    }
}
