using System.Numerics;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>Absolute value, elementwise. y = |x|, dy = sign(x) dx; of complex numbers real, dy = Re(conj(sign x) dx).</summary>
/// <remarks>The least integer wraps to itself. Kink: the derivative at 0 is 0.</remarks>
public sealed partial record Abs : ElementwiseUnary
{
    /// <inheritdoc/>
    public override string Name => "abs";

    private protected override DTypeKinds Takes => DTypeKinds.Numeric;

    /// <summary>Draws a tensor away from 0.</summary>
    public static Sample Draw(SampleSource source) => Samples.NonZero(source, new Abs());

    private protected override TensorType ResultType(TensorType x) => x with { DType = x.DType.RealPart() };

    private protected override LoopValue Element(LoopBuilder builder, DType type, LoopValue x) => type.IsUnsigned() ? x : builder.Absolute(x);

    private protected override Kernel? Float32 => MapKernel<float, Kernels.Absolute<float>>.Instance;

    private protected override Kernel? Float64 => MapKernel<double, Kernels.Absolute<double>>.Instance;

    /// <inheritdoc/>
    protected override double Scalar(double x) => Math.Abs(x);

    /// <inheritdoc/>
    protected override Complex Scalar(Complex x) => Complex.Abs(x);

    /// <inheritdoc/>
    protected override long Scalar(long x) => x < 0 ? -x : x;

    /// <inheritdoc/>
    protected override ulong Scalar(ulong x) => x;

    /// <inheritdoc/>
    protected override Value? Tangent(Value dx, Value x, Value y) => Ops.Real(dx * Ops.Conj(Ops.Sign(x)));

    /// <inheritdoc/>
    protected override NDArray EvaluateTensor(NDArray[] operands, EvaluationContext context)
    {
        NDArray result = base.EvaluateTensor(operands, context);
        return result.Type.IsComplex() ? ComplexPart.Of(result, static item => item.Real) : result;
    }
}

public static partial class Ops
{
    /// <summary>|x|.</summary>
    public static Value Abs(Value x) => Apply(new Abs(), x);
}
