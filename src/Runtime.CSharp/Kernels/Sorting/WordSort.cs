using Adjoint.Core;
using Adjoint.Kernels.Libraries;

namespace Adjoint.Kernels;

/// <summary>
/// Sorts words by the provider that the table names for their number. Words that are equal are not told apart, so what comes out is the same
/// for every provider; the space has as many words, and holds anything.
/// </summary>
/// <param name="providers">Whose kernels there are.</param>
internal sealed class WordSort(Providers providers)
{
    /// <summary>Fewer words are compared rather than counted.</summary>
    private const int Few = 384;

    /// <summary>By the providers of this process.</summary>
    internal static WordSort Default => new(Providers.Default);

    /// <summary>Words of 32 bits.</summary>
    internal void Sort(Span<uint> words, Span<uint> space)
    {
        if (IsNative(Operation.Sort, DType.U32, words.Length))
        {
            providers.Simd!.Sort(words);
        }
        else if (words.Length < Few)
        {
            words.Sort();
        }
        else
        {
            RadixSort.Run<uint, ShortDigits>(words, space);
        }
    }

    /// <summary>Words of 64 bits.</summary>
    internal void Sort(Span<ulong> words, Span<ulong> space)
    {
        if (IsNative(Operation.Sort, DType.U64, words.Length))
        {
            providers.Simd!.Sort(words);
        }
        else if (words.Length < Few)
        {
            words.Sort();
        }
        else
        {
            RadixSort.Run<ulong, LongDigits>(words, space);
        }
    }

    /// <summary>Words whose high half is a key and whose low half is its place; they stand in the order of their places.</summary>
    internal void SortPlaced(Span<ulong> words, Span<ulong> space)
    {
        if (IsNative(Operation.SortPlaced, DType.U32, words.Length))
        {
            providers.Simd!.Sort(words);
        }
        else if (words.Length < Few)
        {
            words.Sort();
        }
        else
        {
            RadixSort.Run<ulong, HighDigits>(words, space);
        }
    }

    /// <summary>Keys of 64 bits with their places, in whose order they stand.</summary>
    internal void SortPlaced(Span<PlacedKey> words, Span<PlacedKey> space)
    {
        if (IsNative(Operation.SortPlaced, DType.U64, words.Length))
        {
            providers.Simd!.Sort(words);
        }
        else if (words.Length < Few)
        {
            words.Sort();
        }
        else
        {
            RadixSort.Run<PlacedKey, KeyDigits>(words, space);
        }
    }

    private bool IsNative(Operation operation, DType type, int count) => providers.Choose(operation, type, count) == Provider.Highway;
}
