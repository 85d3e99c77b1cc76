using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Adjoint.Kernels.Factors;

/// <summary>Sums over rows of numbers. The order depends on the length and the processor's vector width alone, not on where rows lie.</summary>
internal static class Rows
{
    /// <summary>Σ x y: four sums over vectors, joined in pairs, then what is left.</summary>
    internal static T Dot<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y)
        where T : unmanaged, INumberBase<T>
    {
        int width = Vector<T>.Count, i = 0;
        T sum = T.Zero;
        if (x.Length >= width)
        {
            Vector<T> a = default, b = default, c = default, d = default;
            for (; i <= x.Length - (4 * width); i += 4 * width)
            {
                a += At(x, i) * At(y, i);
                b += At(x, i + width) * At(y, i + width);
                c += At(x, i + (2 * width)) * At(y, i + (2 * width));
                d += At(x, i + (3 * width)) * At(y, i + (3 * width));
            }

            for (; i <= x.Length - width; i += width)
            {
                a += At(x, i) * At(y, i);
            }

            sum = Vector.Sum((a + b) + (c + d));
        }

        for (; i < x.Length; i++)
        {
            sum += x[i] * y[i];
        }

        return sum;
    }

    /// <summary>y += factor · x.</summary>
    internal static void Add<T>(Span<T> y, T factor, ReadOnlySpan<T> x)
        where T : unmanaged, INumberBase<T>
    {
        int width = Vector<T>.Count, i = 0;
        var factors = new Vector<T>(factor);
        for (; i <= y.Length - width; i += width)
        {
            Put(y, i, At(y, i) + (factors * At(x, i)));
        }

        for (; i < y.Length; i++)
        {
            y[i] += factor * x[i];
        }
    }

    /// <summary>x ← c x + s y and y ← c y − s x: both rows turned by an angle.</summary>
    internal static void Turn<T>(Span<T> x, Span<T> y, T c, T s)
        where T : unmanaged, INumberBase<T>
    {
        int width = Vector<T>.Count, i = 0;
        Vector<T> cs = new(c), ss = new(s);
        for (; i <= x.Length - width; i += width)
        {
            Vector<T> a = At(x, i), b = At(y, i);
            Put(x, i, (cs * a) + (ss * b));
            Put(y, i, (cs * b) - (ss * a));
        }

        for (; i < x.Length; i++)
        {
            (x[i], y[i]) = ((c * x[i]) + (s * y[i]), (c * y[i]) - (s * x[i]));
        }
    }

    /// <summary>x · factor in place.</summary>
    internal static void Scale<T>(Span<T> x, T factor)
        where T : unmanaged, INumberBase<T>
    {
        for (int i = 0; i < x.Length; i++)
        {
            x[i] *= factor;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<T> At<T>(ReadOnlySpan<T> x, int place)
        where T : unmanaged =>
        Unsafe.ReadUnaligned<Vector<T>>(ref Unsafe.As<T, byte>(ref Unsafe.Add(ref MemoryMarshal.GetReference(x), place)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put<T>(Span<T> x, int place, Vector<T> value)
        where T : unmanaged =>
        Unsafe.WriteUnaligned(ref Unsafe.As<T, byte>(ref Unsafe.Add(ref MemoryMarshal.GetReference(x), place)), value);
}
