using System.Numerics;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>Square root, elementwise. y = √x, dy = dx/(2y).</summary>
/// <remarks>Domain: x ≥ 0, NaN below. The derivative at 0 is ∞. Complex: the principal branch.</remarks>
public sealed partial record Sqrt : ElementwiseUnary
{
    /// <inheritdoc/>
    public override string Name => "sqrt";

    private protected override DTypeKinds Takes => DTypeKinds.Differentiable;

    private protected override double Work => 10;

    /// <summary>Draws a tensor.</summary>
    public static Sample Draw(SampleSource source) => Samples.Floating(source, new Sqrt(), Domain.Positive);

    private protected override LoopValue Element(LoopBuilder builder, DType type, LoopValue x) => builder.SquareRoot(x);

    private protected override Kernel? Float32 => MapKernel<float, Kernels.SquareRoot<float>>.Instance;

    private protected override Kernel? Float64 => MapKernel<double, Kernels.SquareRoot<double>>.Instance;

    /// <inheritdoc/>
    protected override double Scalar(double x) => Math.Sqrt(x);

    /// <inheritdoc/>
    protected override Complex Scalar(Complex x) => ComplexFunctions.Sqrt(x);

    /// <inheritdoc/>
    protected override Value? Tangent(Value dx, Value x, Value y) => Ops.Scale(dx, 0.5) / y;
}

public static partial class Ops
{
    /// <summary>√x.</summary>
    public static Value Sqrt(Value x) => Apply(new Sqrt(), x);
}
