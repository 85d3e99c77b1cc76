using System.Numerics;
using Adjoint.Ir;

namespace Adjoint.Primitives;

/// <summary>Real part, elementwise. Linear over the reals; the transpose makes the cotangent complex, imaginary part 0.</summary>
public sealed partial record Real : ComplexPart
{
    /// <inheritdoc/>
    public override string Name => "real";

    /// <summary>Draws a complex tensor.</summary>
    public static Sample Draw(SampleSource source) => Samples.Complex(source, new Real());

    /// <inheritdoc/>
    protected override double Part(Complex x) => x.Real;

    /// <inheritdoc/>
    protected override void TransposeTensor(Node node, Value cotangent, IReadOnlyList<Accumulator?> accumulators) =>
        accumulators[0]!.Add(Ops.Complex(cotangent, Ops.Zeros(cotangent.Tensor)));
}

public static partial class Ops
{
    /// <summary>The real part of complex numbers; real ones as they are.</summary>
    public static Value Real(Value x) => Core.DTypes.IsComplex(x.Tensor.DType) ? Apply(new Real(), x) : x;
}
