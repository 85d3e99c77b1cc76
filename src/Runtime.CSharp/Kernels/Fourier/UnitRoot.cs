using System.Numerics;

namespace Adjoint.Kernels.Fourier;

/// <summary>The roots of unity of Fourier transforms.</summary>
internal static class UnitRoot
{
    /// <summary>exp(−2πi k / n), rounded from f64: the angle is at most an eighth of a turn, so that it has no more than its own rounding.</summary>
    internal static (T Real, T Imaginary) Of<T>(long k, long n)
        where T : IFloatingPointIeee754<T>
    {
        k %= n;
        long eighths = 8 * k / n;
        long quarter = (eighths + 1) / 2;
        double angle = 2 * Math.PI * (((4.0 * k) - (quarter * n)) / (4.0 * n));
        (double sine, double cosine) = Math.SinCos(angle);
        (double real, double imaginary) = (quarter % 4) switch
        {
            0 => (cosine, -sine),
            1 => (-sine, -cosine),
            2 => (-cosine, sine),
            _ => (sine, cosine),
        };
        return (T.CreateChecked(real), T.CreateChecked(imaginary));
    }
}
