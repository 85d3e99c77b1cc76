using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>Smaller of two, elementwise. NaN if either is NaN; −0 is below 0; false below true.</summary>
/// <remarks>Derivative: that of the smaller; where both are equal each gets half.</remarks>
public sealed partial record Min : ElementwiseBinary
{
    /// <inheritdoc/>
    public override string Name => "min";

    private protected override DTypeKinds Takes => DTypeKinds.Ordered;

    /// <summary>Draws two tensors that differ everywhere.</summary>
    public static Sample Draw(SampleSource source) => Samples.Unequal(source, new Min());

    private protected override LoopValue Element(LoopBuilder builder, DType type, LoopValue x, LoopValue y) => type == DType.Bool ? builder.And(x, y) : builder.Minimum(x, y);

    private protected override Kernel? Float32 => ZipKernel<float, Kernels.Minimum<float>>.Instance;

    private protected override Kernel? Float64 => ZipKernel<double, Kernels.Minimum<double>>.Instance;

    private protected override Kernel? Int32 => ZipKernel<int, Kernels.Minimum<int>>.Instance;

    private protected override Kernel? Int64 => ZipKernel<long, Kernels.Minimum<long>>.Instance;

    /// <inheritdoc/>
    protected override double Scalar(double x, double y) => Math.Min(x, y);

    /// <inheritdoc/>
    protected override long Scalar(long x, long y) => Math.Min(x, y);

    /// <inheritdoc/>
    protected override ulong Scalar(ulong x, ulong y) => Math.Min(x, y);

    /// <inheritdoc/>
    protected override bool Scalar(bool x, bool y) => x && y;

    /// <inheritdoc/>
    protected override Value? LeftTangent(Value dx, Value x, Value y, Value z) => Ops.WhereChosen(Ops.Less(x, y), Ops.Equal(x, y), dx);

    /// <inheritdoc/>
    protected override Value? RightTangent(Value dy, Value x, Value y, Value z) => Ops.WhereChosen(Ops.Greater(x, y), Ops.Equal(x, y), dy);
}

public static partial class Ops
{
    /// <summary>The smaller of x and y.</summary>
    public static Value Min(Value x, Value y) => Apply(new Min(), x, y);
}
