using System.Numerics;
using Adjoint.Ir;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>Arc tangent, elementwise. dy = dx/(1 + x²) (DLMF §4.24).</summary>
/// <remarks>Complex: the principal branch.</remarks>
public sealed partial record Atan : ElementwiseUnary
{
    /// <inheritdoc/>
    public override string Name => "atan";

    private protected override DTypeKinds Takes => DTypeKinds.Differentiable;

    private protected override double Work => 10;

    /// <summary>Draws a tensor.</summary>
    public static Sample Draw(SampleSource source) => Samples.Floating(source, new Atan(), Domain.All);

    private protected override Kernel? Float32 => MapKernel<float, Kernels.AtanFunction>.Instance;

    private protected override Kernel? Float64 => MapKernel<double, Kernels.AtanFunction>.Instance;

    /// <inheritdoc/>
    protected override double Scalar(double x) => Math.Atan(x);

    /// <inheritdoc/>
    protected override Complex Scalar(Complex x) => ComplexFunctions.Atan(x);

    /// <inheritdoc/>
    protected override Value? Tangent(Value dx, Value x, Value y) => dx / (1 + Ops.Square(x));
}

public static partial class Ops
{
    /// <summary>arctan x.</summary>
    public static Value Atan(Value x) => Apply(new Atan(), x);
}
