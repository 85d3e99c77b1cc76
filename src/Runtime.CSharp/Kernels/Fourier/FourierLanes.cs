using System.Numerics;

namespace Adjoint.Kernels.Fourier;

/// <summary>The transform of a length without large prime factors, of as many lines at once as a cache line has numbers.</summary>
internal sealed class FourierLanes<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>The largest prime whose butterflies are summed as they stand.</summary>
    internal const int LargestRadix = 31;

    private readonly FourierStage<T>[] stages;

    /// <summary>The passes for a length whose prime factors are at most <see cref="LargestRadix"/>.</summary>
    internal FourierLanes(int length)
    {
        Length = length;
        var made = new List<FourierStage<T>>();
        foreach (int radix in Factors(length))
        {
            made.Add(new(radix, length));
            length /= radix;
        }

        stages = [.. made];
    }

    /// <summary>The lines that run at once.</summary>
    internal static unsafe int Width { get; } = Math.Max(64 / sizeof(T), Vector<T>.Count);

    internal int Length { get; }

    /// <summary>The numbers of one of the four arrays that a run needs.</summary>
    internal int Extent => Length * Width;

    /// <summary>The radices, fours first; a prime above <see cref="LargestRadix"/> stays.</summary>
    internal static IEnumerable<int> Factors(int length)
    {
        for (; length % 4 == 0; length /= 4)
        {
            yield return 4;
        }

        for (int radix = 2; length > 1; radix++)
        {
            if ((long)radix * radix > length)
            {
                radix = length;
            }

            for (; length % radix == 0; length /= radix)
            {
                yield return radix;
            }
        }
    }

    /// <summary>Transforms what lies in the first pair of arrays, and gives whether the result lies in the second.</summary>
    /// <param name="work">Real parts, imaginary parts, and the same again: each [length, width].</param>
    internal unsafe bool Run(T* work)
    {
        T* from = work;
        T* to = work + (2 * Extent);
        int span = Width;
        foreach (FourierStage<T> stage in stages)
        {
            stage.Run(from, from + Extent, to, to + Extent, span);
            T* done = to;
            to = from;
            from = done;
            span *= stage.Radix;
        }

        return from != work;
    }
}
