using System.Numerics;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>Power, elementwise. z = xʸ, dz = y xʸ⁻¹ dx + z ln x dy (DLMF §4.8).</summary>
/// <remarks>
/// <para>Domain: x &gt; 0, or y a whole number; otherwise NaN. x⁰ is 1 for every x.</para>
/// <para>Integers wrap; a negative exponent gives the quotient 1/xⁿ cut towards zero, and division by zero is an error.</para>
/// <para>Kinks: at y = 0 the derivative in x is 0; at x = 0 and y ≥ 0 the derivative in y is 0, its limit from above for y &gt; 0.</para>
/// </remarks>
public sealed partial record Pow : ElementwiseBinary
{
    /// <inheritdoc/>
    public override string Name => "pow";

    private protected override DTypeKinds Takes => DTypeKinds.Numeric;

    private protected override double Work => 20;

    /// <summary>Draws positive bases and any exponents.</summary>
    public static Sample Draw(SampleSource source) => Samples.Floating(source, new Pow(), Domain.Positive, Domain.All);

    private protected override LoopValue Element(LoopBuilder builder, DType type, LoopValue x, LoopValue y)
    {
        if (type.IsFloating())
        {
            return base.Element(builder, type, x, y);
        }

        if (type.IsUnsigned())
        {
            LoopValue power = builder.Call(((Func<ulong, ulong, ulong>)Whole).Method, builder.Convert(x, DType.U64), builder.Convert(y, DType.U64));
            return builder.Convert(power, x.Type);
        }

        LoopValue zero = LoopNumbers.Zero(builder, x.Type);
        builder.Fail(
            builder.And(builder.Equal(x, zero), builder.Less(y, zero)),
            () => new DomainException($"{Name}: integer division by zero in 0 to a negative power."));
        LoopValue signed = builder.Call(((Func<long, long, long>)Whole).Method, builder.Convert(x, DType.I64), builder.Convert(y, DType.I64));
        return builder.Convert(signed, x.Type);
    }

    private protected override Kernel? Float32 => ZipKernel<float, Kernels.PowFunction>.Instance;

    private protected override Kernel? Float64 => ZipKernel<double, Kernels.PowFunction>.Instance;

    /// <inheritdoc/>
    protected override double Scalar(double x, double y) => Math.Pow(x, y);

    /// <inheritdoc/>
    protected override Complex Scalar(Complex x, Complex y) => ComplexFunctions.Pow(x, y);

    /// <inheritdoc/>
    protected override long Scalar(long x, long y) => x == 0 && y < 0
        ? throw new DomainException($"{Name}: integer division by zero in 0 to the power {y}.")
        : Whole(x, y);

    /// <inheritdoc/>
    protected override ulong Scalar(ulong x, ulong y) => Whole(x, y);

    private static long Whole(long x, long y) => y >= 0 ? (long)Whole((ulong)x, (ulong)y) : x switch
    {
        1 => 1,
        -1 => y % 2 == 0 ? 1 : -1,
        _ => 0,
    };

    private static ulong Whole(ulong x, ulong y)
    {
        ulong product = 1;
        for (; y != 0; y >>= 1)
        {
            product *= (y & 1) == 1 ? x : 1;
            x *= x;
        }

        return product;
    }

    /// <inheritdoc/>
    protected override Value? LeftTangent(Value dx, Value x, Value y, Value z)
    {
        Value none = Ops.Equal(y, Ops.ZerosLike(y));
        Value less = Ops.Select(none, Ops.OnesLike(y), y - 1);
        return dx * Ops.Select(none, Ops.ZerosLike(y), y * Ops.Pow(x, less));
    }

    /// <inheritdoc/>
    protected override Value? RightTangent(Value dy, Value x, Value y, Value z)
    {
        Value zeros = Ops.ZerosLike(x);
        Value flat = Ops.Equal(x, zeros);
        if (!x.Tensor.DType.IsComplex())
        {
            flat = Ops.And(flat, Ops.Compare(Direction.Ge, y, zeros));
        }

        return dy * (z * Ops.Log(Ops.Select(flat, Ops.OnesLike(x), x)));
    }
}

public static partial class Ops
{
    /// <summary>xʸ.</summary>
    public static Value Pow(Value x, Value y) => Apply(new Pow(), x, y);
}
