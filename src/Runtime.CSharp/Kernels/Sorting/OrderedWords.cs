using System.Runtime.CompilerServices;

namespace Adjoint.Kernels;

/// <summary>Which order a sort makes.</summary>
/// <param name="Descending">Largest first.</param>
/// <param name="NaNFirst">Whether NaN comes before all numbers; otherwise it comes behind them, in both directions.</param>
internal readonly record struct SortOrder(bool Descending, bool NaNFirst = false);

/// <summary>
/// Numbers as unsigned words that stand in the numbers' order: those that are equal have equal words, 0 and −0 among them, and NaN has the
/// least word or the greatest.
/// </summary>
internal static class OrderedWords
{
    /// <summary>The dtypes of 32 and 64 bits that have words.</summary>
    internal static bool Has<T>() => IsShort<T>() || typeof(T) == typeof(double) || typeof(T) == typeof(long) || typeof(T) == typeof(ulong);

    /// <summary>Whether words of a type have 32 bits.</summary>
    internal static bool IsShort<T>() => typeof(T) == typeof(float) || typeof(T) == typeof(int) || typeof(T) == typeof(uint);

    /// <summary>Whether some numbers of a type are equal that differ in their bits.</summary>
    internal static bool IsFloating<T>() => typeof(T) == typeof(float) || typeof(T) == typeof(double);

    /// <summary>The word of a number; those of 32 bits stand in the low half.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong Of<T>(T x, SortOrder order)
        where T : unmanaged =>
        typeof(T) == typeof(float) ? OfSingle((float)(object)x, order)
        : typeof(T) == typeof(double) ? OfDouble((double)(object)x, order)
        : typeof(T) == typeof(int) ? Turned((uint)(int)(object)x ^ 0x80000000u, order)
        : typeof(T) == typeof(uint) ? Turned((uint)(object)x, order)
        : typeof(T) == typeof(long) ? Turned((ulong)(long)(object)x ^ 0x8000000000000000ul, order)
        : Turned((ulong)(object)x, order);

    /// <summary>The number of a word: 0 for both zeros, a NaN for all of them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static T Back<T>(ulong word, SortOrder order)
        where T : unmanaged
    {
        ulong up = order.Descending ? ~word : word;
        return typeof(T) == typeof(float) ? (T)(object)BitConverter.UInt32BitsToSingle((int)up < 0 ? (uint)up ^ 0x80000000u : ~(uint)up)
            : typeof(T) == typeof(double) ? (T)(object)BitConverter.UInt64BitsToDouble((long)up < 0 ? up ^ 0x8000000000000000ul : ~up)
            : typeof(T) == typeof(int) ? (T)(object)(int)((uint)up ^ 0x80000000u)
            : typeof(T) == typeof(uint) ? (T)(object)(uint)up
            : typeof(T) == typeof(long) ? (T)(object)(long)(up ^ 0x8000000000000000ul)
            : (T)(object)up;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint OfSingle(float x, SortOrder order)
    {
        uint bits = BitConverter.SingleToUInt32Bits(x + 0f);
        uint up = bits ^ ((uint)((int)bits >> 31) | 0x80000000u);
        return float.IsNaN(x) ? (order.NaNFirst ? 0 : uint.MaxValue) : Turned(up, order);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong OfDouble(double x, SortOrder order)
    {
        ulong bits = BitConverter.DoubleToUInt64Bits(x + 0.0);
        ulong up = bits ^ ((ulong)((long)bits >> 63) | 0x8000000000000000ul);
        return double.IsNaN(x) ? (order.NaNFirst ? 0 : ulong.MaxValue) : Turned(up, order);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Turned(uint word, SortOrder order) => order.Descending ? ~word : word;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Turned(ulong word, SortOrder order) => order.Descending ? ~word : word;
}
