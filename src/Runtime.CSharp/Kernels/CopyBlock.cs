using System.Runtime.CompilerServices;

namespace Adjoint.Kernels;

/// <summary>One tile of a <see cref="StridedCopy"/>: merged axes, the target's innermost last.</summary>
internal static unsafe class CopyBlock
{
    /// <summary>Lines of fewer elements are not worth a call each.</summary>
    private const int ShortLine = 32;

    /// <summary>Walks the outer axes and copies the inner one or two.</summary>
    public static void Run<T>(T[] src, int srcOffset, T[] dst, int dstOffset, ReadOnlySpan<CopyAxis> axes)
        where T : unmanaged
    {
        fixed (T* source = src, target = dst)
        {
            if (axes.Length == 0)
            {
                target[dstOffset] = source[srcOffset];
                return;
            }

            CopyAxis inner = axes[^1];
            CopyAxis second = default;
            ReadOnlySpan<CopyAxis> outer = axes[..^1];
            if (inner.Extent < ShortLine && outer.Length > 0 && !(inner is { Target: 1, Source: not 1 } && outer[^1] is { Source: 1, Extent: >= ShortLine }))
            {
                WalkShort(source + srcOffset, target + dstOffset, outer[..^1], outer[^1], inner);
                return;
            }

            int crossing = inner is { Target: 1, Source: not 1 } ? Crossing(outer) : -1;
            Span<CopyAxis> rest = stackalloc CopyAxis[axes.Length];
            int count = 0;
            for (int i = 0; i < outer.Length; i++)
            {
                if (i == crossing)
                {
                    second = outer[i];
                }
                else
                {
                    rest[count++] = outer[i];
                }
            }

            Walk(source + srcOffset, target + dstOffset, rest[..count], second, inner);
        }
    }

    /// <summary>The outer axis along which the source is contiguous, or −1.</summary>
    private static int Crossing(ReadOnlySpan<CopyAxis> outer)
    {
        for (int i = outer.Length - 1; i >= 0; i--)
        {
            if (outer[i].Source == 1)
            {
                return i;
            }
        }

        return -1;
    }

    private static void Walk<T>(T* source, T* target, ReadOnlySpan<CopyAxis> outer, CopyAxis second, CopyAxis inner)
        where T : unmanaged
    {
        Span<int> index = stackalloc int[outer.Length];
        index.Clear();
        do
        {
            if (second.Extent > 0)
            {
                Transposition.Run(source, target, inner.Extent, inner.Source, second.Extent, second.Target);
            }
            else
            {
                Line(source, target, inner);
            }
        }
        while (Advance(ref source, ref target, outer, index));
    }

    /// <summary>The same for short lines: two axes in one go, element by element.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void WalkShort<T>(T* source, T* target, ReadOnlySpan<CopyAxis> outer, CopyAxis second, CopyAxis inner)
        where T : unmanaged
    {
        Span<int> index = stackalloc int[outer.Length];
        index.Clear();
        nint from = inner.Source, to = inner.Target, nextSource = second.Source, nextTarget = second.Target;
        int lines = second.Extent, count = inner.Extent;
        do
        {
            T* lineSource = source, lineTarget = target;
            for (int line = 0; line < lines; line++)
            {
                T* x = lineSource, y = lineTarget;
                for (int i = 0; i < count; i++)
                {
                    *y = *x;
                    x += from;
                    y += to;
                }

                lineSource += nextSource;
                lineTarget += nextTarget;
            }
        }
        while (Advance(ref source, ref target, outer, index));
    }

    /// <summary>Goes on to the next index of the outer axes; false after the last.</summary>
    private static bool Advance<T>(ref T* source, ref T* target, ReadOnlySpan<CopyAxis> outer, Span<int> index)
        where T : unmanaged
    {
        for (int axis = outer.Length - 1; axis >= 0; axis--)
        {
            source += outer[axis].Source;
            target += outer[axis].Target;
            if (++index[axis] < outer[axis].Extent)
            {
                return true;
            }

            source -= (nint)outer[axis].Source * outer[axis].Extent;
            target -= (nint)outer[axis].Target * outer[axis].Extent;
            index[axis] = 0;
        }

        return false;
    }

    private static void Line<T>(T* source, T* target, CopyAxis axis)
        where T : unmanaged
    {
        int n = axis.Extent;
        if (axis is { Source: 1, Target: 1 })
        {
            new ReadOnlySpan<T>(source, n).CopyTo(new Span<T>(target, n));
        }
        else if (axis is { Source: 0, Target: 1 })
        {
            new Span<T>(target, n).Fill(*source);
        }
        else if (axis is { Source: -1, Target: 1 })
        {
            var line = new Span<T>(target, n);
            new ReadOnlySpan<T>(source - (n - 1), n).CopyTo(line);
            line.Reverse();
        }
        else
        {
            nint from = axis.Source, to = axis.Target;
            for (int i = 0; i < n; i++)
            {
                *target = *source;
                source += from;
                target += to;
            }
        }
    }
}
