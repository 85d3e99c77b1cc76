using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>Larger of two, elementwise. NaN if either is NaN; 0 is above −0; true above false.</summary>
/// <remarks>Derivative: that of the larger; where both are equal each gets half.</remarks>
public sealed partial record Max : ElementwiseBinary
{
    /// <inheritdoc/>
    public override string Name => "max";

    private protected override DTypeKinds Takes => DTypeKinds.Ordered;

    /// <summary>Draws two tensors that differ everywhere.</summary>
    public static Sample Draw(SampleSource source) => Samples.Unequal(source, new Max());

    private protected override LoopValue Element(LoopBuilder builder, DType type, LoopValue x, LoopValue y) => type == DType.Bool ? builder.Or(x, y) : builder.Maximum(x, y);

    private protected override Kernel? Float32 => ZipKernel<float, Kernels.Maximum<float>>.Instance;

    private protected override Kernel? Float64 => ZipKernel<double, Kernels.Maximum<double>>.Instance;

    private protected override Kernel? Int32 => ZipKernel<int, Kernels.Maximum<int>>.Instance;

    private protected override Kernel? Int64 => ZipKernel<long, Kernels.Maximum<long>>.Instance;

    /// <inheritdoc/>
    protected override double Scalar(double x, double y) => Math.Max(x, y);

    /// <inheritdoc/>
    protected override long Scalar(long x, long y) => Math.Max(x, y);

    /// <inheritdoc/>
    protected override ulong Scalar(ulong x, ulong y) => Math.Max(x, y);

    /// <inheritdoc/>
    protected override bool Scalar(bool x, bool y) => x || y;

    /// <inheritdoc/>
    protected override Value? LeftTangent(Value dx, Value x, Value y, Value z) => Ops.WhereChosen(Ops.Greater(x, y), Ops.Equal(x, y), dx);

    /// <inheritdoc/>
    protected override Value? RightTangent(Value dy, Value x, Value y, Value z) => Ops.WhereChosen(Ops.Less(x, y), Ops.Equal(x, y), dy);
}

public static partial class Ops
{
    /// <summary>The larger of x and y.</summary>
    public static Value Max(Value x, Value y) => Apply(new Max(), x, y);

    /// <summary>x, but low where it is below and high where it is above; NaN stays.</summary>
    public static Value Clamp(Value low, Value x, Value high) => Min(Max(low, x), high);

    /// <summary>A tangent where its operand is chosen, half of it where there is a tie, zero elsewhere.</summary>
    internal static Value WhereChosen(Value chosen, Value tie, Value tangent) =>
        Select(chosen, tangent, Select(tie, Scale(tangent, 0.5), ZerosLike(tangent)));
}
