using System.Numerics;
using Adjoint.Core;
using Adjoint.Loops;

namespace Adjoint.Compile.Emit;

/// <summary>n / d = n · factor ≫ shift, for 0 ≤ n &lt; 2³¹ and one d.</summary>
/// <remarks>
/// With l = ⌈log₂ d⌉, shift = 31 + l and factor = ⌈2^shift / d⌉: the error of the factor, times n, stays below what would reach the next integer
/// (Granlund and Montgomery 1994, Division by invariant integers using multiplication, theorem 4.2). The product stays below 2⁶³.
/// </remarks>
/// <param name="Factor">What to multiply by.</param>
/// <param name="Shift">How far to shift.</param>
internal readonly record struct Reciprocal(long Factor, int Shift)
{
    private const int Bits = 31;

    /// <summary>The reciprocal of the divisor of an index, or null where the quotient is another.</summary>
    internal static Reciprocal? Of(LoopValue quotient)
    {
        LoopValue divisor = quotient.Operands[1];
        LoopValue x = quotient.Operands[0];
        if (x.Type != DType.I64 || !divisor.IsConstant || divisor.Constant.AsLong is < 2 or >= 1L << Bits || x.Least < 0 || x.Most >= 1L << Bits)
        {
            return null;
        }

        long d = divisor.Constant.AsLong;
        int shift = Bits + BitOperations.Log2((ulong)d - 1) + 1;
        return new((long)((((Int128)1 << shift) + d - 1) / d), shift);
    }
}
