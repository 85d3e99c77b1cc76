using System.Numerics;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>Reciprocal square root, elementwise. y = 1/√x, dy = −y/(2x) dx.</summary>
/// <remarks>Domain: x &gt; 0; ∞ at 0, NaN below. Complex: the principal branch.</remarks>
public sealed partial record Rsqrt : ElementwiseUnary
{
    /// <inheritdoc/>
    public override string Name => "rsqrt";

    private protected override DTypeKinds Takes => DTypeKinds.Differentiable;

    private protected override double Work => 10;

    /// <summary>Draws a tensor.</summary>
    public static Sample Draw(SampleSource source) => Samples.Floating(source, new Rsqrt(), Domain.Positive);

    private protected override Kernel? Float32 => MapKernel<float, Kernels.ReciprocalSquareRoot<float>>.Instance;

    private protected override Kernel? Float64 => MapKernel<double, Kernels.ReciprocalSquareRoot<double>>.Instance;

    /// <inheritdoc/>
    protected override double Scalar(double x) => 1 / Math.Sqrt(x);

    /// <inheritdoc/>
    protected override Complex Scalar(Complex x) => 1 / ComplexFunctions.Sqrt(x);

    /// <inheritdoc/>
    protected override Value? Tangent(Value dx, Value x, Value y) => Ops.Scale(dx, -0.5) * (y / x);
}

public static partial class Ops
{
    /// <summary>1/√x.</summary>
    public static Value Rsqrt(Value x) => Apply(new Rsqrt(), x);
}
