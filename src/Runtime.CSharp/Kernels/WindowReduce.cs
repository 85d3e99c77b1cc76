using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Adjoint.Kernels;

/// <summary>Reduction over windows of [planes, S…], for float and double: pooling.</summary>
/// <remarks>
/// Padding counts as the result over nothing. Order: the rows of a window are reduced in ascending order, element by element, then
/// along the row in ascending order. A window of padding alone gives −∞ for max, 0 for sums.
/// </remarks>
internal static class WindowReduce
{
    /// <summary>y[p, t] = op over the window t of x[p]; y must not overlap x.</summary>
    public static void Run<T, TOp>(in WindowGeometry windows, T[] x, int xOffset, T[] y, int yOffset, IParallel parallel)
        where T : unmanaged, INumber<T>
        where TOp : struct, IReduction<T>
    {
        WindowGeometry geometry = windows.Merged();
        if (geometry.OutputSize == 0)
        {
            return;
        }

        int group = geometry.PlanesATile;
        if (group >= geometry.Planes)
        {
            Planes<T, TOp>(geometry, x, xOffset, y, yOffset, 0, geometry.Planes);
        }
        else
        {
            InTiles<T, TOp>(geometry, x, xOffset, y, yOffset, group, parallel);
        }
    }

    private static void InTiles<T, TOp>(WindowGeometry geometry, T[] x, int xOffset, T[] y, int yOffset, int group, IParallel parallel)
        where T : unmanaged, INumber<T>
        where TOp : struct, IReduction<T> =>
        parallel.For(
            GemmTiling.Ceiling(geometry.Planes, group),
            tile => Planes<T, TOp>(geometry, x, xOffset, y, yOffset, tile * group, Math.Min(geometry.Planes, (tile + 1) * group)));

    private static void Planes<T, TOp>(in WindowGeometry geometry, T[] x, int xOffset, T[] y, int yOffset, int first, int end)
        where T : unmanaged, INumber<T>
        where TOp : struct, IReduction<T>
    {
        WindowAxis inner = geometry.Inner;
        int rows = geometry.Outer.Output, columns = geometry.Middle.Output, width = inner.Output * geometry.Block;
        int reach = ((inner.Output - 1) * inner.Stride) + 1;
        int padded = (Math.Max(inner.Low, 0) + inner.Input + Math.Max(inner.High, 0)) * geometry.Block;
        T[] buffer = ArrayPool<T>.Shared.Rent(padded + reach);
        Span<T> row = buffer.AsSpan(0, padded), sums = buffer.AsSpan(padded, reach);
        for (int p = first; p < end; p++)
        {
            ReadOnlySpan<T> plane = x.AsSpan(xOffset + (p * geometry.InputSize), geometry.InputSize);
            Span<T> target = y.AsSpan(yOffset + (p * geometry.OutputSize), geometry.OutputSize);
            for (int i = 0; i < rows; i++)
            {
                for (int j = 0; j < columns; j++)
                {
                    Span<T> result = target.Slice(((i * columns) + j) * width, width);
                    Down<T, TOp>(geometry, plane, i, j, row);
                    ReadOnlySpan<T> cropped = row[(Math.Max(0, -inner.Low) * geometry.Block)..];
                    if (geometry.Block == 1)
                    {
                        Along<T, TOp>(inner, cropped, sums, result);
                    }
                    else
                    {
                        AlongBlocks<T, TOp>(inner, geometry.Block, cropped, result);
                    }
                }
            }
        }

        ArrayPool<T>.Shared.Return(buffer);
    }

    /// <summary>The rows of the windows of one output row, reduced to one padded row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Down<T, TOp>(in WindowGeometry geometry, ReadOnlySpan<T> plane, int i, int j, Span<T> row)
        where T : unmanaged, INumber<T>
        where TOp : struct, IReduction<T>
    {
        WindowAxis outer = geometry.Outer, middle = geometry.Middle, inner = geometry.Inner;
        int low = Math.Max(inner.Low, 0) * geometry.Block, length = inner.Input * geometry.Block;
        row[..low].Fill(TOp.Empty);
        row[(low + length)..].Fill(TOp.Empty);
        Span<T> inside = row.Slice(low, length);
        (int a, int aEnd) = WindowGeometry.Taps(outer, i);
        (int bFirst, int bEnd) = WindowGeometry.Taps(middle, j);
        bool empty = true;
        for (; a < aEnd; a++)
        {
            int at = (i * outer.Stride) - outer.Low + (a * outer.WindowDilation);
            for (int b = bFirst; b < bEnd; b++)
            {
                int line = (j * middle.Stride) - middle.Low + (b * middle.WindowDilation);
                ReadOnlySpan<T> source = plane.Slice(((at * middle.Input) + line) * length, length);
                if (empty)
                {
                    source.CopyTo(inside);
                }
                else
                {
                    Elementwise.Zip<T, TOp>(inside, source, inside);
                }

                empty = false;
            }
        }

        if (empty)
        {
            inside.Fill(TOp.Empty);
        }
    }

    /// <summary>The windows along a padded row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Along<T, TOp>(in WindowAxis axis, ReadOnlySpan<T> row, Span<T> sums, Span<T> result)
        where T : unmanaged, INumber<T>
        where TOp : struct, IReduction<T>
    {
        int stride = axis.Stride;
        if (sums.Length < Vector<T>.Count || stride > 4)
        {
            for (int t = 0; t < result.Length; t++)
            {
                T value = row[t * stride];
                for (int w = 1; w < axis.Window; w++)
                {
                    value = TOp.Apply(value, row[(t * stride) + (w * axis.WindowDilation)]);
                }

                result[t] = value;
            }

            return;
        }

        row[..sums.Length].CopyTo(sums);
        for (int w = 1; w < axis.Window; w++)
        {
            Elementwise.Zip<T, TOp>(sums, row.Slice(w * axis.WindowDilation, sums.Length), sums);
        }

        for (int t = 0; t < result.Length; t++)
        {
            result[t] = sums[t * stride];
        }
    }

    /// <summary>The windows along a padded row of blocks, whose elements do not meet.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AlongBlocks<T, TOp>(in WindowAxis axis, int block, ReadOnlySpan<T> row, Span<T> result)
        where T : unmanaged, INumber<T>
        where TOp : struct, IReduction<T>
    {
        int step = axis.WindowDilation * block;
        for (int t = 0; t < axis.Output; t++)
        {
            ReadOnlySpan<T> source = row[(t * axis.Stride * block)..];
            Span<T> target = result.Slice(t * block, block);
            source[..block].CopyTo(target);
            for (int w = 1; w < axis.Window; w++)
            {
                Elementwise.Zip<T, TOp>(target, source.Slice(w * step, block), target);
            }
        }
    }
}
