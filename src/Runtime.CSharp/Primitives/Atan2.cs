using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>Angle of the point (y, x), elementwise. z = atan2(y, x), dz = (x dy − y dx)/(x² + y²).</summary>
/// <remarks>
/// From −π to π, with IEEE 754's values at ±0 and ±∞. Kinks: the half line x &lt; 0, y = 0; no derivative at the origin (NaN).
/// </remarks>
public sealed partial record Atan2 : ElementwiseBinary
{
    /// <inheritdoc/>
    public override string Name => "atan2";

    private protected override DTypeKinds Takes => DTypeKinds.Floating;

    private protected override double Work => 20;

    /// <summary>Draws points to the right of the origin.</summary>
    public static Sample Draw(SampleSource source) => Samples.Floating(source, new Atan2(), Domain.All, Domain.Positive);

    private protected override Kernel? Float32 => ZipKernel<float, Kernels.Atan2Function>.Instance;

    private protected override Kernel? Float64 => ZipKernel<double, Kernels.Atan2Function>.Instance;

    /// <inheritdoc/>
    protected override double Scalar(double x, double y) => Math.Atan2(x, y);

    /// <inheritdoc/>
    protected override Value? LeftTangent(Value dx, Value x, Value y, Value z) => dx * (y / SquaredRadius(x, y));

    /// <inheritdoc/>
    protected override Value? RightTangent(Value dy, Value x, Value y, Value z) => -(dy * (x / SquaredRadius(x, y)));

    private static Value SquaredRadius(Value x, Value y) => Ops.Square(x) + Ops.Square(y);
}

public static partial class Ops
{
    /// <summary>The angle of the point (y, x).</summary>
    public static Value Atan2(Value y, Value x) => Apply(new Atan2(), y, x);
}
