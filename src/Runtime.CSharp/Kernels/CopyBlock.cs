namespace Adjoint.Kernels;

/// <summary>One tile of a <see cref="StridedCopy"/>: merged axes, the target's innermost last.</summary>
internal static unsafe class CopyBlock
{
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
        while (true)
        {
            if (second.Extent > 0)
            {
                Transposition.Run(source, target, inner.Extent, inner.Source, second.Extent, second.Target);
            }
            else
            {
                Line(source, target, inner);
            }

            int axis = outer.Length - 1;
            for (; axis >= 0; axis--)
            {
                source += outer[axis].Source;
                target += outer[axis].Target;
                if (++index[axis] < outer[axis].Extent)
                {
                    break;
                }

                source -= (nint)outer[axis].Source * outer[axis].Extent;
                target -= (nint)outer[axis].Target * outer[axis].Extent;
                index[axis] = 0;
            }

            if (axis < 0)
            {
                return;
            }
        }
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
