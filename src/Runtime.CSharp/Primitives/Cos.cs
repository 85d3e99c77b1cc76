using System.Numerics;
using Adjoint.Ir;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>Cosine, elementwise. dy = −sin x dx (DLMF §4.20).</summary>
/// <remarks>NaN at ±∞.</remarks>
public sealed partial record Cos : ElementwiseUnary
{
    /// <inheritdoc/>
    public override string Name => "cos";

    private protected override DTypeKinds Takes => DTypeKinds.Differentiable;

    private protected override double Work => 10;

    /// <summary>Draws a tensor.</summary>
    public static Sample Draw(SampleSource source) => Samples.Floating(source, new Cos(), Domain.All);

    private protected override Kernel? Float32 => MapKernel<float, Kernels.CosFunction>.Instance;

    private protected override Kernel? Float64 => MapKernel<double, Kernels.CosFunction>.Instance;

    /// <inheritdoc/>
    protected override double Scalar(double x) => Math.Cos(x);

    /// <inheritdoc/>
    protected override Complex Scalar(Complex x) => ComplexFunctions.Cos(x);

    /// <inheritdoc/>
    protected override Value? Tangent(Value dx, Value x, Value y) => -(dx * Ops.Sin(x));
}

public static partial class Ops
{
    /// <summary>cos x.</summary>
    public static Value Cos(Value x) => Apply(new Cos(), x);
}
