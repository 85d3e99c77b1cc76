using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Adjoint.Kernels;

/// <summary>
/// Transposes squares of 16 × 16 numbers of 32 bits and 8 × 8 of 64 in registers. Lines of the cache are read and written as a whole, so that
/// nothing is lost where rows lie a power of two apart and share few places of a cache.
/// </summary>
internal static unsafe class WideTransposition
{
    /// <summary>The side of a square; 0 where there is none for this size, or on this processor.</summary>
    internal static int Side<T>()
        where T : unmanaged => !Avx512F.IsSupported ? 0 : sizeof(T) == 4 ? 16 : sizeof(T) == 8 ? 8 : 0;

    /// <summary>One square: target[j·targetRow + i] = source[i·sourceRow + j].</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Run<T>(T* source, nint sourceRow, T* target, nint targetRow)
        where T : unmanaged
    {
        if (sizeof(T) == 4)
        {
            Sixteen((float*)source, sourceRow, (float*)target, targetRow);
        }
        else
        {
            Eight((double*)source, sourceRow, (double*)target, targetRow);
        }
    }

    private static void Sixteen(float* source, nint row, float* target, nint targetRow)
    {
        Four(source, row, out Vector512<float> a0, out Vector512<float> a1, out Vector512<float> a2, out Vector512<float> a3);
        Four(source + (4 * row), row, out Vector512<float> b0, out Vector512<float> b1, out Vector512<float> b2, out Vector512<float> b3);
        Four(source + (8 * row), row, out Vector512<float> c0, out Vector512<float> c1, out Vector512<float> c2, out Vector512<float> c3);
        Four(source + (12 * row), row, out Vector512<float> d0, out Vector512<float> d1, out Vector512<float> d2, out Vector512<float> d3);
        Spread(a0, b0, c0, d0, target, 4 * targetRow);
        Spread(a1, b1, c1, d1, target + targetRow, 4 * targetRow);
        Spread(a2, b2, c2, d2, target + (2 * targetRow), 4 * targetRow);
        Spread(a3, b3, c3, d3, target + (3 * targetRow), 4 * targetRow);
    }

    private static void Eight(double* source, nint row, double* target, nint targetRow)
    {
        Two(source, row, out Vector512<float> a0, out Vector512<float> a1);
        Two(source + (2 * row), row, out Vector512<float> b0, out Vector512<float> b1);
        Two(source + (4 * row), row, out Vector512<float> c0, out Vector512<float> c1);
        Two(source + (6 * row), row, out Vector512<float> d0, out Vector512<float> d1);
        Spread(a0, b0, c0, d0, (float*)target, 4 * targetRow);
        Spread(a1, b1, c1, d1, (float*)(target + targetRow), 4 * targetRow);
    }

    /// <summary>Four rows: quarter q of vector c holds column 4q + c.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Four(
        float* source, nint row, out Vector512<float> c0, out Vector512<float> c1, out Vector512<float> c2, out Vector512<float> c3)
    {
        Vector512<float> r0 = Vector512.Load(source), r1 = Vector512.Load(source + row);
        Vector512<float> r2 = Vector512.Load(source + (2 * row)), r3 = Vector512.Load(source + (3 * row));
        Vector512<double> low01 = Avx512F.UnpackLow(r0, r1).AsDouble(), high01 = Avx512F.UnpackHigh(r0, r1).AsDouble();
        Vector512<double> low23 = Avx512F.UnpackLow(r2, r3).AsDouble(), high23 = Avx512F.UnpackHigh(r2, r3).AsDouble();
        c0 = Avx512F.UnpackLow(low01, low23).AsSingle();
        c1 = Avx512F.UnpackHigh(low01, low23).AsSingle();
        c2 = Avx512F.UnpackLow(high01, high23).AsSingle();
        c3 = Avx512F.UnpackHigh(high01, high23).AsSingle();
    }

    /// <summary>Two rows: quarter q of vector c holds column 2q + c.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Two(double* source, nint row, out Vector512<float> c0, out Vector512<float> c1)
    {
        Vector512<double> r0 = Vector512.Load(source), r1 = Vector512.Load(source + row);
        c0 = Avx512F.UnpackLow(r0, r1).AsSingle();
        c1 = Avx512F.UnpackHigh(r0, r1).AsSingle();
    }

    /// <summary>Writes the quarters q of all four as the row that lies q gaps behind the first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Spread(Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d, float* target, nint gap)
    {
        const byte Even = 0x88, Odd = 0xDD;
        Vector512<float> evenAb = Avx512F.Shuffle4x128(a, b, Even), evenCd = Avx512F.Shuffle4x128(c, d, Even);
        Vector512<float> oddAb = Avx512F.Shuffle4x128(a, b, Odd), oddCd = Avx512F.Shuffle4x128(c, d, Odd);
        Avx512F.Shuffle4x128(evenAb, evenCd, Even).Store(target);
        Avx512F.Shuffle4x128(oddAb, oddCd, Even).Store(target + gap);
        Avx512F.Shuffle4x128(evenAb, evenCd, Odd).Store(target + (2 * gap));
        Avx512F.Shuffle4x128(oddAb, oddCd, Odd).Store(target + (3 * gap));
    }
}
