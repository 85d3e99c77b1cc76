using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Adjoint.Kernels;

/// <summary>Copies a matrix into the transposed order, in blocks that fit the first cache.</summary>
internal static unsafe class Transposition
{
    private const int Block = 64;

    /// <summary>target[j·targetRow + i] = source[i·sourceRow + j] for i &lt; n, j &lt; m.</summary>
    public static void Run<T>(T* source, T* target, int n, nint sourceRow, int m, nint targetRow)
        where T : unmanaged
    {
        if (NarrowTransposition.Fits<T>(n, targetRow))
        {
            int done = NarrowTransposition.Run((float*)source, (float*)target, n, sourceRow, m);
            Elements(source, target, 0, n, sourceRow, done, m, targetRow);
            return;
        }

        for (int j = 0; j < m; j += Block)
        {
            int rows = Math.Min(Block, m - j);
            for (int i = 0; i < n; i += Block)
            {
                int columns = Math.Min(Block, n - i);
                Part(source + (i * sourceRow) + j, target + (j * targetRow) + i, columns, sourceRow, rows, targetRow);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Part<T>(T* source, T* target, int n, nint sourceRow, int m, nint targetRow)
        where T : unmanaged
    {
        int wide = WideTransposition.Side<T>();
        int side = wide > 0 ? wide : !Avx.IsSupported ? 0 : sizeof(T) == 4 ? 8 : sizeof(T) == 8 ? 4 : 0;
        int wholeRows = side == 0 ? 0 : n / side * side, wholeColumns = side == 0 ? 0 : m / side * side;
        for (int i = 0; i < wholeRows; i += side)
        {
            for (int j = 0; j < wholeColumns; j += side)
            {
                if (wide > 0)
                {
                    WideTransposition.Run(source + (i * sourceRow) + j, sourceRow, target + (j * targetRow) + i, targetRow);
                }
                else if (sizeof(T) == 4)
                {
                    EightByEight((float*)(source + (i * sourceRow) + j), sourceRow, (float*)(target + (j * targetRow) + i), targetRow);
                }
                else
                {
                    FourByFour((double*)(source + (i * sourceRow) + j), sourceRow, (double*)(target + (j * targetRow) + i), targetRow);
                }
            }
        }

        Elements(source, target, 0, n, sourceRow, wholeColumns, m, targetRow);
        Elements(source, target, wholeRows, n, sourceRow, 0, wholeColumns, targetRow);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Elements<T>(T* source, T* target, int i0, int n, nint sourceRow, int j0, int m, nint targetRow)
        where T : unmanaged
    {
        for (int j = j0; j < m; j++)
        {
            T* from = source + j;
            T* to = target + (j * targetRow);
            for (int i = i0; i < n; i++)
            {
                to[i] = from[i * sourceRow];
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void EightByEight(float* source, nint row, float* target, nint targetRow)
    {
        Four(source, row, out Vector256<float> a, out Vector256<float> b, out Vector256<float> c, out Vector256<float> d);
        Four(source + (4 * row), row, out Vector256<float> e, out Vector256<float> f, out Vector256<float> g, out Vector256<float> h);
        Avx.Permute2x128(a, e, 0x20).Store(target);
        Avx.Permute2x128(b, f, 0x20).Store(target + targetRow);
        Avx.Permute2x128(c, g, 0x20).Store(target + (2 * targetRow));
        Avx.Permute2x128(d, h, 0x20).Store(target + (3 * targetRow));
        Avx.Permute2x128(a, e, 0x31).Store(target + (4 * targetRow));
        Avx.Permute2x128(b, f, 0x31).Store(target + (5 * targetRow));
        Avx.Permute2x128(c, g, 0x31).Store(target + (6 * targetRow));
        Avx.Permute2x128(d, h, 0x31).Store(target + (7 * targetRow));
    }

    /// <summary>Four rows of eight: columns 0 to 3 of the rows in the low halves, 4 to 7 in the high halves.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Four(
        float* source,
        nint row,
        out Vector256<float> a,
        out Vector256<float> b,
        out Vector256<float> c,
        out Vector256<float> d)
    {
        Vector256<float> r0 = Vector256.Load(source), r1 = Vector256.Load(source + row);
        Vector256<float> r2 = Vector256.Load(source + (2 * row)), r3 = Vector256.Load(source + (3 * row));
        Vector256<float> low01 = Avx.UnpackLow(r0, r1), high01 = Avx.UnpackHigh(r0, r1);
        Vector256<float> low23 = Avx.UnpackLow(r2, r3), high23 = Avx.UnpackHigh(r2, r3);
        a = Avx.Shuffle(low01, low23, 0x44);
        b = Avx.Shuffle(low01, low23, 0xEE);
        c = Avx.Shuffle(high01, high23, 0x44);
        d = Avx.Shuffle(high01, high23, 0xEE);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void FourByFour(double* source, nint row, double* target, nint targetRow)
    {
        Vector256<double> r0 = Vector256.Load(source), r1 = Vector256.Load(source + row);
        Vector256<double> r2 = Vector256.Load(source + (2 * row)), r3 = Vector256.Load(source + (3 * row));
        Vector256<double> low01 = Avx.UnpackLow(r0, r1), high01 = Avx.UnpackHigh(r0, r1);
        Vector256<double> low23 = Avx.UnpackLow(r2, r3), high23 = Avx.UnpackHigh(r2, r3);
        Avx.Permute2x128(low01, low23, 0x20).Store(target);
        Avx.Permute2x128(high01, high23, 0x20).Store(target + targetRow);
        Avx.Permute2x128(low01, low23, 0x31).Store(target + (2 * targetRow));
        Avx.Permute2x128(high01, high23, 0x31).Store(target + (3 * targetRow));
    }
}
