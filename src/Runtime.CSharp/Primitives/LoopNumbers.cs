using Adjoint.Core;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>What element rules have in common: functions of numbers, conversions, checks.</summary>
internal static class LoopNumbers
{
    /// <summary>Zero of a value's type.</summary>
    internal static LoopValue Zero(LoopBuilder builder, DType computed) => builder.Constant(Scalar.Zero(computed));

    /// <summary>A whole number of a computed type.</summary>
    internal static LoopValue Whole(LoopBuilder builder, DType computed, ulong value) =>
        builder.Constant(computed == DType.U64 ? Scalar.Of(value) : Scalar.Of(computed, (long)value));

    /// <summary>x ≥ 0 as bits that are all the dtype has, in an unsigned type.</summary>
    internal static LoopValue Bits(LoopBuilder builder, DType stored, LoopValue x)
    {
        LoopValue bits = builder.Bitcast(x, x.Type.Size() == 8 ? DType.U64 : DType.U32);
        return stored.Size() < bits.Type.Size() ? builder.And(bits, Whole(builder, bits.Type, (1UL << (8 * stored.Size())) - 1)) : bits;
    }

    /// <summary>An integer's quotient or remainder; an error where the divisor is zero.</summary>
    internal static LoopValue Quotient(LoopBuilder builder, string name, LoopValue x, LoopValue y, bool remainder)
    {
        LoopValue zero = Zero(builder, y.Type);
        if (!y.IsConstant || y.Constant == zero.Constant)
        {
            builder.Fail(builder.Equal(y, zero), () => new DomainException($"{name}: integer division by zero."));
        }

        return remainder ? builder.Remainder(x, y) : builder.Divide(x, y);
    }

    /// <summary>The least number of a dtype, minus infinity where it has that.</summary>
    internal static LoopValue Least(LoopBuilder builder, DType stored) => stored.IsFloating()
        ? builder.Constant(LoopTypes.Computed(stored), double.NegativeInfinity)
        : stored.IsUnsigned() ? Zero(builder, LoopTypes.Computed(stored))
        : builder.Constant(Scalar.Of(LoopTypes.Computed(stored), long.MinValue >> (64 - (8 * stored.Size()))));

    /// <summary>A number of one dtype in another, as <see cref="Primitives.Convert"/> says.</summary>
    internal static LoopValue Convert(LoopBuilder builder, LoopValue x, DType from, DType to)
    {
        DType computed = LoopTypes.Computed(to);
        if (to is DType.F16 or DType.BF16)
        {
            return builder.ThroughStorage(ToSingle(builder, x, to), to);
        }

        LoopValue number = builder.Convert(x, computed);
        bool saturates = from.IsFloating() && to is DType.I8 or DType.I16 or DType.U8 or DType.U16;
        return saturates ? Saturated(builder, number, to) : builder.ThroughStorage(number, to);
    }

    /// <summary>A number as f32, rounded so that rounding it again to f16 or bf16 rounds once.</summary>
    private static LoopValue ToSingle(LoopBuilder builder, LoopValue x, DType to)
    {
        const long exact = 1L << 53;
        switch (x.Type)
        {
            case DType.I64 when to == DType.BF16 && (x.Least < -exact || x.Most > exact):
                return builder.Call(((Func<long, float>)OfSigned).Method, x);
            case DType.U64 when to == DType.BF16:
                return builder.Call(((Func<ulong, float>)OfUnsigned).Method, x);
            case DType.F64 or DType.I64 or DType.U64 or DType.I32 or DType.U32:
                return ToOdd(builder, builder.Convert(x, DType.F64));
            default:
                return builder.Convert(x, DType.F32);
        }
    }

    /// <summary>f64 cut to f32, its last bit set where something was cut off (Boldo and Melquiond 2008, IEEE Trans. Comput. 57(4)).</summary>
    private static LoopValue ToOdd(LoopBuilder builder, LoopValue x)
    {
        LoopValue near = builder.Convert(x, DType.F32);
        LoopValue back = builder.Absolute(builder.Convert(near, DType.F64));
        LoopValue size = builder.Absolute(x);
        LoopValue above = builder.Less(size, back);
        LoopValue inexact = builder.Or(above, builder.Less(back, size));
        LoopValue bits = builder.Bitcast(near, DType.U32);
        LoopValue one = Whole(builder, DType.U32, 1);
        LoopValue cut = builder.Select(above, builder.Subtract(bits, one), bits);
        LoopValue odd = builder.Bitcast(builder.Or(cut, one), DType.F32);
        LoopValue finite = builder.Less(size, builder.Constant(DType.F64, double.PositiveInfinity));
        return builder.Select(builder.And(inexact, finite), odd, near);
    }

    private static LoopValue Saturated(LoopBuilder builder, LoopValue x, DType to)
    {
        (long least, long most) = to switch
        {
            DType.I8 => ((long)sbyte.MinValue, (long)sbyte.MaxValue),
            DType.I16 => (short.MinValue, short.MaxValue),
            DType.U8 => (byte.MinValue, byte.MaxValue),
            _ => (ushort.MinValue, ushort.MaxValue),
        };
        LoopValue capped = builder.Minimum(x, builder.Constant(Scalar.Of(x.Type, most)));
        return x.Type == DType.U32 ? capped : builder.Maximum(capped, builder.Constant(Scalar.Of(x.Type, least)));
    }

    private static float OfSigned(long x) => BFloat16.FromInteger(x).ToSingle();

    private static float OfUnsigned(ulong x) => BFloat16.FromInteger(x).ToSingle();
}
