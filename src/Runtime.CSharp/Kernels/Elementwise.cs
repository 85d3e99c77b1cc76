using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Adjoint.Kernels;

/// <summary>Elementwise maps. The result may be an operand (the same elements) or must not overlap it.</summary>
/// <remarks>
/// The last, incomplete vector is computed by the same vector code, so a value depends on its operands alone and not on
/// its place. Tiles are 32768 elements.
/// </remarks>
internal static class Elementwise
{
    private const int TileElements = 1 << 15;

    /// <summary>y[i] = op(x[i]) for i &lt; count.</summary>
    public static void Map<T, TOp>(T[] x, int xOffset, T[] y, int yOffset, int count, IParallel parallel)
        where T : unmanaged
        where TOp : struct, IUnaryOp<T>
    {
        if (count <= TileElements)
        {
            Map<T, TOp>(x.AsSpan(xOffset, count), y.AsSpan(yOffset, count));
        }
        else
        {
            MapInTiles<T, TOp>(x, xOffset, y, yOffset, count, parallel);
        }
    }

    /// <summary>z[i] = op(x[i], y[i]) for i &lt; count.</summary>
    public static void Zip<T, TOp>(T[] x, int xOffset, T[] y, int yOffset, T[] z, int zOffset, int count, IParallel parallel)
        where T : unmanaged
        where TOp : struct, IBinaryOp<T>
    {
        if (count <= TileElements)
        {
            Zip<T, TOp>(x.AsSpan(xOffset, count), y.AsSpan(yOffset, count), z.AsSpan(zOffset, count));
        }
        else
        {
            ZipInTiles<T, TOp>(x, xOffset, y, yOffset, z, zOffset, count, parallel);
        }
    }

    /// <summary>z[i] = op(x[i], y) for i &lt; count; with <see cref="Swapped{T, TOp}"/>, op(y, x[i]).</summary>
    public static void ZipScalar<T, TOp>(T[] x, int xOffset, T y, T[] z, int zOffset, int count, IParallel parallel)
        where T : unmanaged
        where TOp : struct, IBinaryOp<T>
    {
        if (count <= TileElements)
        {
            ZipScalar<T, TOp>(x.AsSpan(xOffset, count), y, z.AsSpan(zOffset, count));
        }
        else
        {
            ZipScalarInTiles<T, TOp>(x, xOffset, y, z, zOffset, count, parallel);
        }
    }

    /// <summary>z[r, c] = op(x[r, c], y[c]): a row for every row of a matrix.</summary>
    public static void ZipRow<T, TOp>(T[] x, int xOffset, T[] y, int yOffset, T[] z, int zOffset, int rows, int columns, IParallel parallel)
        where T : unmanaged
        where TOp : struct, IBinaryOp<T>
    {
        if (rows * (long)columns <= TileElements)
        {
            ZipRow<T, TOp>(x.AsSpan(xOffset), y.AsSpan(yOffset, columns), z.AsSpan(zOffset), rows);
        }
        else
        {
            ZipRowInTiles<T, TOp>(x, xOffset, y, yOffset, z, zOffset, rows, columns, parallel);
        }
    }

    /// <summary>z[r, c] = op(x[r, c], y[r]): a scalar for every row of a matrix.</summary>
    public static void ZipColumn<T, TOp>(
        T[] x,
        int xOffset,
        T[] y,
        int yOffset,
        T[] z,
        int zOffset,
        int rows,
        int columns,
        IParallel parallel)
        where T : unmanaged
        where TOp : struct, IBinaryOp<T>
    {
        if (rows * (long)columns <= TileElements)
        {
            ZipColumn<T, TOp>(x.AsSpan(xOffset), y.AsSpan(yOffset, rows), z.AsSpan(zOffset), columns);
        }
        else
        {
            ZipColumnInTiles<T, TOp>(x, xOffset, y, yOffset, z, zOffset, rows, columns, parallel);
        }
    }

    /// <summary>y[i] = op(x[i]) on spans of one length, on the calling thread.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Map<T, TOp>(ReadOnlySpan<T> x, Span<T> y)
        where T : unmanaged
        where TOp : struct, IUnaryOp<T>
    {
        ref T from = ref MemoryMarshal.GetReference(x);
        ref T to = ref MemoryMarshal.GetReference(y);
        int i = 0;
        if (!Vector.IsHardwareAccelerated)
        {
            for (; i < x.Length; i++)
            {
                Unsafe.Add(ref to, i) = TOp.Apply(Unsafe.Add(ref from, i));
            }

            return;
        }

        for (; i <= x.Length - Vector<T>.Count; i += Vector<T>.Count)
        {
            TOp.Apply(Vector.LoadUnsafe(ref from, (nuint)i)).StoreUnsafe(ref to, (nuint)i);
        }

        if (i < x.Length)
        {
            Part.Store(TOp.Apply(Part.Load(x[i..])), y[i..]);
        }
    }

    /// <summary>z[i] = op(x[i], y[i]) on spans of one length, on the calling thread.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Zip<T, TOp>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> z)
        where T : unmanaged
        where TOp : struct, IBinaryOp<T>
    {
        ref T left = ref MemoryMarshal.GetReference(x);
        ref T right = ref MemoryMarshal.GetReference(y);
        ref T to = ref MemoryMarshal.GetReference(z);
        int i = 0;
        if (!Vector.IsHardwareAccelerated)
        {
            for (; i < x.Length; i++)
            {
                Unsafe.Add(ref to, i) = TOp.Apply(Unsafe.Add(ref left, i), Unsafe.Add(ref right, i));
            }

            return;
        }

        for (; i <= x.Length - Vector<T>.Count; i += Vector<T>.Count)
        {
            TOp.Apply(Vector.LoadUnsafe(ref left, (nuint)i), Vector.LoadUnsafe(ref right, (nuint)i)).StoreUnsafe(ref to, (nuint)i);
        }

        if (i < x.Length)
        {
            Part.Store(TOp.Apply(Part.Load(x[i..]), Part.Load(y[i..])), z[i..]);
        }
    }

    /// <summary>z[i] = op(x[i], y) on spans of one length, on the calling thread.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ZipScalar<T, TOp>(ReadOnlySpan<T> x, T y, Span<T> z)
        where T : unmanaged
        where TOp : struct, IBinaryOp<T>
    {
        ref T from = ref MemoryMarshal.GetReference(x);
        ref T to = ref MemoryMarshal.GetReference(z);
        int i = 0;
        if (!Vector.IsHardwareAccelerated)
        {
            for (; i < x.Length; i++)
            {
                Unsafe.Add(ref to, i) = TOp.Apply(Unsafe.Add(ref from, i), y);
            }

            return;
        }

        var all = new Vector<T>(y);
        for (; i <= x.Length - Vector<T>.Count; i += Vector<T>.Count)
        {
            TOp.Apply(Vector.LoadUnsafe(ref from, (nuint)i), all).StoreUnsafe(ref to, (nuint)i);
        }

        if (i < x.Length)
        {
            Part.Store(TOp.Apply(Part.Load(x[i..]), all), z[i..]);
        }
    }

    private static void MapInTiles<T, TOp>(T[] x, int xOffset, T[] y, int yOffset, int count, IParallel parallel)
        where T : unmanaged
        where TOp : struct, IUnaryOp<T>
    {
        InTiles(count, parallel, (start, length) =>
            Map<T, TOp>(x.AsSpan(xOffset + start, length), y.AsSpan(yOffset + start, length)));
    }

    private static void ZipInTiles<T, TOp>(T[] x, int xOffset, T[] y, int yOffset, T[] z, int zOffset, int count, IParallel parallel)
        where T : unmanaged
        where TOp : struct, IBinaryOp<T>
    {
        InTiles(count, parallel, (start, length) => Zip<T, TOp>(
            x.AsSpan(xOffset + start, length),
            y.AsSpan(yOffset + start, length),
            z.AsSpan(zOffset + start, length)));
    }

    private static void ZipScalarInTiles<T, TOp>(T[] x, int xOffset, T y, T[] z, int zOffset, int count, IParallel parallel)
        where T : unmanaged
        where TOp : struct, IBinaryOp<T>
    {
        InTiles(count, parallel, (start, length) =>
            ZipScalar<T, TOp>(x.AsSpan(xOffset + start, length), y, z.AsSpan(zOffset + start, length)));
    }

    private static void ZipRowInTiles<T, TOp>(
        T[] x,
        int xOffset,
        T[] y,
        int yOffset,
        T[] z,
        int zOffset,
        int rows,
        int columns,
        IParallel parallel)
        where T : unmanaged
        where TOp : struct, IBinaryOp<T>
    {
        InRows(rows, columns, parallel, (row, count) => ZipRow<T, TOp>(
            x.AsSpan(xOffset + (row * columns)),
            y.AsSpan(yOffset, columns),
            z.AsSpan(zOffset + (row * columns)),
            count));
    }

    private static void ZipColumnInTiles<T, TOp>(
        T[] x,
        int xOffset,
        T[] y,
        int yOffset,
        T[] z,
        int zOffset,
        int rows,
        int columns,
        IParallel parallel)
        where T : unmanaged
        where TOp : struct, IBinaryOp<T>
    {
        InRows(rows, columns, parallel, (row, count) => ZipColumn<T, TOp>(
            x.AsSpan(xOffset + (row * columns)),
            y.AsSpan(yOffset + row, count),
            z.AsSpan(zOffset + (row * columns)),
            columns));
    }

    /// <summary>Cuts count elements into tiles.</summary>
    internal static void InTiles(int count, IParallel parallel, Action<int, int> body) =>
        parallel.For(
            GemmTiling.Ceiling(count, TileElements),
            tile => body(tile * TileElements, Math.Min(TileElements, count - (tile * TileElements))));

    /// <summary>Cuts a matrix into tiles of whole rows.</summary>
    internal static void InRows(int rows, int columns, IParallel parallel, Action<int, int> body)
    {
        int tileRows = Math.Max(1, TileElements / Math.Max(1, columns));
        parallel.For(
            GemmTiling.Ceiling(rows, tileRows),
            tile => body(tile * tileRows, Math.Min(tileRows, rows - (tile * tileRows))));
    }

    private static void ZipRow<T, TOp>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> z, int rows)
        where T : unmanaged
        where TOp : struct, IBinaryOp<T>
    {
        for (int row = 0; row < rows; row++)
        {
            Zip<T, TOp>(x.Slice(row * y.Length, y.Length), y, z.Slice(row * y.Length, y.Length));
        }
    }

    private static void ZipColumn<T, TOp>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> z, int columns)
        where T : unmanaged
        where TOp : struct, IBinaryOp<T>
    {
        for (int row = 0; row < y.Length; row++)
        {
            ZipScalar<T, TOp>(x.Slice(row * columns, columns), y[row], z.Slice(row * columns, columns));
        }
    }
}
