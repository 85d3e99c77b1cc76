using Adjoint.Ir;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>Complementary error function, elementwise. y = 1 − erf x without cancellation; dy = −2/√π e^(−x²) dx (DLMF §7.2).</summary>
public sealed partial record Erfc : ElementwiseUnary
{
    /// <inheritdoc/>
    public override string Name => "erfc";

    private protected override DTypeKinds Takes => DTypeKinds.Floating;

    private protected override double Work => 10;

    /// <summary>Draws a tensor.</summary>
    public static Sample Draw(SampleSource source) => Samples.Floating(source, new Erfc(), Domain.All);

    private protected override Kernel? Float32 => MapKernel<float, Kernels.ErfcFunction>.Instance;

    private protected override Kernel? Float64 => MapKernel<double, Kernels.ErfcFunction>.Instance;

    /// <inheritdoc/>
    protected override double Scalar(double x) => ErrorFunctions.Erfc(x);

    /// <inheritdoc/>
    protected override Value? Tangent(Value dx, Value x, Value y) => dx * (-ErrorFunctions.Slope * Ops.Exp(-Ops.Square(x)));
}

public static partial class Ops
{
    /// <summary>1 − erf x.</summary>
    public static Value Erfc(Value x) => Apply(new Erfc(), x);
}
