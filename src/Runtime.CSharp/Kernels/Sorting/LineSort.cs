using System.Numerics;
using System.Runtime.InteropServices;

namespace Adjoint.Kernels;

/// <summary>Sorts lines of numbers, stable: numbers that are equal, 0 and −0 among them, keep their order, and so do NaN.</summary>
/// <remarks>Numbers become words that stand in their order (<see cref="OrderedWords"/>), with their places where these are asked for.</remarks>
/// <param name="order">The order.</param>
/// <param name="stride">How far neighbours lie apart.</param>
/// <param name="words">What sorts words.</param>
internal readonly ref struct LineSort<T>(SortOrder order, int stride, WordSort words)
    where T : unmanaged, INumber<T>
{
    /// <summary>The words of memory to work in that a line of so many numbers takes.</summary>
    internal static int Space(int extent) => (OrderedWords.IsShort<T>() ? 2 : 4) * extent;

    /// <summary>For each place of the sorted line the place where its number stands in x. The places lie in the space.</summary>
    internal Span<int> Places(ReadOnlySpan<T> x, int extent, Span<ulong> space)
    {
        Span<int> places = MemoryMarshal.Cast<ulong, int>(space)[..extent];
        if (OrderedWords.IsShort<T>())
        {
            Span<ulong> keyed = space.Slice(extent, extent);
            for (int i = 0; i < extent; i++)
            {
                keyed[i] = (OrderedWords.Of(x[i * stride], order) << 32) | (uint)i;
            }

            words.SortPlaced(keyed, space[..extent]);
            for (int i = 0; i < extent; i++)
            {
                places[i] = (int)(uint)keyed[i];
            }

            return places;
        }

        Span<PlacedKey> pairs = MemoryMarshal.Cast<ulong, PlacedKey>(space);
        Span<PlacedKey> own = pairs.Slice(extent, extent);
        for (int i = 0; i < extent; i++)
        {
            own[i] = new((ulong)i, OrderedWords.Of(x[i * stride], order));
        }

        words.SortPlaced(own, pairs[..extent]);
        for (int i = 0; i < extent; i++)
        {
            places[i] = (int)own[i].Place;
        }

        return places;
    }

    /// <summary>y is x in order.</summary>
    internal void Values(ReadOnlySpan<T> x, Span<T> y, int extent, Span<ulong> space)
    {
        if (OrderedWords.IsShort<T>())
        {
            Span<uint> all = MemoryMarshal.Cast<ulong, uint>(space);
            Values<uint>(x, y, all[..extent], all.Slice(extent, extent));
        }
        else
        {
            Values<ulong>(x, y, space[..extent], space.Slice(extent, extent));
        }
    }

    private void Values<TWord>(ReadOnlySpan<T> x, Span<T> y, Span<TWord> own, Span<TWord> space)
        where TWord : unmanaged, IBinaryInteger<TWord>
    {
        bool isTold = false;
        for (int i = 0; i < own.Length; i++)
        {
            T number = x[i * stride];
            own[i] = TWord.CreateTruncating(OrderedWords.Of(number, order));
            isTold |= OrderedWords.IsFloating<T>() && (T.IsNaN(number) || (T.IsZero(number) && T.IsNegative(number)));
        }

        if (typeof(TWord) == typeof(uint))
        {
            words.Sort(MemoryMarshal.Cast<TWord, uint>(own), MemoryMarshal.Cast<TWord, uint>(space));
        }
        else
        {
            words.Sort(MemoryMarshal.Cast<TWord, ulong>(own), MemoryMarshal.Cast<TWord, ulong>(space));
        }

        for (int i = 0; i < own.Length; i++)
        {
            y[i * stride] = OrderedWords.Back<T>(ulong.CreateTruncating(own[i]), order);
        }

        if (isTold)
        {
            TellApart(x, y, own);
        }
    }

    /// <summary>Writes zeros and NaN as they are, in their order: their words do not say which zero, or which NaN.</summary>
    private void TellApart<TWord>(ReadOnlySpan<T> x, Span<T> y, ReadOnlySpan<TWord> sorted)
        where TWord : unmanaged, IBinaryInteger<TWord>
    {
        int zero = FirstAtLeast(sorted, TWord.CreateTruncating(OrderedWords.Of(T.Zero, order)));
        int nan = FirstAtLeast(sorted, order.NaNFirst ? TWord.Zero : TWord.AllBitsSet);
        for (int i = 0; i < sorted.Length; i++)
        {
            T number = x[i * stride];
            if (T.IsNaN(number))
            {
                y[nan++ * stride] = number;
            }
            else if (T.IsZero(number))
            {
                y[zero++ * stride] = number;
            }
        }
    }

    private static int FirstAtLeast<TWord>(ReadOnlySpan<TWord> sorted, TWord word)
        where TWord : unmanaged, IBinaryInteger<TWord>
    {
        int low = 0, high = sorted.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = sorted[middle] < word ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
