using System.Numerics;
using Adjoint.Ir;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>Arc sine, elementwise. dy = dx/√((1 − x)(1 + x)) (DLMF §4.24).</summary>
/// <remarks>Domain: |x| ≤ 1, NaN beyond; the derivative at ±1 is ∞. Complex: the principal branch.</remarks>
public sealed partial record Asin : ElementwiseUnary
{
    /// <inheritdoc/>
    public override string Name => "asin";

    private protected override DTypeKinds Takes => DTypeKinds.Differentiable;

    private protected override double Work => 10;

    /// <summary>Draws a tensor.</summary>
    public static Sample Draw(SampleSource source) => Samples.Floating(source, new Asin(), Domain.Unit);

    private protected override Kernel? Float32 => MapKernel<float, Kernels.AsinFunction>.Instance;

    private protected override Kernel? Float64 => MapKernel<double, Kernels.AsinFunction>.Instance;

    /// <inheritdoc/>
    protected override double Scalar(double x) => Math.Asin(x);

    /// <inheritdoc/>
    protected override Complex Scalar(Complex x) => ComplexFunctions.Asin(x);

    /// <inheritdoc/>
    protected override Value? Tangent(Value dx, Value x, Value y) => dx / Ops.Sqrt((1 - x) * (1 + x));
}

public static partial class Ops
{
    /// <summary>arcsin x.</summary>
    public static Value Asin(Value x) => Apply(new Asin(), x);
}
