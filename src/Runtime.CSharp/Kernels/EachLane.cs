using System.Numerics;

namespace Adjoint.Kernels;

/// <summary>Functions of single numbers, lane by lane: the rare paths of functions in vectors.</summary>
internal static unsafe class EachLane
{
    public static Vector<T> Of<T>(Vector<T> x, delegate*<T, T> function)
        where T : unmanaged
    {
        Span<T> values = stackalloc T[Vector<T>.Count];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = function(x[i]);
        }

        return new(values);
    }

    public static Vector<T> Of<T>(Vector<T> x, Vector<T> y, delegate*<T, T, T> function)
        where T : unmanaged
    {
        Span<T> values = stackalloc T[Vector<T>.Count];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = function(x[i], y[i]);
        }

        return new(values);
    }
}
