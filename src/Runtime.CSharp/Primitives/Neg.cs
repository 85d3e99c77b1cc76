using System.Numerics;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>Negation, elementwise. y = −x; linear. Integers wrap.</summary>
public sealed partial record Neg : ElementwiseLinear
{
    /// <inheritdoc/>
    public override string Name => "neg";

    private protected override DTypeKinds Takes => DTypeKinds.Numeric;

    /// <summary>Draws a tensor.</summary>
    public static Sample Draw(SampleSource source) => Samples.Numeric(source, new Neg());

    private protected override LoopValue Element(LoopBuilder builder, DType type, LoopValue x) => type.IsUnsigned() ? builder.Subtract(LoopNumbers.Zero(builder, x.Type), x) : builder.Negate(x);

    private protected override Kernel? Float32 => MapKernel<float, Kernels.Negate<float>>.Instance;

    private protected override Kernel? Float64 => MapKernel<double, Kernels.Negate<double>>.Instance;

    /// <inheritdoc/>
    protected override double Scalar(double x) => -x;

    /// <inheritdoc/>
    protected override Complex Scalar(Complex x) => -x;

    /// <inheritdoc/>
    protected override long Scalar(long x) => -x;

    /// <inheritdoc/>
    protected override ulong Scalar(ulong x) => 0 - x;

    /// <inheritdoc/>
    protected override Value Transpose(Value cotangent) => -cotangent;
}

public static partial class Ops
{
    /// <summary>−x.</summary>
    public static Value Neg(Value x) => Apply(new Neg(), x);
}
