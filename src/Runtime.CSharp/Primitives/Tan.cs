using System.Numerics;
using Adjoint.Ir;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>Tangent, elementwise. y = tan x, dy = (1 + y²) dx (DLMF §4.20).</summary>
/// <remarks>NaN at ±∞.</remarks>
public sealed partial record Tan : ElementwiseUnary
{
    /// <inheritdoc/>
    public override string Name => "tan";

    private protected override DTypeKinds Takes => DTypeKinds.Differentiable;

    private protected override double Work => 10;

    /// <summary>Draws a tensor.</summary>
    public static Sample Draw(SampleSource source) => Samples.Floating(source, new Tan(), new(-1.2, 1.2));

    private protected override Kernel? Float32 => MapKernel<float, Kernels.TanFunction>.Instance;

    private protected override Kernel? Float64 => MapKernel<double, Kernels.TanFunction>.Instance;

    /// <inheritdoc/>
    protected override double Scalar(double x) => Math.Tan(x);

    /// <inheritdoc/>
    protected override Complex Scalar(Complex x) => Complex.Tan(x);

    /// <inheritdoc/>
    protected override Value? Tangent(Value dx, Value x, Value y) => dx * (1 + Ops.Square(y));
}

public static partial class Ops
{
    /// <summary>tan x.</summary>
    public static Value Tan(Value x) => Apply(new Tan(), x);
}
