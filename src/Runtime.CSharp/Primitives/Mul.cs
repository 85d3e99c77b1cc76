using System.Numerics;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>Product, elementwise. z = xy, dz = y dx + x dy; bilinear. Integers wrap.</summary>
public sealed partial record Mul : ElementwiseBinary
{
    /// <inheritdoc/>
    public override string Name => "mul";

    private protected override DTypeKinds Takes => DTypeKinds.Numeric;

    /// <summary>Draws two tensors.</summary>
    public static Sample Draw(SampleSource source) => Samples.Binary(source, new Mul());

    private protected override LoopValue Element(LoopBuilder builder, DType type, LoopValue x, LoopValue y) => builder.Multiply(x, y);

    private protected override Kernel? Float32 => ZipKernel<float, Kernels.Multiply<float>>.Instance;

    private protected override Kernel? Float64 => ZipKernel<double, Kernels.Multiply<double>>.Instance;

    private protected override Kernel? Int32 => ZipKernel<int, Kernels.Multiply<int>>.Instance;

    private protected override Kernel? Int64 => ZipKernel<long, Kernels.Multiply<long>>.Instance;

    /// <inheritdoc/>
    protected override double Scalar(double x, double y) => x * y;

    /// <inheritdoc/>
    protected override Complex Scalar(Complex x, Complex y) => x * y;

    /// <inheritdoc/>
    protected override long Scalar(long x, long y) => x * y;

    /// <inheritdoc/>
    protected override ulong Scalar(ulong x, ulong y) => x * y;

    /// <inheritdoc/>
    protected override Value? LeftTangent(Value dx, Value x, Value y, Value z) => dx * y;

    /// <inheritdoc/>
    protected override Value? RightTangent(Value dy, Value x, Value y, Value z) => x * dy;

    /// <inheritdoc/>
    protected override void TransposeTensor(Node node, Value cotangent, IReadOnlyList<Accumulator?> accumulators)
    {
        if (accumulators[0] is not null && accumulators[1] is not null)
        {
            throw new DerivativeException($"{Name}: the product of two linear values is not linear.");
        }

        accumulators[0]?.Add(cotangent * node.Operands[1]);
        accumulators[1]?.Add(node.Operands[0] * cotangent);
    }
}

public static partial class Ops
{
    /// <summary>xy.</summary>
    public static Value Mul(Value x, Value y) => Apply(new Mul(), x, y);
}
