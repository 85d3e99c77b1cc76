using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>Numbers rounded to a format of fewer bits, and held as before.</summary>
/// <remarks>
/// <para>As StableHLO's reduce_precision: to nearest, ties to even; what is too large becomes infinite. Where the format has fewer
/// exponent bits than the dtype, what it could hold only as a subnormal becomes a zero of the same sign. NaN stays, or becomes infinite where
/// the format has no fraction to hold it.</para>
/// <para>Derivative: 1 everywhere, that of the number which is meant; the tangent is not rounded.</para>
/// </remarks>
/// <param name="ExponentBits">Bits of the exponent, at least 1; more than the dtype's change nothing.</param>
/// <param name="MantissaBits">Bits of the fraction, at least 0; more than the dtype's change nothing.</param>
public sealed partial record ReducePrecision(int ExponentBits, int MantissaBits) : ElementwisePrimitive
{
    /// <inheritdoc/>
    public override string Name => "reduce_precision";

    private protected override int Arity => 1;

    private protected override DTypeKinds Takes => DTypeKinds.Floating;

    /// <summary>Draws a format and a tensor; differences see the steps, so no derivative is compared with them.</summary>
    public static Sample Draw(SampleSource source) => new(
        new ReducePrecision(source.Int(1, 11), source.Int(0, 52)),
        source.Real(source.Shape(), Domain.All))
    { Active = ParameterMask.None(1) };

    private protected override TensorType ResultType(TensorType x) => ExponentBits >= 1 && MantissaBits >= 0
        ? x
        : throw new TypeRuleException(
            $"{Name}: a format of {ExponentBits} exponent and {MantissaBits} mantissa bits; at least 1 and 0 are wanted.");

    private protected override LoopValue Element(LoopBuilder builder, DType type, ImmutableArray<LoopValue> operands)
    {
        LoopValue bits = LoopBits.From(builder, operands[0], type);
        return LoopBits.Of(builder, Round(builder, bits, Format.Of(type)), type);
    }

    /// <inheritdoc/>
    protected override NDArray EvaluateTensor(NDArray[] operands, EvaluationContext context)
    {
        NDArray x = operands[0];
        Format format = Format.Of(x.Type);
        return x.Type switch
        {
            DType.F64 => Each<double>(x, v => BitConverter.UInt64BitsToDouble(Round(BitConverter.DoubleToUInt64Bits(v), format))),
            DType.F32 => Each<float>(x, v => BitConverter.UInt32BitsToSingle((uint)Round(BitConverter.SingleToUInt32Bits(v), format))),
            DType.F16 => Each<Half>(x, v => BitConverter.UInt16BitsToHalf((ushort)Round(BitConverter.HalfToUInt16Bits(v), format))),
            _ => Each<BFloat16>(x, v => BFloat16.FromBits((ushort)Round(v.Bits, format))),
        };
    }

    /// <inheritdoc/>
    protected override Value? JvpTensor(Node node, IReadOnlyList<Value?> tangents) => tangents[0];

    private static NDArray Each<T>(NDArray x, Converter<T, T> round)
        where T : unmanaged => NDArray.Own(x.Shape, Array.ConvertAll(x.Data<T>(), round));

    /// <summary>The bits of a number rounded: half the last place that stays is added, and what lies below is cut.</summary>
    private ulong Round(ulong bits, Format format)
    {
        ulong infinity = ((1UL << format.Exponent) - 1) << format.Mantissa;
        ulong sign = bits & (1UL << (format.Exponent + format.Mantissa));
        ulong magnitude = bits ^ sign;
        if (magnitude > infinity)
        {
            return MantissaBits == 0 ? sign | infinity : bits;
        }

        if (MantissaBits < format.Mantissa)
        {
            int cut = format.Mantissa - MantissaBits;
            ulong tieToEven = (magnitude >> cut) & 1;
            magnitude = (magnitude + (1UL << (cut - 1)) - 1 + tieToEven) >> cut << cut;
        }

        if (ExponentBits < format.Exponent)
        {
            ulong bias = (1UL << (format.Exponent - 1)) - 1;
            ulong reach = (1UL << (ExponentBits - 1)) - 1;
            ulong exponent = magnitude >> format.Mantissa;
            magnitude = exponent > bias + reach ? infinity : exponent <= bias - reach ? 0 : magnitude;
        }

        return sign | magnitude;
    }

    /// <summary>The same in the loop language.</summary>
    private LoopValue Round(LoopBuilder builder, LoopValue bits, Format format)
    {
        LoopValue Number(ulong value) => LoopNumbers.Whole(builder, bits.Type, value);
        LoopValue infinity = Number(((1UL << format.Exponent) - 1) << format.Mantissa);
        LoopValue sign = builder.And(bits, Number(1UL << (format.Exponent + format.Mantissa)));
        LoopValue number = builder.Xor(bits, sign);
        LoopValue magnitude = number;
        if (MantissaBits < format.Mantissa)
        {
            int cut = format.Mantissa - MantissaBits;
            LoopValue tieToEven = builder.And(builder.ShiftRight(number, cut), Number(1));
            magnitude = number + Number((1UL << (cut - 1)) - 1) + tieToEven;
            magnitude = builder.ShiftLeft(builder.ShiftRight(magnitude, cut), cut);
        }

        if (ExponentBits < format.Exponent)
        {
            ulong bias = (1UL << (format.Exponent - 1)) - 1;
            ulong reach = (1UL << (ExponentBits - 1)) - 1;
            LoopValue exponent = builder.ShiftRight(magnitude, format.Mantissa);
            LoopValue flushed = builder.Select(builder.LessOrEqual(exponent, Number(bias - reach)), Number(0), magnitude);
            magnitude = builder.Select(builder.Less(Number(bias + reach), exponent), infinity, flushed);
        }

        LoopValue whenNaN = MantissaBits == 0 ? infinity : number;
        return builder.Or(sign, builder.Select(builder.Less(infinity, number), whenNaN, magnitude));
    }

    /// <summary>How many bits the exponent and the fraction of a dtype have.</summary>
    private readonly record struct Format(int Exponent, int Mantissa)
    {
        internal static Format Of(DType type) => type switch
        {
            DType.F64 => new(11, 52),
            DType.F32 => new(8, 23),
            DType.F16 => new(5, 10),
            _ => new(8, 7),
        };
    }
}

public static partial class Ops
{
    /// <summary>Numbers rounded to a format of fewer bits.</summary>
    public static Value ReducePrecision(Value x, int exponentBits, int mantissaBits) =>
        Apply(new ReducePrecision(exponentBits, mantissaBits), x);
}
