using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Adjoint.Kernels;

/// <summary>Reduces contiguous elements to one, by a balanced tree; see <see cref="Reduce"/>.</summary>
internal static class ReduceRow
{
    private const int BlockVectors = 32;

    /// <summary>op over all elements, of which there is at least one.</summary>
    public static T Run<T, TOp>(ReadOnlySpan<T> x)
        where T : unmanaged
        where TOp : struct, IReduction<T> =>
        Vector.IsHardwareAccelerated ? Vectors<T, TOp>(x) : Scalars<T, TOp>(x, x.Length, 1);

    /// <summary>The same tree an element at a time, over every stride-th element.</summary>
    public static T Scalars<T, TOp>(ReadOnlySpan<T> x, int n, int stride)
        where T : unmanaged
        where TOp : struct, IReduction<T>
    {
        if (n == 1)
        {
            return x[0];
        }

        int half = 1 << (31 - BitOperations.LeadingZeroCount((uint)(n - 1)));
        return TOp.Apply(Scalars<T, TOp>(x, half, stride), Scalars<T, TOp>(x[(half * stride)..], n - half, stride));
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static T Vectors<T, TOp>(ReadOnlySpan<T> x)
        where T : unmanaged
        where TOp : struct, IReduction<T>
    {
        Span<Vector<T>> levels = stackalloc Vector<T>[32];
        int width = Vector<T>.Count;
        int block = BlockVectors * width;
        ref T data = ref MemoryMarshal.GetReference(x);
        int blocks = x.Length / block;
        for (int b = 0; b < blocks; b++)
        {
            ref T at = ref Unsafe.Add(ref data, b * block);
            Vector<T> first = TOp.Apply(Eight<T, TOp>(ref at), Eight<T, TOp>(ref Unsafe.Add(ref at, 8 * width)));
            Vector<T> second = TOp.Apply(
                Eight<T, TOp>(ref Unsafe.Add(ref at, 16 * width)),
                Eight<T, TOp>(ref Unsafe.Add(ref at, 24 * width)));
            PairwiseStack.Push<T, TOp>(levels, b, TOp.Apply(first, second));
        }

        if (blocks * block < x.Length)
        {
            PairwiseStack.Push<T, TOp>(levels, blocks, Rest<T, TOp>(x[(blocks * block)..]));
            blocks++;
        }

        return AcrossLanes<T, TOp>(PairwiseStack.Close<T, TOp>(levels, blocks));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<T> Eight<T, TOp>(ref T x)
        where T : unmanaged
        where TOp : struct, IReduction<T>
    {
        nuint width = (nuint)Vector<T>.Count;
        Vector<T> a = TOp.Apply(Vector.LoadUnsafe(ref x), Vector.LoadUnsafe(ref x, width));
        Vector<T> b = TOp.Apply(Vector.LoadUnsafe(ref x, 2 * width), Vector.LoadUnsafe(ref x, 3 * width));
        Vector<T> c = TOp.Apply(Vector.LoadUnsafe(ref x, 4 * width), Vector.LoadUnsafe(ref x, 5 * width));
        Vector<T> d = TOp.Apply(Vector.LoadUnsafe(ref x, 6 * width), Vector.LoadUnsafe(ref x, 7 * width));
        return TOp.Apply(TOp.Apply(a, b), TOp.Apply(c, d));
    }

    /// <summary>Less than a block, as the tree of a block filled up with the identity.</summary>
    private static Vector<T> Rest<T, TOp>(ReadOnlySpan<T> x)
        where T : unmanaged
        where TOp : struct, IReduction<T>
    {
        Span<Vector<T>> levels = stackalloc Vector<T>[6];
        int count = 0;
        for (int i = 0; i < x.Length; i += Vector<T>.Count)
        {
            Vector<T> next = i + Vector<T>.Count <= x.Length ? new(x[i..]) : Part.Load(x[i..], TOp.Identity);
            PairwiseStack.Push<T, TOp>(levels, count++, next);
        }

        return PairwiseStack.Close<T, TOp>(levels, count);
    }

    private static T AcrossLanes<T, TOp>(Vector<T> value)
        where T : unmanaged
        where TOp : struct, IReduction<T>
    {
        Span<T> lanes = stackalloc T[Vector<T>.Count];
        value.CopyTo(lanes);
        for (int half = lanes.Length / 2; half > 0; half /= 2)
        {
            for (int i = 0; i < half; i++)
            {
                lanes[i] = TOp.Apply(lanes[i], lanes[i + half]);
            }
        }

        return lanes[0];
    }
}

/// <summary>Balanced reduction of a stream: level l holds the result over 2^l blocks, as the bits of their number say.</summary>
internal static class PairwiseStack
{
    /// <summary>Takes block number <paramref name="count"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Push<T, TOp>(Span<Vector<T>> levels, int count, Vector<T> value)
        where T : unmanaged
        where TOp : struct, IReduction<T>
    {
        int level = 0;
        for (; (count & (1 << level)) != 0; level++)
        {
            value = TOp.Apply(levels[level], value);
        }

        levels[level] = value;
    }

    /// <summary>The result over <paramref name="count"/> blocks, at least one.</summary>
    public static Vector<T> Close<T, TOp>(ReadOnlySpan<Vector<T>> levels, int count)
        where T : unmanaged
        where TOp : struct, IReduction<T>
    {
        int level = BitOperations.TrailingZeroCount(count);
        Vector<T> result = levels[level];
        for (level++; level < levels.Length && count >> level != 0; level++)
        {
            if ((count & (1 << level)) != 0)
            {
                result = TOp.Apply(levels[level], result);
            }
        }

        return result;
    }
}
