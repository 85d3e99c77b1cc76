using Adjoint.Ir;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>Logarithm of |Γ(x)|, elementwise. dy = ψ(x) dx (DLMF §5.2).</summary>
/// <remarks>∞ at 0, −1, −2 … and at ±∞.</remarks>
public sealed partial record Lgamma : ElementwiseUnary
{
    /// <inheritdoc/>
    public override string Name => "lgamma";

    private protected override DTypeKinds Takes => DTypeKinds.Floating;

    private protected override double Work => 10;

    /// <summary>Draws a tensor.</summary>
    public static Sample Draw(SampleSource source) => Samples.Floating(source, new Lgamma(), Domain.Positive);

    private protected override Kernel? Float32 => MapKernel<float, Kernels.LgammaFunction>.Instance;

    private protected override Kernel? Float64 => MapKernel<double, Kernels.LgammaFunction>.Instance;

    /// <inheritdoc/>
    protected override double Scalar(double x) => Kernels.GammaFunctions.LogGamma(x);

    /// <inheritdoc/>
    protected override Value? Tangent(Value dx, Value x, Value y) => dx * Ops.Digamma(x);
}

public static partial class Ops
{
    /// <summary>ln |Γ(x)|.</summary>
    public static Value Lgamma(Value x) => Apply(new Lgamma(), x);
}
