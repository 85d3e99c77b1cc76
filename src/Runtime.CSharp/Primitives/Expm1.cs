using System.Numerics;
using Adjoint.Ir;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>eˣ − 1, elementwise, accurate near 0. dy = eˣ dx (DLMF §4.7).</summary>
/// <remarks>The derivative does not come from y + 1, which is 0 where eˣ is below the precision of 1.</remarks>
public sealed partial record Expm1 : ElementwiseUnary
{
    /// <inheritdoc/>
    public override string Name => "expm1";

    private protected override DTypeKinds Takes => DTypeKinds.Differentiable;

    private protected override double Work => 10;

    /// <summary>Draws a tensor.</summary>
    public static Sample Draw(SampleSource source) => Samples.Floating(source, new Expm1(), Domain.All);

    private protected override Kernel? Float32 => MapKernel<float, Kernels.Expm1Function>.Instance;

    private protected override Kernel? Float64 => MapKernel<double, Kernels.Expm1Function>.Instance;

    /// <inheritdoc/>
    protected override double Scalar(double x) => ElementaryFunctions.Expm1(x);

    /// <inheritdoc/>
    protected override Complex Scalar(Complex x) => ComplexFunctions.Expm1(x);

    /// <inheritdoc/>
    protected override Value? Tangent(Value dx, Value x, Value y) => dx * Ops.Exp(x);
}

public static partial class Ops
{
    /// <summary>eˣ − 1.</summary>
    public static Value Expm1(Value x) => Apply(new Expm1(), x);
}
