using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Adjoint.Loops;

/// <summary>Copies blocks of matrices, rows becoming columns: whole lines of the caches are read and written, and exchanged in registers.</summary>
internal static unsafe class Transposing
{
    /// <summary>Rows and columns that are exchanged at a time.</summary>
    private const int Side = 8;

    /// <summary>Element i · fromStride + j becomes element j · toStride + i, for all rows i and columns j.</summary>
    /// <param name="from">Where the block begins.</param>
    /// <param name="fromStride">Elements from one row to the next.</param>
    /// <param name="to">Where it goes.</param>
    /// <param name="toStride">Elements from one row to the next there.</param>
    /// <param name="rows">How many rows are read.</param>
    /// <param name="columns">How many columns are read.</param>
    /// <param name="size">Bytes of an element: 1, 2, 4 or 8.</param>
    internal static void Copy(byte* from, long fromStride, byte* to, long toStride, long rows, long columns, int size)
    {
        switch (size)
        {
            case 1:
                Each(from, fromStride, to, toStride, 0, rows, 0, columns);
                break;
            case 2:
                Each((short*)from, fromStride, (short*)to, toStride, 0, rows, 0, columns);
                break;
            case 4:
                Squares((float*)from, fromStride, (float*)to, toStride, rows, columns, &Eight);
                break;
            default:
                Squares((double*)from, fromStride, (double*)to, toStride, rows, columns, &Eight);
                break;
        }
    }

    /// <summary>Whole squares by vectors, and what is left one by one.</summary>
    private static void Squares<T>(
        T* from, long fromStride, T* to, long toStride, long rows, long columns, delegate*<T*, long, T*, long, void> square)
        where T : unmanaged
    {
        long wholeRows = Avx.IsSupported ? rows / Side * Side : 0;
        long wholeColumns = Avx.IsSupported ? columns / Side * Side : 0;
        for (long i = 0; i < wholeRows; i += Side)
        {
            for (long j = 0; j < wholeColumns; j += Side)
            {
                square(from + (i * fromStride) + j, fromStride, to + (j * toStride) + i, toStride);
            }
        }

        Each(from, fromStride, to, toStride, 0, wholeRows, wholeColumns, columns);
        Each(from, fromStride, to, toStride, wholeRows, rows, 0, columns);
    }

    private static void Each<T>(T* from, long fromStride, T* to, long toStride, long firstRow, long rows, long firstColumn, long columns)
        where T : unmanaged
    {
        for (long j = firstColumn; j < columns; j++)
        {
            for (long i = firstRow; i < rows; i++)
            {
                to[(j * toStride) + i] = from[(i * fromStride) + j];
            }
        }
    }

    private static void Eight(float* from, long fromStride, float* to, long toStride)
    {
        Four(from, fromStride, to, toStride);
        Four(from + 4, fromStride, to + (4 * toStride), toStride);
    }

    /// <summary>Four columns of eight rows.</summary>
    private static void Four(float* from, long fromStride, float* to, long toStride)
    {
        Vector256<float> a = Rows(0);
        Vector256<float> b = Rows(1);
        Vector256<float> c = Rows(2);
        Vector256<float> d = Rows(3);
        Vector256<double> low = Avx.UnpackLow(a, b).AsDouble();
        Vector256<double> high = Avx.UnpackHigh(a, b).AsDouble();
        Vector256<double> lower = Avx.UnpackLow(c, d).AsDouble();
        Vector256<double> higher = Avx.UnpackHigh(c, d).AsDouble();
        Avx.UnpackLow(low, lower).AsSingle().Store(to);
        Avx.UnpackHigh(low, lower).AsSingle().Store(to + toStride);
        Avx.UnpackLow(high, higher).AsSingle().Store(to + (2 * toStride));
        Avx.UnpackHigh(high, higher).AsSingle().Store(to + (3 * toStride));

        Vector256<float> Rows(int row) =>
            Vector256.Create(Vector128.Load(from + (row * fromStride)), Vector128.Load(from + ((row + 4) * fromStride)));
    }

    private static void Eight(double* from, long fromStride, double* to, long toStride)
    {
        for (int j = 0; j < Side; j += 2)
        {
            Two(from + j, fromStride, to + (j * toStride), toStride);
            Two(from + j + (4 * fromStride), fromStride, to + (j * toStride) + 4, toStride);
        }
    }

    /// <summary>Two columns of four rows.</summary>
    private static void Two(double* from, long fromStride, double* to, long toStride)
    {
        Vector256<double> even = Vector256.Create(Vector128.Load(from), Vector128.Load(from + (2 * fromStride)));
        Vector256<double> odd = Vector256.Create(Vector128.Load(from + fromStride), Vector128.Load(from + (3 * fromStride)));
        Avx.UnpackLow(even, odd).Store(to);
        Avx.UnpackHigh(even, odd).Store(to + toStride);
    }
}
