using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Adjoint.Kernels;

/// <summary>Comparisons to masks and selections by masks; a mask holds one bool an element.</summary>
internal static class Choose
{
    private const int TileElements = 1 << 15;

    /// <summary>mask[i] = op(x[i], y[i]) for i &lt; count.</summary>
    public static void Compare<T, TOp>(T[] x, int xOffset, T[] y, int yOffset, bool[] mask, int maskOffset, int count, IParallel parallel)
        where T : unmanaged
        where TOp : struct, IComparison<T>
    {
        if (count <= TileElements)
        {
            Compare<T, TOp>(x.AsSpan(xOffset, count), y.AsSpan(yOffset, count), mask.AsSpan(maskOffset, count));
        }
        else
        {
            CompareInTiles<T, TOp>(x, xOffset, y, yOffset, mask, maskOffset, count, parallel);
        }
    }

    /// <summary>mask[i] = op(x[i], y) for i &lt; count.</summary>
    public static void CompareScalar<T, TOp>(T[] x, int xOffset, T y, bool[] mask, int maskOffset, int count, IParallel parallel)
        where T : unmanaged
        where TOp : struct, IComparison<T>
    {
        if (count <= TileElements)
        {
            Compare<T, TOp>(x.AsSpan(xOffset, count), MemoryMarshal.CreateReadOnlySpan(ref y, 1), mask.AsSpan(maskOffset, count));
        }
        else
        {
            CompareScalarInTiles<T, TOp>(x, xOffset, y, mask, maskOffset, count, parallel);
        }
    }

    /// <summary>z[i] = mask[i] ? x[i] : y[i] for i &lt; count; z may be x or y.</summary>
    public static void Select<T>(
        bool[] mask,
        int maskOffset,
        T[] x,
        int xOffset,
        T[] y,
        int yOffset,
        T[] z,
        int zOffset,
        int count,
        IParallel parallel)
        where T : unmanaged
    {
        if (count <= TileElements)
        {
            Select(mask.AsSpan(maskOffset, count), x.AsSpan(xOffset, count), y.AsSpan(yOffset, count), z.AsSpan(zOffset, count));
        }
        else
        {
            SelectInTiles<T>(mask, maskOffset, x, xOffset, y, yOffset, z, zOffset, count, parallel);
        }
    }

    /// <summary>z[i] = mask[i] ? x[i] : y, or with <paramref name="invert"/> mask[i] ? y : x[i], for i &lt; count; z may be x.</summary>
    public static void SelectScalar<T>(
        bool[] mask,
        int maskOffset,
        bool invert,
        T[] x,
        int xOffset,
        T y,
        T[] z,
        int zOffset,
        int count,
        IParallel parallel)
        where T : unmanaged
    {
        if (count <= TileElements)
        {
            SelectScalar(mask.AsSpan(maskOffset, count), invert, x.AsSpan(xOffset, count), y, z.AsSpan(zOffset, count));
        }
        else
        {
            SelectScalarInTiles<T>(mask, maskOffset, invert, x, xOffset, y, z, zOffset, count, parallel);
        }
    }

    /// <summary>On spans, on the calling thread; y has the length of x or one element.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Compare<T, TOp>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<bool> mask)
        where T : unmanaged
        where TOp : struct, IComparison<T>
    {
        bool scalar = y.Length == 1;
        int step = Vector<byte>.Count;
        int vectors = Unsafe.SizeOf<T>();
        int i = 0;
        if (Vector.IsHardwareAccelerated && vectors is 4 or 8)
        {
            Span<Vector<T>> lanes = stackalloc Vector<T>[8];
            Vector<T> all = scalar ? new(y[0]) : default;
            for (; i <= x.Length - step; i += step)
            {
                for (int v = 0; v < vectors; v++)
                {
                    int at = i + (v * Vector<T>.Count);
                    lanes[v] = TOp.Apply(new Vector<T>(x[at..]), scalar ? all : new Vector<T>(y[at..]));
                }

                (Masks.Narrow(lanes) & Vector<byte>.One).CopyTo(MemoryMarshal.AsBytes(mask[i..]));
            }
        }

        for (; i < x.Length; i++)
        {
            mask[i] = TOp.Apply(x[i], y[scalar ? 0 : i]);
        }
    }

    /// <summary>On spans of one length, on the calling thread.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Select<T>(ReadOnlySpan<bool> mask, ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> z)
        where T : unmanaged
    {
        int step = Vector<byte>.Count;
        int vectors = Unsafe.SizeOf<T>();
        int i = 0;
        if (Vector.IsHardwareAccelerated && vectors is 4 or 8)
        {
            Span<Vector<T>> lanes = stackalloc Vector<T>[8];
            for (; i <= x.Length - step; i += step)
            {
                Masks.Widen(Vector.Equals(new Vector<byte>(MemoryMarshal.AsBytes(mask[i..])), Vector<byte>.Zero), lanes);
                for (int v = 0; v < vectors; v++)
                {
                    int at = i + (v * Vector<T>.Count);
                    Vector.ConditionalSelect(lanes[v], new Vector<T>(y[at..]), new Vector<T>(x[at..])).CopyTo(z[at..]);
                }
            }
        }

        for (; i < x.Length; i++)
        {
            z[i] = mask[i] ? x[i] : y[i];
        }
    }

    /// <summary>On spans of one length, on the calling thread.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void SelectScalar<T>(ReadOnlySpan<bool> mask, bool invert, ReadOnlySpan<T> x, T y, Span<T> z)
        where T : unmanaged
    {
        int step = Vector<byte>.Count;
        int vectors = Unsafe.SizeOf<T>();
        int i = 0;
        if (Vector.IsHardwareAccelerated && vectors is 4 or 8)
        {
            Span<Vector<T>> lanes = stackalloc Vector<T>[8];
            var all = new Vector<T>(y);
            var flip = new Vector<byte>(invert ? byte.MaxValue : (byte)0);
            for (; i <= x.Length - step; i += step)
            {
                Vector<byte> unset = Vector.Equals(new Vector<byte>(MemoryMarshal.AsBytes(mask[i..])), Vector<byte>.Zero);
                Masks.Widen(unset ^ flip, lanes);
                for (int v = 0; v < vectors; v++)
                {
                    int at = i + (v * Vector<T>.Count);
                    Vector.ConditionalSelect(lanes[v], all, new Vector<T>(x[at..])).CopyTo(z[at..]);
                }
            }
        }

        for (; i < x.Length; i++)
        {
            z[i] = mask[i] != invert ? x[i] : y;
        }
    }

    private static void CompareInTiles<T, TOp>(
        T[] x,
        int xOffset,
        T[] y,
        int yOffset,
        bool[] mask,
        int maskOffset,
        int count,
        IParallel parallel)
        where T : unmanaged
        where TOp : struct, IComparison<T>
    {
        Elementwise.InTiles(count, parallel, (start, length) => Compare<T, TOp>(
            x.AsSpan(xOffset + start, length),
            y.AsSpan(yOffset + start, length),
            mask.AsSpan(maskOffset + start, length)));
    }

    private static void CompareScalarInTiles<T, TOp>(T[] x, int xOffset, T y, bool[] mask, int maskOffset, int count, IParallel parallel)
        where T : unmanaged
        where TOp : struct, IComparison<T>
    {
        Elementwise.InTiles(count, parallel, (start, length) =>
        {
            T right = y;
            Compare<T, TOp>(
                x.AsSpan(xOffset + start, length),
                MemoryMarshal.CreateReadOnlySpan(ref right, 1),
                mask.AsSpan(maskOffset + start, length));
        });
    }

    private static void SelectInTiles<T>(
        bool[] mask,
        int maskOffset,
        T[] x,
        int xOffset,
        T[] y,
        int yOffset,
        T[] z,
        int zOffset,
        int count,
        IParallel parallel)
        where T : unmanaged
    {
        Elementwise.InTiles(count, parallel, (start, length) => Select(
            mask.AsSpan(maskOffset + start, length),
            x.AsSpan(xOffset + start, length),
            y.AsSpan(yOffset + start, length),
            z.AsSpan(zOffset + start, length)));
    }

    private static void SelectScalarInTiles<T>(
        bool[] mask,
        int maskOffset,
        bool invert,
        T[] x,
        int xOffset,
        T y,
        T[] z,
        int zOffset,
        int count,
        IParallel parallel)
        where T : unmanaged
    {
        Elementwise.InTiles(count, parallel, (start, length) => SelectScalar(
            mask.AsSpan(maskOffset + start, length),
            invert,
            x.AsSpan(xOffset + start, length),
            y,
            z.AsSpan(zOffset + start, length)));
    }
}
