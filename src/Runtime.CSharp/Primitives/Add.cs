using System.Numerics;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>Sum, elementwise. z = x + y, dz = dx + dy; linear. Integers wrap.</summary>
public sealed partial record Add : ElementwiseBinary
{
    /// <inheritdoc/>
    public override string Name => "add";

    private protected override DTypeKinds Takes => DTypeKinds.Numeric;

    /// <summary>Draws two tensors.</summary>
    public static Sample Draw(SampleSource source) => Samples.Binary(source, new Add());

    private protected override LoopValue Element(LoopBuilder builder, DType type, LoopValue x, LoopValue y) => builder.Add(x, y);

    private protected override Kernel? Float32 => ZipKernel<float, Kernels.Add<float>>.Instance;

    private protected override Kernel? Float64 => ZipKernel<double, Kernels.Add<double>>.Instance;

    private protected override Kernel? Int32 => ZipKernel<int, Kernels.Add<int>>.Instance;

    private protected override Kernel? Int64 => ZipKernel<long, Kernels.Add<long>>.Instance;

    /// <inheritdoc/>
    protected override double Scalar(double x, double y) => x + y;

    /// <inheritdoc/>
    protected override Complex Scalar(Complex x, Complex y) => x + y;

    /// <inheritdoc/>
    protected override long Scalar(long x, long y) => x + y;

    /// <inheritdoc/>
    protected override ulong Scalar(ulong x, ulong y) => x + y;

    /// <inheritdoc/>
    protected override Value? LeftTangent(Value dx, Value x, Value y, Value z) => dx;

    /// <inheritdoc/>
    protected override Value? RightTangent(Value dy, Value x, Value y, Value z) => dy;

    /// <inheritdoc/>
    protected override void TransposeTensor(Node node, Value cotangent, IReadOnlyList<Accumulator?> accumulators)
    {
        accumulators[0]?.Add(cotangent);
        accumulators[1]?.Add(cotangent);
    }
}

public static partial class Ops
{
    /// <summary>x + y.</summary>
    public static Value Add(Value x, Value y) => Apply(new Add(), x, y);
}
