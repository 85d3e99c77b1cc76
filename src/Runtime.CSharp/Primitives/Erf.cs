using Adjoint.Ir;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>Error function, elementwise. dy = 2/√π e^(−x²) dx (DLMF §7.2).</summary>
public sealed partial record Erf : ElementwiseUnary
{
    /// <inheritdoc/>
    public override string Name => "erf";

    private protected override DTypeKinds Takes => DTypeKinds.Floating;

    private protected override double Work => 10;

    /// <summary>Draws a tensor.</summary>
    public static Sample Draw(SampleSource source) => Samples.Floating(source, new Erf(), Domain.All);

    private protected override Kernel? Float32 => MapKernel<float, Kernels.ErfFunction>.Instance;

    private protected override Kernel? Float64 => MapKernel<double, Kernels.ErfFunction>.Instance;

    /// <inheritdoc/>
    protected override double Scalar(double x) => ErrorFunctions.Erf(x);

    /// <inheritdoc/>
    protected override Value? Tangent(Value dx, Value x, Value y) => dx * (ErrorFunctions.Slope * Ops.Exp(-Ops.Square(x)));
}

public static partial class Ops
{
    /// <summary>erf x.</summary>
    public static Value Erf(Value x) => Apply(new Erf(), x);
}
