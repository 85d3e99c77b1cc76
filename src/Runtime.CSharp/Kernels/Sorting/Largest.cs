using System.Numerics;

namespace Adjoint.Kernels;

/// <summary>The first so many numbers of a line in an order, with their places; equal numbers in the order of their places.</summary>
/// <remarks>
/// Numbers that come before the last of the best so far are collected, and the collection is sorted and cut whenever it is full: in a line in
/// no order few are collected, and in the worst the collection is sorted once for every k numbers.
/// </remarks>
/// <param name="order">The order.</param>
/// <param name="count">How many.</param>
/// <param name="words">What sorts words.</param>
internal readonly ref struct Largest<T>(SortOrder order, int count, WordSort words)
    where T : unmanaged, INumber<T>
{
    private const int Fewest = 32;

    /// <summary>How many keys with places the space holds.</summary>
    internal static int Space(int count) => 2 * Room(count);

    /// <summary>The first numbers of x and their places.</summary>
    internal void Run(ReadOnlySpan<T> x, Span<T> values, Span<int> places, Span<PlacedKey> space)
    {
        Span<PlacedKey> best = space[..Room(count)];
        Span<PlacedKey> free = space.Slice(best.Length, best.Length);
        int held = 0;
        ulong worst = ulong.MaxValue;
        for (int i = 0; i < x.Length; i++)
        {
            ulong key = OrderedWords.Of(x[i], order);
            if (key < worst || held < count)
            {
                best[held++] = new((ulong)i, key);
                if (held == best.Length)
                {
                    words.SortPlaced(best, free);
                    held = count;
                    worst = best[count - 1].Key;
                }
            }
        }

        words.SortPlaced(best[..held], free[..held]);
        for (int i = 0; i < count; i++)
        {
            places[i] = (int)best[i].Place;
            values[i] = x[places[i]];
        }
    }

    private static int Room(int count) => count + Math.Max(count, Fewest);
}
