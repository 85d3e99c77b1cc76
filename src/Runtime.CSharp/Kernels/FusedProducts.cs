using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Adjoint.Kernels;

/// <summary>Products and sums that are rounded once. The result may be an operand (the same elements) or must not overlap it.</summary>
internal static class FusedProducts
{
    /// <summary>w[i] = x[i] y[i] + z[i], in f64.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Run(ReadOnlySpan<double> x, ReadOnlySpan<double> y, ReadOnlySpan<double> z, Span<double> w)
    {
        int i = 0;
        for (; i <= w.Length - Vector<double>.Count; i += Vector<double>.Count)
        {
            Vector.FusedMultiplyAdd(new Vector<double>(x[i..]), new(y[i..]), new(z[i..])).CopyTo(w[i..]);
        }

        for (; i < w.Length; i++)
        {
            w[i] = Math.FusedMultiplyAdd(x[i], y[i], z[i]);
        }
    }

    /// <summary>w[i] = x[i] y[i] + z[i], in f32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Run(ReadOnlySpan<float> x, ReadOnlySpan<float> y, ReadOnlySpan<float> z, Span<float> w)
    {
        int i = 0;
        for (; i <= w.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector.FusedMultiplyAdd(new Vector<float>(x[i..]), new(y[i..]), new(z[i..])).CopyTo(w[i..]);
        }

        for (; i < w.Length; i++)
        {
            w[i] = MathF.FusedMultiplyAdd(x[i], y[i], z[i]);
        }
    }

    /// <summary>On spans of f32 or f64.</summary>
    internal static void Run<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, ReadOnlySpan<T> z, Span<T> w)
        where T : unmanaged
    {
        if (typeof(T) == typeof(double))
        {
            Run(MemoryMarshal.Cast<T, double>(x), MemoryMarshal.Cast<T, double>(y), MemoryMarshal.Cast<T, double>(z), MemoryMarshal.Cast<T, double>(w));
        }
        else
        {
            Run(MemoryMarshal.Cast<T, float>(x), MemoryMarshal.Cast<T, float>(y), MemoryMarshal.Cast<T, float>(z), MemoryMarshal.Cast<T, float>(w));
        }
    }
}
