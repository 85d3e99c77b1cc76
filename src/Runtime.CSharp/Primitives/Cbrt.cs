using Adjoint.Ir;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>Real cube root, elementwise. y = ∛x, dy = dx/(3y²).</summary>
/// <remarks>Of every sign; the derivative at 0 is ∞.</remarks>
public sealed partial record Cbrt : ElementwiseUnary
{
    /// <inheritdoc/>
    public override string Name => "cbrt";

    private protected override DTypeKinds Takes => DTypeKinds.Floating;

    private protected override double Work => 10;

    /// <summary>Draws a tensor.</summary>
    public static Sample Draw(SampleSource source) => Samples.Floating(source, new Cbrt(), Domain.NonZero);

    private protected override Kernel? Float32 => MapKernel<float, Kernels.CbrtFunction>.Instance;

    private protected override Kernel? Float64 => MapKernel<double, Kernels.CbrtFunction>.Instance;

    /// <inheritdoc/>
    protected override double Scalar(double x) => Math.Cbrt(x);

    /// <inheritdoc/>
    protected override Value? Tangent(Value dx, Value x, Value y) => dx / (3 * Ops.Square(y));
}

public static partial class Ops
{
    /// <summary>∛x.</summary>
    public static Value Cbrt(Value x) => Apply(new Cbrt(), x);
}
