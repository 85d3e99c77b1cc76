using System.Numerics;
using Adjoint.Ir;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>Hyperbolic tangent, elementwise. y = tanh x, dy = (1 − y²) dx (DLMF §4.34), |y| ≤ 1.</summary>
public sealed partial record Tanh : ElementwiseUnary
{
    /// <inheritdoc/>
    public override string Name => "tanh";

    private protected override DTypeKinds Takes => DTypeKinds.Differentiable;

    private protected override double Work => 10;

    /// <summary>Draws a tensor.</summary>
    public static Sample Draw(SampleSource source) => Samples.Floating(source, new Tanh(), Domain.All);

    private protected override Kernel? Float32 => MapKernel<float, Kernels.TanhFunction>.Instance;

    private protected override Kernel? Float64 => MapKernel<double, Kernels.TanhFunction>.Instance;

    /// <inheritdoc/>
    protected override double Scalar(double x) => Math.Tanh(x);

    /// <inheritdoc/>
    protected override Complex Scalar(Complex x) => Complex.Tanh(x);

    /// <inheritdoc/>
    protected override Value? Tangent(Value dx, Value x, Value y) => dx * (1 - Ops.Square(y));
}

public static partial class Ops
{
    /// <summary>tanh x.</summary>
    public static Value Tanh(Value x) => Apply(new Tanh(), x);
}
