using System.Numerics;
using Adjoint.Ir;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>Hyperbolic sine, elementwise. dy = cosh x dx (DLMF §4.34).</summary>
public sealed partial record Sinh : ElementwiseUnary
{
    /// <inheritdoc/>
    public override string Name => "sinh";

    private protected override DTypeKinds Takes => DTypeKinds.Differentiable;

    private protected override double Work => 10;

    /// <summary>Draws a tensor.</summary>
    public static Sample Draw(SampleSource source) => Samples.Floating(source, new Sinh(), Domain.All);

    private protected override Kernel? Float32 => MapKernel<float, Kernels.SinhFunction>.Instance;

    private protected override Kernel? Float64 => MapKernel<double, Kernels.SinhFunction>.Instance;

    /// <inheritdoc/>
    protected override double Scalar(double x) => Math.Sinh(x);

    /// <inheritdoc/>
    protected override Complex Scalar(Complex x) => ComplexFunctions.Sinh(x);

    /// <inheritdoc/>
    protected override Value? Tangent(Value dx, Value x, Value y) => dx * Ops.Cosh(x);
}

public static partial class Ops
{
    /// <summary>sinh x.</summary>
    public static Value Sinh(Value x) => Apply(new Sinh(), x);
}
