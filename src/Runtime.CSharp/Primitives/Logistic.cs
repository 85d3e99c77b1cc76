using System.Numerics;
using Adjoint.Ir;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>Logistic function, elementwise. y = 1/(1 + e⁻ˣ), dy = y(1 − y) dx.</summary>
/// <remarks>Does not overflow.</remarks>
public sealed partial record Logistic : ElementwiseUnary
{
    /// <inheritdoc/>
    public override string Name => "logistic";

    private protected override DTypeKinds Takes => DTypeKinds.Differentiable;

    private protected override double Work => 10;

    /// <summary>Draws a tensor.</summary>
    public static Sample Draw(SampleSource source) => Samples.Floating(source, new Logistic(), Domain.All);

    private protected override Kernel? Float32 => MapKernel<float, Kernels.LogisticFunction>.Instance;

    private protected override Kernel? Float64 => MapKernel<double, Kernels.LogisticFunction>.Instance;

    /// <inheritdoc/>
    protected override double Scalar(double x) => ElementaryFunctions.Logistic(x);

    /// <inheritdoc/>
    protected override Complex Scalar(Complex x) => ComplexFunctions.Logistic(x);

    /// <inheritdoc/>
    protected override Value? Tangent(Value dx, Value x, Value y) => dx * (y * (1 - y));
}

public static partial class Ops
{
    /// <summary>1/(1 + e⁻ˣ).</summary>
    public static Value Logistic(Value x) => Apply(new Logistic(), x);
}
