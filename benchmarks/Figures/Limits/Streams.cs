using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Figures.Limits;

/// <summary>Loops that do nothing but move memory. Arrays lie one after another; lengths in bytes are multiples of 256.</summary>
internal static unsafe class Streams
{
    private const MethodImplOptions Hot = MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization;

    /// <summary>Whether there are stores that go around the caches.</summary>
    public static bool CanGoAround => Avx512F.IsSupported;

    /// <summary>Reads all, and gives something that depends on it.</summary>
    [MethodImpl(Hot)]
    public static long Read(byte* x, nint bytes, int repeats)
    {
        Vector512<long> a = default, b = default, c = default, d = default;
        for (int round = 0; round < repeats; round++)
        {
            for (nint i = 0; i < bytes; i += 256)
            {
                a ^= Vector512.Load((long*)(x + i));
                b ^= Vector512.Load((long*)(x + i + 64));
                c ^= Vector512.Load((long*)(x + i + 128));
                d ^= Vector512.Load((long*)(x + i + 192));
            }
        }

        return Vector512.Sum(a ^ b ^ c ^ d);
    }

    /// <summary>y = a constant.</summary>
    [MethodImpl(Hot)]
    public static void Write(byte* y, nint bytes, int repeats)
    {
        Vector512<long> one = Vector512<long>.One;
        for (int round = 0; round < repeats; round++)
        {
            for (nint i = 0; i < bytes; i += 256)
            {
                one.Store((long*)(y + i));
                one.Store((long*)(y + i + 64));
                one.Store((long*)(y + i + 128));
                one.Store((long*)(y + i + 192));
            }
        }
    }

    /// <summary>y = x.</summary>
    [MethodImpl(Hot)]
    public static void Copy(byte* x, nint bytes, int repeats)
    {
        byte* y = x + bytes;
        for (int round = 0; round < repeats; round++)
        {
            for (nint i = 0; i < bytes; i += 128)
            {
                Vector512.Load((long*)(x + i)).Store((long*)(y + i));
                Vector512.Load((long*)(x + i + 64)).Store((long*)(y + i + 64));
            }
        }
    }

    /// <summary>z = x + 3 y, as in the STREAM benchmark (McCalpin 1995).</summary>
    [MethodImpl(Hot)]
    public static void Triad(byte* x, nint bytes, int repeats)
    {
        byte* y = x + bytes;
        byte* z = y + bytes;
        for (int round = 0; round < repeats; round++)
        {
            for (nint i = 0; i < bytes; i += 128)
            {
                Sum(x + i, y + i).Store((float*)(z + i));
                Sum(x + i + 64, y + i + 64).Store((float*)(z + i + 64));
            }
        }
    }

    /// <summary>y = a constant, around the caches.</summary>
    [MethodImpl(Hot)]
    public static void WriteAround(byte* y, nint bytes)
    {
        Vector512<long> one = Vector512<long>.One;
        for (nint i = 0; i < bytes; i += 64)
        {
            one.StoreAlignedNonTemporal((long*)(y + i));
        }
    }

    /// <summary>y = x, around the caches.</summary>
    [MethodImpl(Hot)]
    public static void CopyAround(byte* x, nint bytes)
    {
        byte* y = x + bytes;
        for (nint i = 0; i < bytes; i += 64)
        {
            Vector512.Load((long*)(x + i)).StoreAlignedNonTemporal((long*)(y + i));
        }
    }

    /// <summary>z = x + 3 y, around the caches.</summary>
    [MethodImpl(Hot)]
    public static void TriadAround(byte* x, nint bytes)
    {
        byte* y = x + bytes;
        byte* z = y + bytes;
        for (nint i = 0; i < bytes; i += 64)
        {
            Sum(x + i, y + i).StoreAlignedNonTemporal((float*)(z + i));
        }
    }

    private static Vector512<float> Sum(byte* x, byte* y) =>
        Vector512.FusedMultiplyAdd(Vector512.Load((float*)y), Vector512.Create(3f), Vector512.Load((float*)x));
}
