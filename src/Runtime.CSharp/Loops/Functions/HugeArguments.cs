using System.Collections.Immutable;
using System.Numerics;

namespace Adjoint.Loops;

/// <summary>Reduction of huge angles by π/2 (Payne and Hanek 1983): only the bits of 2/π that matter to the fraction are multiplied.</summary>
/// <remarks>
/// x = M 2^E with an integer M. From the bits of 2/π, three words are taken from the place on where M 2^E times a bit is less than 4; the
/// product with M, modulo 4, has the quadrant in its two highest bits and the fraction below. Two words of fraction are kept, enough for the
/// numbers that come closest to a multiple of π/2 (2⁻⁶¹ of it in f64; Muller et al., Handbook of Floating-Point Arithmetic, 2018, §11.1).
/// </remarks>
internal static class HugeArguments
{
    /// <summary>The first 1216 bits behind the point of 2/π.</summary>
    private const string TwoOverPi =
        "a2f9836e4e441529fc2757d1f534ddc0db6295993c439041fe5163abdebbc561b7246e3a424dd2e006492eea09d1921c"
        + "fe1deb1cb129a73ee88235f52ebb4484e99c7026b45f7e413991d639835339f49c845f8bbdf9283b1ff897ffde05980f"
        + "ef2f118b5a0a6d1f6d367ecf27cb09b74f463f669e5fea2d7527bac7ebe5f17b3d0739f78a5292ea6bfb5fb11f8d5d08"
        + "56033046fc7b6bab";

    /// <summary>a − q π/2 and q, for a ≥ 1; NaN where a is not finite.</summary>
    internal static ImmutableArray<LoopValue> Reduce(RealBuilder m, LoopValue a)
    {
        LoopBuilder b = m.Builder;
        LoopValue bits = m.BitsOf(a);
        ulong implicitOne = 1UL << m.Fraction;
        LoopValue mantissa = b.Or(b.And(bits, m.Bits(implicitOne - 1)), m.Bits(implicitOne));
        LoopValue exponent = b.And(b.ShiftRightLogical(bits, m.Fraction), m.Bits(2 * (ulong)m.Bias + 1));

        // One word of zeros stands before 2/π: bit Width + E − 2 of this string is worth 2 to M's lowest bit.
        LoopValue place = b.Subtract(exponent, m.Bits((ulong)(m.Bias + m.Fraction + 2 - m.Width)));
        LoopValue[] words = Window(m, b.ShiftRightLogical(place, BitOperations.Log2((uint)m.Width)), b.And(place, m.Bits((ulong)m.Width - 1)));

        LoopValue low = b.Multiply(mantissa, words[1]);
        LoopValue second = b.Add(low, HighProduct(m, mantissa, words[2]));
        LoopValue carry = b.Select(b.Less(second, low), m.Bits(1), m.Bits(0));
        LoopValue first = b.Add(b.Add(b.Multiply(mantissa, words[0]), HighProduct(m, mantissa, words[1])), carry);
        return Fold(m, a, first, second);
    }

    /// <summary>The three words that begin at a bit of a word.</summary>
    private static LoopValue[] Window(RealBuilder m, LoopValue word, LoopValue bit)
    {
        LoopBuilder b = m.Builder;
        LoopValue[] words = Words(m);
        int levels = BitOperations.Log2((uint)words.Length - 4) + 1;
        for (int level = levels - 1; level >= 0; level--)
        {
            LoopValue far = b.NotEqual(b.And(word, m.Bits(1UL << level)), m.Bits(0));
            int step = 1 << level;
            var next = new LoopValue[Math.Min(words.Length, 3 + step)];
            for (int i = 0; i < next.Length; i++)
            {
                next[i] = i + step < words.Length ? b.Select(far, words[i + step], words[i]) : words[i];
            }

            words = next;
        }

        LoopValue back = b.Xor(bit, m.Bits((ulong)m.Width - 1));
        return [.. Enumerable.Range(0, 3).Select(i => b.Or(
            b.ShiftLeft(words[i], bit),
            b.ShiftRightLogical(b.ShiftRightLogical(words[i + 1], 1), back)))];
    }

    /// <summary>A word of zeros and the words of 2/π that the largest number of the type asks for.</summary>
    private static LoopValue[] Words(RealBuilder m)
    {
        int digits = m.Width / 4;
        int largest = m.Width + m.Bias - m.Fraction - 2;
        int count = (largest / m.Width) + 4;
        return
        [
            m.Bits(0),
            .. Enumerable.Range(0, count - 1).Select(i => m.Bits(ulong.Parse(
                TwoOverPi.AsSpan(i * digits, digits), System.Globalization.NumberStyles.HexNumber, System.Globalization.CultureInfo.InvariantCulture))),
        ];
    }

    /// <summary>The high word of a product of two words.</summary>
    private static LoopValue HighProduct(RealBuilder m, LoopValue x, LoopValue y)
    {
        LoopBuilder b = m.Builder;
        int half = m.Width / 2;
        LoopValue mask = m.Bits((1UL << half) - 1);
        LoopValue xl = b.And(x, mask);
        LoopValue xh = b.ShiftRightLogical(x, half);
        LoopValue yl = b.And(y, mask);
        LoopValue yh = b.ShiftRightLogical(y, half);
        LoopValue t = b.Add(b.Multiply(xh, yl), b.ShiftRightLogical(b.Multiply(xl, yl), half));
        LoopValue u = b.Add(b.Multiply(xl, yh), b.And(t, mask));
        return b.Add(b.Multiply(xh, yh), b.Add(b.ShiftRightLogical(t, half), b.ShiftRightLogical(u, half)));
    }

    /// <summary>The nearest quadrant, and what is left of a fixed-point number of quadrants with two bits before the point.</summary>
    private static ImmutableArray<LoopValue> Fold(RealBuilder m, LoopValue a, LoopValue first, LoopValue second)
    {
        LoopBuilder b = m.Builder;
        LoopValue high = b.Or(b.ShiftLeft(first, 2), b.ShiftRightLogical(second, m.Width - 2));
        LoopValue low = b.ShiftLeft(second, 2);
        LoopValue up = b.ShiftRightLogical(high, m.Width - 1);
        LoopValue quadrant = b.Add(b.ShiftRightLogical(first, m.Width - 2), up);
        LoopValue turn = b.Subtract(m.Bits(0), up);
        LoopValue f = Angle(m, b.Xor(high, turn), b.Xor(low, turn));
        f = m.TurnSign(f, b.ShiftLeft(up, m.Width - 1));
        return [m.Choose(m.Less(a, double.PositiveInfinity), f, m.NaN), quadrant];
    }

    /// <summary>A fraction of two words, times π/2.</summary>
    private static LoopValue Angle(RealBuilder m, LoopValue high, LoopValue low)
    {
        LoopBuilder b = m.Builder;
        int half = m.Width / 2;
        LoopValue mask = m.Bits((1UL << half) - 1);
        LoopValue Part(LoopValue word, bool upper, int place) =>
            m.OfInteger(upper ? b.ShiftRightLogical(word, half) : b.And(word, mask)) * m.Number(Math.ScaleB(1.0, -half * place));

        LoopValue c0 = Part(high, true, 1);
        LoopValue c1 = Part(high, false, 2);
        LoopValue sum = c0 + c1;
        LoopValue rest = c1 - (sum - c0) + (Part(low, true, 3) + Part(low, false, 4));
        LoopValue x = sum + rest;
        LoopValue y = rest - (x - sum);
        LoopValue quarter = m.Number(1.5707963267948966);
        LoopValue quarterLow = m.Number(-4.371139000186241e-08, 6.123233995736766e-17);
        LoopValue angle = x * quarter;
        LoopValue lost = m.Fma(x, quarter, -angle) + m.Fma(x, quarterLow, y * quarter);
        return angle + lost;
    }
}
