using System.Numerics;
using Adjoint.Ir;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>Inverse hyperbolic cosine, elementwise. dy = dx/(√(x − 1) √(x + 1)) (DLMF §4.38).</summary>
/// <remarks>Domain: x ≥ 1, NaN below; the derivative at 1 is ∞. Complex: the principal branch.</remarks>
public sealed partial record Acosh : ElementwiseUnary
{
    /// <inheritdoc/>
    public override string Name => "acosh";

    private protected override DTypeKinds Takes => DTypeKinds.Differentiable;

    private protected override double Work => 10;

    /// <summary>Draws a tensor.</summary>
    public static Sample Draw(SampleSource source) => Samples.Floating(source, new Acosh(), new(1.3, 3));

    private protected override Kernel? Float32 => MapKernel<float, Kernels.AcoshFunction>.Instance;

    private protected override Kernel? Float64 => MapKernel<double, Kernels.AcoshFunction>.Instance;

    /// <inheritdoc/>
    protected override double Scalar(double x) => Math.Acosh(x);

    /// <inheritdoc/>
    protected override Complex Scalar(Complex x) => ComplexFunctions.Acosh(x);

    /// <inheritdoc/>
    protected override Value? Tangent(Value dx, Value x, Value y) => dx / (Ops.Sqrt(x - 1) * Ops.Sqrt(x + 1));
}

public static partial class Ops
{
    /// <summary>arcosh x.</summary>
    public static Value Acosh(Value x) => Apply(new Acosh(), x);
}
