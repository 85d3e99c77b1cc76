using System.Numerics;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>Sign, elementwise: −1, 0 (with its sign) or 1; NaN stays. Of complex numbers z/|z|, and 0 at 0.</summary>
/// <remarks>
/// Derivative: zero for real numbers, also at the jump. Complex: dy = (dz − y Re(conj(y) dz))/|z|, the part of dz across z; 0 at 0.
/// </remarks>
public sealed partial record Sign : ElementwiseUnary
{
    /// <inheritdoc/>
    public override string Name => "sign";

    private protected override DTypeKinds Takes => DTypeKinds.Numeric;

    /// <summary>Draws a tensor away from 0.</summary>
    public static Sample Draw(SampleSource source) => Samples.NonZero(source, new Sign());

    private protected override LoopValue Element(LoopBuilder builder, DType type, LoopValue x)
    {
        LoopValue zero = LoopNumbers.Zero(builder, x.Type);
        LoopValue one = builder.Constant(Core.Scalar.One(x.Type));
        return type.IsUnsigned()
            ? builder.Minimum(x, one)
            : builder.Select(builder.Less(zero, x), one, builder.Select(builder.Less(x, zero), builder.Negate(one), x));
    }

    private protected override Kernel? Float32 => MapKernel<float, Kernels.Sign<float>>.Instance;

    private protected override Kernel? Float64 => MapKernel<double, Kernels.Sign<double>>.Instance;

    /// <inheritdoc/>
    protected override double Scalar(double x) => x > 0 ? 1 : x < 0 ? -1 : x;

    /// <inheritdoc/>
    protected override Complex Scalar(Complex x) => x == Complex.Zero ? x : x / Complex.Abs(x);

    /// <inheritdoc/>
    protected override long Scalar(long x) => Math.Sign(x);

    /// <inheritdoc/>
    protected override ulong Scalar(ulong x) => Math.Min(x, 1);

    /// <inheritdoc/>
    protected override Value? Tangent(Value dx, Value x, Value y)
    {
        DType type = x.Tensor.DType;
        if (!type.IsComplex())
        {
            return null;
        }

        Value length = Ops.Abs(x);
        Value safe = Ops.Select(Ops.Equal(length, Ops.ZerosLike(length)), Ops.OnesLike(length), length);
        Value along = Ops.Convert(Ops.Real(Ops.Conj(y) * dx), type);
        Value across = (dx - (y * along)) / Ops.Convert(safe, type);
        return Ops.Select(Ops.Equal(x, Ops.ZerosLike(x)), Ops.ZerosLike(dx), across);
    }
}

public static partial class Ops
{
    /// <summary>The sign of x.</summary>
    public static Value Sign(Value x) => Apply(new Sign(), x);
}
