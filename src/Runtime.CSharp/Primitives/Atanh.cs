using System.Numerics;
using Adjoint.Ir;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>Inverse hyperbolic tangent, elementwise. dy = dx/((1 − x)(1 + x)) (DLMF §4.38).</summary>
/// <remarks>Domain: |x| ≤ 1, ±∞ at ±1, NaN beyond. Complex: the principal branch.</remarks>
public sealed partial record Atanh : ElementwiseUnary
{
    /// <inheritdoc/>
    public override string Name => "atanh";

    private protected override DTypeKinds Takes => DTypeKinds.Differentiable;

    private protected override double Work => 10;

    /// <summary>Draws a tensor.</summary>
    public static Sample Draw(SampleSource source) => Samples.Floating(source, new Atanh(), Domain.Unit);

    private protected override Kernel? Float32 => MapKernel<float, Kernels.AtanhFunction>.Instance;

    private protected override Kernel? Float64 => MapKernel<double, Kernels.AtanhFunction>.Instance;

    /// <inheritdoc/>
    protected override double Scalar(double x) => Math.Atanh(x);

    /// <inheritdoc/>
    protected override Complex Scalar(Complex x) => ComplexFunctions.Atanh(x);

    /// <inheritdoc/>
    protected override Value? Tangent(Value dx, Value x, Value y) => dx / ((1 - x) * (1 + x));
}

public static partial class Ops
{
    /// <summary>artanh x.</summary>
    public static Value Atanh(Value x) => Apply(new Atanh(), x);
}
