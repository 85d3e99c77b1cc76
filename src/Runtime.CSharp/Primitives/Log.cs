using System.Numerics;
using Adjoint.Ir;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>Natural logarithm, elementwise. y = ln x, dy = dx/x (DLMF §4.7).</summary>
/// <remarks>ln 0 = −∞; NaN below 0. Complex: the principal branch.</remarks>
public sealed partial record Log : ElementwiseUnary
{
    /// <inheritdoc/>
    public override string Name => "log";

    private protected override DTypeKinds Takes => DTypeKinds.Differentiable;

    private protected override double Work => 10;

    /// <summary>Draws a tensor.</summary>
    public static Sample Draw(SampleSource source) => Samples.Floating(source, new Log(), Domain.Positive);

    private protected override Kernel? Float32 => MapKernel<float, Kernels.LogFunction>.Instance;

    private protected override Kernel? Float64 => MapKernel<double, Kernels.LogFunction>.Instance;

    /// <inheritdoc/>
    protected override double Scalar(double x) => Math.Log(x);

    /// <inheritdoc/>
    protected override Complex Scalar(Complex x) => ComplexFunctions.Log(x);

    /// <inheritdoc/>
    protected override Value? Tangent(Value dx, Value x, Value y) => dx / x;
}

public static partial class Ops
{
    /// <summary>ln x.</summary>
    public static Value Log(Value x) => Apply(new Log(), x);
}
