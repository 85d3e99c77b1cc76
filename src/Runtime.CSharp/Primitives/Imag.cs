using System.Numerics;
using Adjoint.Ir;

namespace Adjoint.Primitives;

/// <summary>Imaginary part, elementwise. Linear over the reals; the transpose, without conjugation, is −i times the cotangent.</summary>
public sealed partial record Imag : ComplexPart
{
    /// <inheritdoc/>
    public override string Name => "imag";

    /// <summary>Draws a complex tensor.</summary>
    public static Sample Draw(SampleSource source) => Samples.Complex(source, new Imag());

    /// <inheritdoc/>
    protected override double Part(Complex x) => x.Imaginary;

    /// <inheritdoc/>
    protected override void TransposeTensor(Node node, Value cotangent, IReadOnlyList<Accumulator?> accumulators) =>
        accumulators[0]!.Add(Ops.Complex(Ops.Zeros(cotangent.Tensor), -cotangent));
}

public static partial class Ops
{
    /// <summary>The imaginary part of complex numbers; zeros for real ones.</summary>
    public static Value Imag(Value x) => Core.DTypes.IsComplex(x.Tensor.DType) ? Apply(new Imag(), x) : Zeros(x.Tensor);
}
