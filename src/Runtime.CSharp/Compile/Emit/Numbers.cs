using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Adjoint.Core;

namespace Adjoint.Compile.Emit;

/// <summary>What emitted code calls for single numbers where IL has no instruction of the same meaning, and around them.</summary>
internal static unsafe class Numbers
{
    internal static int Divide(int x, int y) => (uint)(y + 1) > 1 ? x / y : y == 0 ? 0 : unchecked(-x);

    internal static uint Divide(uint x, uint y) => y == 0 ? 0 : x / y;

    internal static long Divide(long x, long y) => (ulong)(y + 1) > 1 ? x / y : y == 0 ? 0 : unchecked(-x);

    internal static ulong Divide(ulong x, ulong y) => y == 0 ? 0 : x / y;

    internal static int Remainder(int x, int y) => (uint)(y + 1) > 1 ? x % y : 0;

    internal static uint Remainder(uint x, uint y) => y == 0 ? 0 : x % y;

    internal static long Remainder(long x, long y) => (ulong)(y + 1) > 1 ? x % y : 0;

    internal static ulong Remainder(ulong x, ulong y) => y == 0 ? 0 : x % y;

    internal static int Absolute(int x) => (x ^ (x >> 31)) - (x >> 31);

    internal static long Absolute(long x) => (x ^ (x >> 63)) - (x >> 63);

    internal static float MinimumNative(float x, float y) => Sse.IsSupported
        ? Sse.MinScalar(Vector128.CreateScalarUnsafe(x), Vector128.CreateScalarUnsafe(y)).ToScalar()
        : x < y ? x : y;

    internal static double MinimumNative(double x, double y) => Sse2.IsSupported
        ? Sse2.MinScalar(Vector128.CreateScalarUnsafe(x), Vector128.CreateScalarUnsafe(y)).ToScalar()
        : x < y ? x : y;

    internal static float MaximumNative(float x, float y) => Sse.IsSupported
        ? Sse.MaxScalar(Vector128.CreateScalarUnsafe(x), Vector128.CreateScalarUnsafe(y)).ToScalar()
        : x > y ? x : y;

    internal static double MaximumNative(double x, double y) => Sse2.IsSupported
        ? Sse2.MaxScalar(Vector128.CreateScalarUnsafe(x), Vector128.CreateScalarUnsafe(y)).ToScalar()
        : x > y ? x : y;

    internal static float ToSingle(uint x) => (long)x;

    internal static double ToDouble(uint x) => (long)x;

    /// <summary>Rounded once: halved with its last bit kept where something was cut off, so that ties are seen.</summary>
    internal static float ToSingle(ulong x) => (long)x >= 0 ? (long)x : 2.0f * (long)((x >> 1) | (x & 1));

    internal static double ToDouble(ulong x) => (long)x >= 0 ? (long)x : 2.0 * (long)((x >> 1) | (x & 1));

    /// <summary>As all conversions to integers of .NET 9 and later: cut towards zero, saturating, NaN to 0.</summary>
    internal static int ToInt32(double x) => (int)x;

    internal static uint ToUInt32(double x) => (uint)x;

    internal static long ToInt64(double x) => (long)x;

    internal static ulong ToUInt64(double x) => (ulong)x;

    /// <summary>Copies a few bytes: the last lanes of a loop.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static void Copy(byte* from, byte* to, int bytes)
    {
        for (int i = 0; i < bytes; i++)
        {
            to[i] = from[i];
        }
    }

    /// <summary>Makes room in a stack for so many elements: the address of its first.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static byte* Grow(NDArray[] buffers, int number, long needed)
    {
        NDArray old = buffers[number];
        long length = Math.Max(needed, Math.Min(2L * old.Size, Array.MaxLength));
        if (length > Array.MaxLength)
        {
            throw new AdjointException($"stack: {needed} elements are more than an array can hold.");
        }

        Array storage = old.Type.NewArray((int)length, pinned: true);
        Array.Copy(old.Storage, old.Start, storage, 0, old.Size);
        buffers[number] = new NDArray(old.Type, Shape.Of((int)length), storage);
        return (byte*)Unsafe.AsPointer(ref buffers[number].FirstByte);
    }
}
