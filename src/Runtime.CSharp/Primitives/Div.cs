using System.Numerics;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>Quotient, elementwise. z = x/y, dz = (dx − z dy)/y; linear in x.</summary>
/// <remarks>Integers: rounds towards zero; division by zero is an error; the least integer by −1 wraps to itself.</remarks>
public sealed partial record Div : ElementwiseBinary
{
    /// <inheritdoc/>
    public override string Name => "div";

    private protected override DTypeKinds Takes => DTypeKinds.Numeric;

    /// <summary>Draws a tensor and one away from zero.</summary>
    public static Sample Draw(SampleSource source) => Samples.Division(source, new Div());

    private protected override LoopValue Element(LoopBuilder builder, DType type, LoopValue x, LoopValue y) => type.IsFloating()
        ? builder.Divide(x, y)
        : LoopNumbers.Quotient(builder, Name, x, y, remainder: false);

    private protected override Kernel? Float32 => ZipKernel<float, Kernels.Divide<float>>.Instance;

    private protected override Kernel? Float64 => ZipKernel<double, Kernels.Divide<double>>.Instance;

    /// <inheritdoc/>
    protected override double Scalar(double x, double y) => x / y;

    /// <inheritdoc/>
    protected override Complex Scalar(Complex x, Complex y) => x / y;

    /// <inheritdoc/>
    protected override long Scalar(long x, long y) =>
        y == 0 ? throw new DomainException($"{Name}: integer division of {x} by zero.") : y == -1 ? -x : x / y;

    /// <inheritdoc/>
    protected override ulong Scalar(ulong x, ulong y) =>
        y == 0 ? throw new DomainException($"{Name}: integer division of {x} by zero.") : x / y;

    /// <inheritdoc/>
    protected override Value? LeftTangent(Value dx, Value x, Value y, Value z) => dx / y;

    /// <inheritdoc/>
    protected override Value? RightTangent(Value dy, Value x, Value y, Value z) => -(dy * (z / y));

    /// <inheritdoc/>
    protected override void TransposeTensor(Node node, Value cotangent, IReadOnlyList<Accumulator?> accumulators)
    {
        if (accumulators[1] is not null)
        {
            throw new DerivativeException($"{Name}: not linear in its divisor.");
        }

        accumulators[0]!.Add(cotangent / node.Operands[1]);
    }
}

public static partial class Ops
{
    /// <summary>x/y.</summary>
    public static Value Div(Value x, Value y) => Apply(new Div(), x, y);
}
