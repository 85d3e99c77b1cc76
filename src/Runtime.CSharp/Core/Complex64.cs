using System.Numerics;

namespace Adjoint.Core;

/// <summary>A complex number of two f32, real part first. Storage only; arithmetic is done in <see cref="Complex"/> and rounded once.</summary>
/// <param name="Real">The real part.</param>
/// <param name="Imaginary">The imaginary part.</param>
public readonly record struct Complex64(float Real, float Imaginary)
{
    /// <summary>Rounds both parts.</summary>
    public static Complex64 FromComplex(Complex value) => new((float)value.Real, (float)value.Imaginary);

    /// <summary>The same number with parts in f64, exactly.</summary>
    public Complex ToComplex() => new(Real, Imaginary);
}
