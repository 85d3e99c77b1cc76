using System.Runtime.CompilerServices;

namespace Adjoint.Kernels;

/// <summary>A part of a word that a radix sort goes by.</summary>
internal interface IDigits<T>
{
    /// <summary>How many digits of 8 bits there are.</summary>
    static abstract int Count { get; }

    /// <summary>A digit, the lowest first.</summary>
    static abstract int Of(T word, int digit);
}

/// <summary>Sorts by one digit of 8 bits after the other, the lowest first: what is equal keeps its order (Knuth, TAOCP 3, 5.2.5).</summary>
internal static class RadixSort
{
    private const int Values = 256;

    /// <summary>Sorts words, ascending by their digits; the space has as many.</summary>
    internal static void Run<T, TDigits>(Span<T> words, Span<T> space)
        where T : unmanaged
        where TDigits : struct, IDigits<T>
    {
        Span<int> counts = stackalloc int[Values * TDigits.Count];
        Count<T, TDigits>(words, counts);
        Span<T> from = words, to = space[..words.Length];
        for (int digit = 0; digit < TDigits.Count; digit++)
        {
            Span<int> places = counts.Slice(digit * Values, Values);
            if (places[TDigits.Of(words[0], digit)] == words.Length)
            {
                continue;
            }

            int place = 0;
            for (int i = 0; i < Values; i++)
            {
                (places[i], place) = (place, place + places[i]);
            }

            Move<T, TDigits>(from, to, places, digit);
            Span<T> other = from;
            from = to;
            to = other;
        }

        if (from != words)
        {
            from.CopyTo(words);
        }
    }

    private static void Count<T, TDigits>(ReadOnlySpan<T> words, Span<int> counts)
        where TDigits : struct, IDigits<T>
    {
        counts.Clear();
        foreach (T word in words)
        {
            for (int digit = 0; digit < TDigits.Count; digit++)
            {
                counts[(digit * Values) + TDigits.Of(word, digit)]++;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Move<T, TDigits>(ReadOnlySpan<T> from, Span<T> to, Span<int> places, int digit)
        where TDigits : struct, IDigits<T>
    {
        foreach (T word in from)
        {
            to[places[TDigits.Of(word, digit)]++] = word;
        }
    }
}

/// <summary>All of a word of 32 bits.</summary>
internal readonly struct ShortDigits : IDigits<uint>
{
    public static int Count => 4;

    public static int Of(uint word, int digit) => (byte)(word >> (8 * digit));
}

/// <summary>All of a word of 64 bits.</summary>
internal readonly struct LongDigits : IDigits<ulong>
{
    public static int Count => 8;

    public static int Of(ulong word, int digit) => (byte)(word >> (8 * digit));
}

/// <summary>The high half of a word of 64 bits: a key, behind which stands its place.</summary>
internal readonly struct HighDigits : IDigits<ulong>
{
    public static int Count => 4;

    public static int Of(ulong word, int digit) => (byte)(word >> (32 + (8 * digit)));
}

/// <summary>The key of a pair.</summary>
internal readonly struct KeyDigits : IDigits<PlacedKey>
{
    public static int Count => 8;

    public static int Of(PlacedKey word, int digit) => (byte)(word.Key >> (8 * digit));
}
