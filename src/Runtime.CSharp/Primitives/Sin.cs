using System.Numerics;
using Adjoint.Ir;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>Sine, elementwise. dy = cos x dx (DLMF §4.20).</summary>
/// <remarks>NaN at ±∞.</remarks>
public sealed partial record Sin : ElementwiseUnary
{
    /// <inheritdoc/>
    public override string Name => "sin";

    private protected override DTypeKinds Takes => DTypeKinds.Differentiable;

    private protected override double Work => 10;

    /// <summary>Draws a tensor.</summary>
    public static Sample Draw(SampleSource source) => Samples.Floating(source, new Sin(), Domain.All);

    private protected override Kernel? Float32 => MapKernel<float, Kernels.SinFunction>.Instance;

    private protected override Kernel? Float64 => MapKernel<double, Kernels.SinFunction>.Instance;

    /// <inheritdoc/>
    protected override double Scalar(double x) => Math.Sin(x);

    /// <inheritdoc/>
    protected override Complex Scalar(Complex x) => ComplexFunctions.Sin(x);

    /// <inheritdoc/>
    protected override Value? Tangent(Value dx, Value x, Value y) => dx * Ops.Cos(x);
}

public static partial class Ops
{
    /// <summary>sin x.</summary>
    public static Value Sin(Value x) => Apply(new Sin(), x);
}
