using System.Numerics;
using Adjoint.Ir;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>Exponential, elementwise. y = eˣ, dy = y dx (DLMF §4.7).</summary>
public sealed partial record Exp : ElementwiseUnary
{
    /// <inheritdoc/>
    public override string Name => "exp";

    private protected override DTypeKinds Takes => DTypeKinds.Differentiable;

    /// <summary>Draws a tensor.</summary>
    public static Sample Draw(SampleSource source) => Samples.Floating(source, new Exp(), Domain.All);

    private protected override Kernel? Float32 => MapKernel<float, Kernels.ExpFunction>.Instance;

    private protected override Kernel? Float64 => MapKernel<double, Kernels.ExpFunction>.Instance;

    /// <inheritdoc/>
    protected override double Scalar(double x) => Math.Exp(x);

    /// <inheritdoc/>
    protected override Complex Scalar(Complex x) => ComplexFunctions.Exp(x);

    /// <inheritdoc/>
    protected override Value? Tangent(Value dx, Value x, Value y) => dx * y;
}

public static partial class Ops
{
    /// <summary>eˣ.</summary>
    public static Value Exp(Value x) => Apply(new Exp(), x);
}
