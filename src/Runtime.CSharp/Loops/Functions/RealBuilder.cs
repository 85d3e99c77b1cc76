using Adjoint.Core;

namespace Adjoint.Loops;

/// <summary>Writes functions of f32 or f64 once: numbers are rounded to the type, and bits are unsigned integers of its size.</summary>
internal sealed class RealBuilder(LoopBuilder builder, DType type)
{
    /// <summary>The type.</summary>
    internal DType Type => type;

    /// <summary>Where instructions go.</summary>
    internal LoopBuilder Builder => builder;

    /// <summary>Whether the type is f32.</summary>
    internal bool IsSingle => type == DType.F32;

    /// <summary>The unsigned integer of the type's size.</summary>
    internal DType Word => IsSingle ? DType.U32 : DType.U64;

    /// <summary>How many bits the type has.</summary>
    internal int Width => IsSingle ? 32 : 64;

    /// <summary>How many bits the fraction has.</summary>
    internal int Fraction => IsSingle ? 23 : 52;

    /// <summary>What is added to exponents.</summary>
    internal int Bias => IsSingle ? 127 : 1023;

    /// <summary>1.5 times two to the bits of the fraction: adding it rounds to an integer that stands in the low bits.</summary>
    internal LoopValue Shift => Number(IsSingle ? 12582912.0 : 6755399441055744.0);

    /// <summary>The bits of ∞.</summary>
    internal ulong InfinityBits => (2 * (ulong)Bias + 1) << Fraction;

    /// <summary>A number rounded to the type.</summary>
    internal LoopValue Number(double value) => builder.Constant(type, value);

    /// <summary>A number for each type.</summary>
    internal LoopValue Number(double single, double dual) => Number(IsSingle ? single : dual);

    /// <summary>An unsigned integer of the type's size.</summary>
    internal LoopValue Bits(ulong value) => builder.Constant(IsSingle ? Scalar.Of(DType.U32, (long)value) : Scalar.Of(value));

    /// <summary>The bits of a number.</summary>
    internal LoopValue BitsOf(LoopValue x) => builder.Bitcast(x, Word);

    /// <summary>The number with these bits.</summary>
    internal LoopValue OfBits(LoopValue bits) => builder.Bitcast(bits, type);

    /// <summary>An unsigned integer below two to the bits of the fraction as a number.</summary>
    internal LoopValue OfInteger(LoopValue bits) => IsSingle
        ? builder.Convert(builder.Bitcast(bits, DType.I32), DType.F32)
        : OfBits(builder.Or(bits, Bits(0x4330000000000000))) - Number(4503599627370496.0);

    /// <summary>x · y + z, rounded once.</summary>
    internal LoopValue Fma(LoopValue x, LoopValue y, LoopValue z) => builder.FusedMultiplyAdd(x, y, z);

    /// <summary>c₀ + x (c₁ + x (c₂ + …)); even and odd powers beyond the first are summed apart, which halves the wait.</summary>
    internal LoopValue Polynomial(LoopValue x, double[] single, double[] dual)
    {
        double[] c = IsSingle ? single : dual;
        if (c.Length < 6)
        {
            return Horner(x, c, 0, 1, x);
        }

        LoopValue square = x * x;
        LoopValue even = Horner(square, c, 1, 2, square);
        LoopValue odd = Horner(square, c, 2, 2, square);
        return Fma(Fma(odd, x, even), x, Number(c[0]));
    }

    /// <summary>The same in the plain order, from the highest power down.</summary>
    internal LoopValue Horner(LoopValue x, double[] c) => Horner(x, c, 0, 1, x);

    private LoopValue Horner(LoopValue x, double[] c, int first, int step, LoopValue power)
    {
        int last = first + ((c.Length - 1 - first) / step * step);
        LoopValue sum = Number(c[last]);
        for (int i = last - step; i >= first; i -= step)
        {
            sum = Fma(sum, power, Number(c[i]));
        }

        return sum;
    }

    /// <summary>|x|.</summary>
    internal LoopValue Abs(LoopValue x) => builder.Absolute(x);

    /// <summary>The sign bit of x alone.</summary>
    internal LoopValue SignBit(LoopValue x) => builder.And(BitsOf(x), Bits(1UL << (Width - 1)));

    /// <summary>A number that is not negative, with the sign of another.</summary>
    internal LoopValue WithSign(LoopValue magnitude, LoopValue sign) => OfBits(builder.Or(BitsOf(magnitude), SignBit(sign)));

    /// <summary>x with its sign turned where a word has the sign bit.</summary>
    internal LoopValue TurnSign(LoopValue x, LoopValue signBit) => OfBits(builder.Xor(BitsOf(x), signBit));

    /// <summary>Two to the power n, from a word that has n in its low bits and zeros in its lowest bits above those of exponents.</summary>
    internal LoopValue PowerOfTwo(LoopValue n, int plus = 0) =>
        OfBits(builder.Add(builder.ShiftLeft(n, Fraction), Bits((ulong)(Bias + plus) << Fraction)));

    /// <summary>The second operand where the test holds, otherwise the third.</summary>
    internal LoopValue Choose(LoopValue test, LoopValue x, LoopValue y) => builder.Select(test, x, y);

    /// <summary>x &lt; y.</summary>
    internal LoopValue Less(LoopValue x, LoopValue y) => builder.Less(x, y);

    /// <summary>x &lt; y.</summary>
    internal LoopValue Less(LoopValue x, double y) => builder.Less(x, Number(y));

    /// <summary>x &gt; y.</summary>
    internal LoopValue Greater(LoopValue x, double y) => builder.Less(Number(y), x);

    /// <summary>x = y.</summary>
    internal LoopValue Equal(LoopValue x, double y) => builder.Equal(x, Number(y));

    /// <summary>Whether x is NaN.</summary>
    internal LoopValue IsNaN(LoopValue x) => builder.NotEqual(x, x);

    /// <summary>√x.</summary>
    internal LoopValue Root(LoopValue x) => builder.SquareRoot(x);

    /// <summary>At most a bound; NaN stays.</summary>
    internal LoopValue AtMost(LoopValue x, double bound) => builder.MinimumNative(Number(bound), x);

    /// <summary>At least a bound; NaN stays.</summary>
    internal LoopValue AtLeast(LoopValue x, double bound) => builder.MaximumNative(Number(bound), x);

    /// <summary>∞.</summary>
    internal LoopValue Infinity => Number(double.PositiveInfinity);

    /// <summary>NaN.</summary>
    internal LoopValue NaN => Number(double.NaN);
}
