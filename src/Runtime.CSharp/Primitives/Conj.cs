using System.Numerics;
using Adjoint.Ir;

namespace Adjoint.Primitives;

/// <summary>Complex conjugate, elementwise. Linear over the reals, and its own transpose.</summary>
public sealed partial record Conj : ElementwiseLinear
{
    /// <inheritdoc/>
    public override string Name => "conj";

    private protected override DTypeKinds Takes => DTypeKinds.Complex;

    /// <summary>Draws a complex tensor.</summary>
    public static Sample Draw(SampleSource source) => Samples.Complex(source, new Conj());

    /// <inheritdoc/>
    protected override Complex Scalar(Complex x) => Complex.Conjugate(x);

    /// <inheritdoc/>
    protected override Value Transpose(Value cotangent) => Ops.Conj(cotangent);
}

public static partial class Ops
{
    /// <summary>The conjugate of complex numbers; real ones as they are.</summary>
    public static Value Conj(Value x) => Core.DTypes.IsComplex(x.Tensor.DType) ? Apply(new Conj(), x) : x;
}
