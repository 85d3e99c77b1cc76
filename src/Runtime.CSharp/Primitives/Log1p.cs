using System.Numerics;
using Adjoint.Ir;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>ln(1 + x), elementwise, accurate near 0. dy = dx/(1 + x) (DLMF §4.7).</summary>
/// <remarks>Domain: x ≥ −1; −∞ at −1, NaN below.</remarks>
public sealed partial record Log1p : ElementwiseUnary
{
    /// <inheritdoc/>
    public override string Name => "log1p";

    private protected override DTypeKinds Takes => DTypeKinds.Differentiable;

    private protected override double Work => 10;

    /// <summary>Draws a tensor.</summary>
    public static Sample Draw(SampleSource source) => Samples.Floating(source, new Log1p(), Domain.Positive);

    private protected override Kernel? Float32 => MapKernel<float, Kernels.Log1pFunction>.Instance;

    private protected override Kernel? Float64 => MapKernel<double, Kernels.Log1pFunction>.Instance;

    /// <inheritdoc/>
    protected override double Scalar(double x) => ElementaryFunctions.Log1p(x);

    /// <inheritdoc/>
    protected override Complex Scalar(Complex x) => ComplexFunctions.Log1p(x);

    /// <inheritdoc/>
    protected override Value? Tangent(Value dx, Value x, Value y) => dx / (1 + x);
}

public static partial class Ops
{
    /// <summary>ln(1 + x).</summary>
    public static Value Log1p(Value x) => Apply(new Log1p(), x);
}
