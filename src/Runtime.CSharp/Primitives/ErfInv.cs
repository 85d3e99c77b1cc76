using Adjoint.Ir;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>Inverse of the error function, elementwise. x = erf y, dy = √π/2 e^(y²) dx (from erf, by the inverse function rule).</summary>
/// <remarks>Domain: |x| ≤ 1, ±∞ at ±1, NaN beyond.</remarks>
public sealed partial record ErfInv : ElementwiseUnary
{
    /// <inheritdoc/>
    public override string Name => "erf_inv";

    private protected override DTypeKinds Takes => DTypeKinds.Floating;

    private protected override double Work => 10;

    /// <summary>Draws a tensor.</summary>
    public static Sample Draw(SampleSource source) => Samples.Floating(source, new ErfInv(), Domain.Unit);

    private protected override Kernel? Float32 => MapKernel<float, Kernels.ErfInvFunction>.Instance;

    private protected override Kernel? Float64 => MapKernel<double, Kernels.ErfInvFunction>.Instance;

    /// <inheritdoc/>
    protected override double Scalar(double x) => ErrorFunctions.ErfInv(x);

    /// <inheritdoc/>
    protected override Value? Tangent(Value dx, Value x, Value y) => dx * (1 / ErrorFunctions.Slope * Ops.Exp(Ops.Square(y)));
}

public static partial class Ops
{
    /// <summary>The y with erf y = x.</summary>
    public static Value ErfInv(Value x) => Apply(new ErfInv(), x);
}
