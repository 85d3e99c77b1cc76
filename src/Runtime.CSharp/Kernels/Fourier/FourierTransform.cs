using System.Numerics;

namespace Adjoint.Kernels.Fourier;

/// <summary>The discrete Fourier transform along one axis: y[k] = Σ x[j] exp(∓2πi jk / n), not scaled.</summary>
/// <remarks>
/// <para>Many short lines go side by side through <see cref="FourierLanes{T}"/>. A long or lonely line is taken as a matrix: its columns are transformed and
/// turned, and then its rows (Bailey 1990), so that both passes stay in the cache and work on vectors. A length with a prime factor above 31
/// becomes a convolution (Bluestein 1970).</para>
/// <para>Error: ‖y − exact‖ ≤ c eps log2(n) ‖exact‖ with c below 10 (Higham 2002, theorem 24.2). Every operation rounds once
/// and their order follows from the shape: the same bits for any number of threads.</para>
/// </remarks>
internal abstract class FourierTransform<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>Up to this length many lines go side by side: what they work in lies in the second-level cache.</summary>
    private const int LongestLine = 1024;

    /// <summary>From this length on a few lines are worth taking apart, so that all lanes are used.</summary>
    private const int ShortestMatrix = 64;

    /// <summary>The way for so many lines of a length, 1 at least.</summary>
    internal static FourierTransform<T> Of(int length, long lines)
    {
        int[] factors = [.. FourierLanes<T>.Factors(length)];
        if (factors.Any(factor => factor > FourierLanes<T>.LargestRadix))
        {
            return new Bluestein<T>(length, lines);
        }

        int columns = 1;
        foreach (int factor in factors.TakeWhile(factor => columns * (long)columns < length))
        {
            columns *= factor;
        }

        bool apart = length > LongestLine || (length >= ShortestMatrix && 2 * lines <= FourierLanes<T>.Width);
        return apart && columns < length ? new FourierByParts<T>(columns, length / columns) : new FourierSideBySide<T>(length);
    }

    /// <summary>Transforms from one array to another or in place; both are pairs of parts that begin at the pointers.</summary>
    internal abstract unsafe void Run(T* x, T* y, FourierBox box, IParallel parallel);
}

/// <summary>Complex numbers [outer, length, inner] in row-major order, to be transformed along the middle axis.</summary>
/// <param name="Outer">The lines apart by whole blocks.</param>
/// <param name="Length">The numbers of a line.</param>
/// <param name="Inner">The lines beside each other.</param>
/// <param name="Inverse">With exp(+2πi jk / n).</param>
internal readonly record struct FourierBox(int Outer, int Length, int Inner, bool Inverse)
{
    internal long Lines => (long)Outer * Inner;

    /// <summary>Where a line starts.</summary>
    internal long Start(long line)
    {
        (long block, long place) = Math.DivRem(line, Inner);
        return (block * Length * Inner) + place;
    }

    /// <summary>Where some lines start.</summary>
    internal ReadOnlySpan<long> Starts(long first, Span<long> room)
    {
        Span<long> starts = room[..(int)Math.Min(room.Length, Lines - first)];
        for (int i = 0; i < starts.Length; i++)
        {
            starts[i] = Start(first + i);
        }

        return starts;
    }
}
