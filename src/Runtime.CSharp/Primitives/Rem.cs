using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>Remainder of the division cut towards zero, elementwise. z = x − y trunc(x/y), dz = dx − trunc(x/y) dy.</summary>
/// <remarks>Its sign is x's. Integer division by zero is an error; floating x rem 0 is NaN. Kinks: multiples of y, where z jumps.</remarks>
public sealed partial record Rem : ElementwiseBinary
{
    /// <inheritdoc/>
    public override string Name => "rem";

    private protected override DTypeKinds Takes => DTypeKinds.Real;

    /// <summary>Draws quotients between whole numbers.</summary>
    public static Sample Draw(SampleSource source) => Samples.Remainder(source, new Rem());

    private protected override LoopValue Element(LoopBuilder builder, DType type, LoopValue x, LoopValue y) => type.IsFloating()
        ? base.Element(builder, type, x, y)
        : LoopNumbers.Quotient(builder, Name, x, y, remainder: true);

    private protected override Kernel? Float32 => ZipKernel<float, Kernels.RemFunction>.Instance;

    private protected override Kernel? Float64 => ZipKernel<double, Kernels.RemFunction>.Instance;

    /// <inheritdoc/>
    protected override double Scalar(double x, double y) => x % y;

    /// <inheritdoc/>
    protected override long Scalar(long x, long y) =>
        y == 0 ? throw new DomainException($"{Name}: integer division of {x} by zero.") : y == -1 ? 0 : x % y;

    /// <inheritdoc/>
    protected override ulong Scalar(ulong x, ulong y) =>
        y == 0 ? throw new DomainException($"{Name}: integer division of {x} by zero.") : x % y;

    /// <inheritdoc/>
    protected override Value? LeftTangent(Value dx, Value x, Value y, Value z) => dx;

    /// <inheritdoc/>
    protected override Value? RightTangent(Value dy, Value x, Value y, Value z) => -(dy * Ops.Truncate(x / y));
}

public static partial class Ops
{
    /// <summary>The remainder of x/y, of x's sign.</summary>
    public static Value Rem(Value x, Value y) => Apply(new Rem(), x, y);
}
