using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Adjoint.Kernels;

/// <summary>The companions of window reductions in reverse: the gradients of pooling, for float and double.</summary>
internal static class WindowScatter
{
    private const int NarrowWidth = 32;

    /// <summary>
    /// dx = 0, then for every window t in row-major order dx[p, first maximal element of window t of x[p]] += dy[p, t]. The first
    /// NaN counts as maximal; a window of padding alone adds nothing. dx must not overlap x or dy.
    /// </summary>
    public static void AddAtGreatest<T>(
        in WindowGeometry geometry,
        T[] x,
        int xOffset,
        T[] dy,
        int dyOffset,
        T[] dx,
        int dxOffset,
        IParallel parallel)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int group = geometry.PlanesATile;
        if (group >= geometry.Planes)
        {
            Planes(geometry, x, xOffset, dy, dyOffset, dx, dxOffset, 0, geometry.Planes);
        }
        else
        {
            InTiles(geometry, x, xOffset, dy, dyOffset, dx, dxOffset, group, parallel);
        }
    }

    private static void InTiles<T>(
        WindowGeometry geometry,
        T[] x,
        int xOffset,
        T[] dy,
        int dyOffset,
        T[] dx,
        int dxOffset,
        int group,
        IParallel parallel)
        where T : unmanaged, IFloatingPointIeee754<T> =>
        parallel.For(
            GemmTiling.Ceiling(geometry.Planes, group),
            tile => Planes(
                geometry,
                x,
                xOffset,
                dy,
                dyOffset,
                dx,
                dxOffset,
                tile * group,
                Math.Min(geometry.Planes, (tile + 1) * group)));

    private static void Planes<T>(
        in WindowGeometry geometry,
        T[] x,
        int xOffset,
        T[] dy,
        int dyOffset,
        T[] dx,
        int dxOffset,
        int first,
        int end)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int inputs = geometry.InputSize, outputs = geometry.OutputSize;
        for (int p = first; p < end; p++)
        {
            Span<T> target = dx.AsSpan(dxOffset + (p * inputs), inputs);
            target.Clear();
            ReadOnlySpan<T> source = x.AsSpan(xOffset + (p * inputs), inputs);
            ReadOnlySpan<T> cotangent = dy.AsSpan(dyOffset + (p * outputs), outputs);
            if (IsNarrow(geometry))
            {
                NarrowPlane(geometry, source, cotangent, target);
            }
            else if (typeof(T) == typeof(float))
            {
                Plane<T, int>(geometry, source, cotangent, target);
            }
            else
            {
                Plane<T, long>(geometry, source, cotangent, target);
            }
        }
    }

    /// <summary>Whether rows are too short for vectors, and no window reaches out of an image.</summary>
    private static bool IsNarrow(in WindowGeometry geometry) =>
        geometry.Inner.Output <= NarrowWidth && geometry.Outer.Window == 1 && IsInside(geometry.Outer) && IsInside(geometry.Middle) && IsInside(geometry.Inner);

    private static bool IsInside(in WindowAxis axis) =>
        axis.Low <= 0 && axis.Output > 0 && ((axis.Output - 1) * axis.Stride) - axis.Low + ((axis.Window - 1) * axis.WindowDilation) < axis.Input;

    /// <summary>Window by window.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void NarrowPlane<T>(in WindowGeometry geometry, ReadOnlySpan<T> x, ReadOnlySpan<T> dy, Span<T> dx)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        WindowAxis outer = geometry.Outer, middle = geometry.Middle, inner = geometry.Inner;
        int down = middle.WindowDilation * inner.Input, across = inner.WindowDilation, t = 0;
        for (int i = 0; i < outer.Output; i++)
        {
            for (int j = 0; j < middle.Output; j++)
            {
                int line = ((((i * outer.Stride) - outer.Low) * middle.Input) + (j * middle.Stride) - middle.Low) * inner.Input;
                for (int k = 0; k < inner.Output; k++, t++)
                {
                    int first = line + (k * inner.Stride) - inner.Low;
                    int best = first;
                    for (int u = 0, row = first; u < middle.Window; u++, row += down)
                    {
                        for (int v = 0, place = row; v < inner.Window; v++, place += across)
                        {
                            best = !(x[place] <= x[best]) && !T.IsNaN(x[best]) ? place : best;
                        }
                    }

                    dx[best] += dy[t];
                }
            }
        }
    }

    private static void Plane<T, TIndex>(in WindowGeometry geometry, ReadOnlySpan<T> x, ReadOnlySpan<T> dy, Span<T> dx)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TIndex : unmanaged, IBinaryInteger<TIndex>
    {
        WindowAxis outer = geometry.Outer, middle = geometry.Middle, inner = geometry.Inner;
        int rows = outer.Output, columns = middle.Output, width = inner.Output;
        int length = GemmTiling.RoundUp(width + Vector<T>.Count, Vector<T>.Count);
        T[] values = ArrayPool<T>.Shared.Rent(2 * length);
        TIndex[] places = ArrayPool<TIndex>.Shared.Rent(length);
        var state = new RowState<T, TIndex>(values.AsSpan(0, length), values.AsSpan(length, length), places.AsSpan(0, length));
        for (int i = 0; i < rows; i++)
        {
            (int a, int aEnd) = WindowGeometry.Taps(outer, i);
            int outerAt = (i * outer.Stride) - outer.Low;
            for (int j = 0; j < columns; j++)
            {
                (int b, int bEnd) = WindowGeometry.Taps(middle, j);
                int middleAt = (j * middle.Stride) - middle.Low;
                state.Places.Fill(-TIndex.One);
                for (int u = a; u < aEnd; u++)
                {
                    for (int v = b; v < bEnd; v++)
                    {
                        int line = ((outerAt + (u * outer.WindowDilation)) * middle.Input) + middleAt + (v * middle.WindowDilation);
                        Line(inner, x.Slice(line * inner.Input, inner.Input), line * inner.Input, width, state);
                    }
                }

                Scatter(inner, state.Places, dy.Slice(((i * columns) + j) * width, width), dx);
            }
        }

        ArrayPool<T>.Shared.Return(values);
        ArrayPool<TIndex>.Shared.Return(places);
    }

    /// <summary>Takes one input row into the windows of one output row, tap by tap.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Line<T, TIndex>(in WindowAxis axis, ReadOnlySpan<T> row, int rowStart, int width, RowState<T, TIndex> state)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TIndex : unmanaged, IBinaryInteger<TIndex>
    {
        int stride = axis.Stride;
        for (int w = 0; w < axis.Window; w++)
        {
            int shift = (w * axis.WindowDilation) - axis.Low;
            int first = shift >= 0 ? 0 : (stride - 1 - shift) / stride;
            int end = row.Length <= shift ? 0 : Math.Min(width, ((row.Length - 1 - shift) / stride) + 1);
            int at = (first * stride) + shift;
            for (int t = first; t < end; t++, at += stride)
            {
                state.Values[t] = row[at];
            }

            Update(state, first, end, TIndex.CreateTruncating(rowStart + shift + Math.Max(axis.Low, 0)));
        }
    }

    /// <summary>Where the value of a window is its first or is greater than the best, it and its place take over.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Update<T, TIndex>(RowState<T, TIndex> state, int first, int end, TIndex place)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TIndex : unmanaged, IBinaryInteger<TIndex>
    {
        ref T values = ref MemoryMarshal.GetReference(state.Values);
        ref T bests = ref MemoryMarshal.GetReference(state.Bests);
        ref TIndex places = ref MemoryMarshal.GetReference(state.Places);
        var all = new Vector<TIndex>(place);
        for (int t = first; t < end; t += Vector<T>.Count)
        {
            Vector<T> value = Vector.LoadUnsafe(ref values, (nuint)t), best = Vector.LoadUnsafe(ref bests, (nuint)t);
            Vector<TIndex> old = Vector.LoadUnsafe(ref places, (nuint)t);
            Vector<T> greater = Vector.AndNot(Vector.Equals(best, best), Vector.LessThanOrEqual(value, best));
            Vector<TIndex> better = Vector.As<T, TIndex>(greater) | Vector.LessThan(old, Vector<TIndex>.Zero);
            if (end - t < Vector<T>.Count)
            {
                better &= Vector.LessThan(Vector<TIndex>.Indices, new Vector<TIndex>(TIndex.CreateTruncating(end - t)));
            }

            Vector.ConditionalSelect(better, all, old).StoreUnsafe(ref places, (nuint)t);
            Vector.ConditionalSelect(Vector.As<TIndex, T>(better), value, best).StoreUnsafe(ref bests, (nuint)t);
        }
    }

    private static void Scatter<T, TIndex>(in WindowAxis axis, ReadOnlySpan<TIndex> places, ReadOnlySpan<T> dy, Span<T> dx)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TIndex : unmanaged, IBinaryInteger<TIndex>
    {
        int origin = -Math.Max(axis.Low, 0);
        for (int t = 0; t < dy.Length; t++, origin += axis.Stride)
        {
            if (places[t] >= TIndex.Zero)
            {
                dx[int.CreateTruncating(places[t]) + origin] += dy[t];
            }
        }
    }

    /// <summary>
    /// For each window of an output row: a value to take in, the best one yet, and its place (counted from the window, low
    /// padding added), −1 before the first.
    /// </summary>
    private readonly ref struct RowState<T, TIndex>(Span<T> values, Span<T> bests, Span<TIndex> places)
    {
        public Span<T> Values { get; } = values;

        public Span<T> Bests { get; } = bests;

        public Span<TIndex> Places { get; } = places;
    }
}
