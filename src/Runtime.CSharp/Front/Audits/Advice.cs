using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Front.Audits;

/// <summary>What helps against numbers that are not finite, by the operation where they are born.</summary>
internal static class Advice
{
    internal static string? ForNonFinite(Node node, Scalar value) => node.Primitive switch
    {
        Sqrt => "The slope of sqrt at 0 is infinite, and below 0 it is NaN. Make its argument safe inside: sqrt(where(x > 0, x, 1)), then choose.",
        Log => "log is -inf at 0 and NaN below. Make its argument safe inside: log(where(x > 0, x, 1)), then choose; or use logSoftmax, log1p.",
        Log1p => "log1p is -inf at -1 and NaN below. Make its argument safe before.",
        Rsqrt => "rsqrt is infinite at 0 and NaN below. Add a small number to its argument, or make it safe by where before.",
        Div => "A division by 0. Make the denominator safe inside: a / where(b <> 0, b, 1), then choose.",
        Pow => "A negative base has a power only where the exponent is whole, and at 0 the slope may be infinite. Make the base safe before.",
        Exp or Expm1 or Sinh or Cosh => "It overflows. Subtract the maximum first, as softmax and logSumExp do, or work with logarithms.",
        Acos or Asin or Atanh => "At 1 and -1 the slope is infinite, beyond them the value is NaN. Keep the argument inside, by clip.",
        Acosh => "Below 1 it is NaN, and at 1 the slope is infinite. Keep the argument above 1.",
        Sub or Add when Finite.IsNaN(value) => "Infinities of which one is subtracted from the other. Is everything masked? Use a large finite number for the mask.",
        Mul when Finite.IsNaN(value) => "0 times infinity. Make safe what gives the infinity before it is multiplied.",
        _ => null,
    };
}
