using System.Numerics;
using System.Runtime.CompilerServices;

namespace Adjoint.Kernels;

/// <summary>Incomplete vectors at the end of a span.</summary>
internal static class Part
{
    /// <summary>The first elements of a vector from a shorter span; the others are zero.</summary>
    public static Vector<T> Load<T>(ReadOnlySpan<T> source)
        where T : unmanaged => Load(source, default);

    /// <summary>The first elements of a vector from a shorter span; the others are <paramref name="fill"/>.</summary>
    [SkipLocalsInit]
    public static Vector<T> Load<T>(ReadOnlySpan<T> source, T fill)
        where T : unmanaged
    {
        Span<T> lanes = stackalloc T[Vector<T>.Count];
        lanes.Fill(fill);
        source.CopyTo(lanes);
        return new(lanes);
    }

    /// <summary>The first elements of a vector to a shorter span.</summary>
    [SkipLocalsInit]
    public static void Store<T>(Vector<T> value, Span<T> target)
        where T : unmanaged
    {
        Span<T> lanes = stackalloc T[Vector<T>.Count];
        value.CopyTo(lanes);
        lanes[..target.Length].CopyTo(target);
    }
}
