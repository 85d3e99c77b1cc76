using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Adjoint.Kernels;

/// <summary>Brings two to seven rows of 32 bits into columns, such as the channels of an image: eight columns at a time in registers.</summary>
/// <remarks>Each short row of the target is written with what lies behind it, which the next one writes again.</remarks>
internal static unsafe class NarrowTransposition
{
    private const int Side = 8;

    /// <summary>Whether there is a way for so many rows of a source, one after another in the target.</summary>
    internal static bool Fits<T>(int n, nint targetRow)
        where T : unmanaged => Avx.IsSupported && sizeof(T) == sizeof(float) && n is > 1 and < Side && targetRow == n;

    /// <summary>target[j·n + i] = source[i·sourceRow + j] for i &lt; n and the first j, as many as can be written in eights. Returns how many.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static int Run(float* source, float* target, int n, nint sourceRow, int m)
    {
        long end = ((long)m * n) - Side;
        int j = 0;
        for (; (long)(j + Side - 1) * n <= end; j += Side)
        {
            Columns(source + j, target + ((nint)j * n), n, sourceRow);
        }

        return j;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Columns(float* source, float* target, int n, nint row)
    {
        Four(source, n, row, out Vector256<float> a, out Vector256<float> b, out Vector256<float> c, out Vector256<float> d);
        Four(source + (4 * row), n - 4, row, out Vector256<float> e, out Vector256<float> f, out Vector256<float> g, out Vector256<float> h);
        Avx.Permute2x128(a, e, 0x20).Store(target);
        Avx.Permute2x128(b, f, 0x20).Store(target + n);
        Avx.Permute2x128(c, g, 0x20).Store(target + (2 * n));
        Avx.Permute2x128(d, h, 0x20).Store(target + (3 * n));
        Avx.Permute2x128(a, e, 0x31).Store(target + (4 * n));
        Avx.Permute2x128(b, f, 0x31).Store(target + (5 * n));
        Avx.Permute2x128(c, g, 0x31).Store(target + (6 * n));
        Avx.Permute2x128(d, h, 0x31).Store(target + (7 * n));
    }

    /// <summary>Up to four rows of eight: columns 0 to 3 in the low halves, 4 to 7 in the high halves.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Four(
        float* source,
        int n,
        nint row,
        out Vector256<float> a,
        out Vector256<float> b,
        out Vector256<float> c,
        out Vector256<float> d)
    {
        Vector256<float> r0 = n > 0 ? Vector256.Load(source) : default, r1 = n > 1 ? Vector256.Load(source + row) : default;
        Vector256<float> r2 = n > 2 ? Vector256.Load(source + (2 * row)) : default, r3 = n > 3 ? Vector256.Load(source + (3 * row)) : default;
        Vector256<float> low01 = Avx.UnpackLow(r0, r1), high01 = Avx.UnpackHigh(r0, r1);
        Vector256<float> low23 = Avx.UnpackLow(r2, r3), high23 = Avx.UnpackHigh(r2, r3);
        a = Avx.Shuffle(low01, low23, 0x44);
        b = Avx.Shuffle(low01, low23, 0xEE);
        c = Avx.Shuffle(high01, high23, 0x44);
        d = Avx.Shuffle(high01, high23, 0xEE);
    }
}
