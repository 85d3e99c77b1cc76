using System.Numerics;

namespace Adjoint.Kernels.Factors;

/// <summary>Whether numbers are finite.</summary>
internal static class Finite
{
    /// <summary>Whether all are: a number less itself is then 0, and sums of that are 0.</summary>
    internal static bool All<T>(ReadOnlySpan<T> x)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int width = Vector<T>.Count, i = 0;
        Vector<T> sums = default;
        for (; i <= x.Length - width; i += width)
        {
            var part = new Vector<T>(x.Slice(i, width));
            sums += part - part;
        }

        T sum = Vector.Sum(sums);
        for (; i < x.Length; i++)
        {
            sum += x[i] - x[i];
        }

        return sum == T.Zero;
    }
}
