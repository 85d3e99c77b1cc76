using System.Numerics;
using Adjoint.Ir;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>Hyperbolic cosine, elementwise. dy = sinh x dx (DLMF §4.34).</summary>
public sealed partial record Cosh : ElementwiseUnary
{
    /// <inheritdoc/>
    public override string Name => "cosh";

    private protected override DTypeKinds Takes => DTypeKinds.Differentiable;

    private protected override double Work => 10;

    /// <summary>Draws a tensor.</summary>
    public static Sample Draw(SampleSource source) => Samples.Floating(source, new Cosh(), Domain.All);

    private protected override Kernel? Float32 => MapKernel<float, Kernels.CoshFunction>.Instance;

    private protected override Kernel? Float64 => MapKernel<double, Kernels.CoshFunction>.Instance;

    /// <inheritdoc/>
    protected override double Scalar(double x) => Math.Cosh(x);

    /// <inheritdoc/>
    protected override Complex Scalar(Complex x) => ComplexFunctions.Cosh(x);

    /// <inheritdoc/>
    protected override Value? Tangent(Value dx, Value x, Value y) => dx * Ops.Sinh(x);
}

public static partial class Ops
{
    /// <summary>cosh x.</summary>
    public static Value Cosh(Value x) => Apply(new Cosh(), x);
}
