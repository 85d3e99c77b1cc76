using System.Numerics;
using Adjoint.Ir;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>Inverse hyperbolic sine, elementwise. dy = dx/√(1 + x²) (DLMF §4.38).</summary>
/// <remarks>Complex: the principal branch.</remarks>
public sealed partial record Asinh : ElementwiseUnary
{
    /// <inheritdoc/>
    public override string Name => "asinh";

    private protected override DTypeKinds Takes => DTypeKinds.Differentiable;

    private protected override double Work => 10;

    /// <summary>Draws a tensor.</summary>
    public static Sample Draw(SampleSource source) => Samples.Floating(source, new Asinh(), Domain.All);

    private protected override Kernel? Float32 => MapKernel<float, Kernels.AsinhFunction>.Instance;

    private protected override Kernel? Float64 => MapKernel<double, Kernels.AsinhFunction>.Instance;

    /// <inheritdoc/>
    protected override double Scalar(double x) => Math.Asinh(x);

    /// <inheritdoc/>
    protected override Complex Scalar(Complex x) => ComplexFunctions.Asinh(x);

    /// <inheritdoc/>
    protected override Value? Tangent(Value dx, Value x, Value y) => dx / Ops.Sqrt(1 + Ops.Square(x));
}

public static partial class Ops
{
    /// <summary>arsinh x.</summary>
    public static Value Asinh(Value x) => Apply(new Asinh(), x);
}
