using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Front.Audits;

/// <summary>Formulas for which the library has a function that neither overflows nor loses digits.</summary>
internal static class HandWritten
{
    internal static Found? Find(Node node) => node.Primitive switch
    {
        Log => OfLogarithm(node),
        Div => OfQuotient(node),
        Sqrt => OfRoot(node),
        _ => null,
    };

    private static Found? OfLogarithm(Node node)
    {
        Value x = node.Operands[0];
        if (Pattern.Of<Div>(x) is { } quotient && (IsLibrarySoftmax(quotient) || IsSoftmax(quotient)))
        {
            return new(
                "log-of-softmax", LintSeverity.Warning, "the logarithm of a softmax is -inf where the softmax rounds to 0, and its slope NaN.",
                "Use logSoftmax, or a cross-entropy of logits.");
        }

        if (Pattern.UsersOf<Logistic>(x) is not null)
        {
            return new("log-of-sigmoid", LintSeverity.Warning, "log(sigmoid x) is -inf where x is far below 0.", "Use logSigmoid.");
        }

        if (Pattern.UsersOf<ReduceSum>(x) is { } sum && Pattern.UsersOf<Exp>(sum.Operands[0]) is { } exp && !IsShifted(exp.Operands[0]))
        {
            return new(
                "hand-written-logsumexp", LintSeverity.Warning,
                $"the logarithm of a sum of exponentials overflows where one exponent is above {Largest(exp)}.", "Use logSumExp.");
        }

        return Pattern.UsersOf<ReduceProd>(x) is not null
            ? new("log-of-product", LintSeverity.Warning, "a product of many numbers under- or overflows before its logarithm is taken.", "Sum the logarithms.")
            : null;
    }

    private static Found? OfQuotient(Node node)
    {
        if (IsSoftmax(node) && Pattern.Of<Exp>(node.Operands[0]) is { } exp && !IsShifted(exp.Operands[0]))
        {
            return new(
                "hand-written-softmax", LintSeverity.Warning, $"exponentials overflow where one exponent is above {Largest(exp)}.", "Use softmax.");
        }

        if (Pattern.UsersOf<Add>(node.Operands[1]) is not { } sum)
        {
            return null;
        }

        Value? other = Pattern.IsNumber(sum.Operands[0], 1) ? sum.Operands[1] : Pattern.IsNumber(sum.Operands[1], 1) ? sum.Operands[0] : null;
        return other is not null && Pattern.UsersOf<Exp>(other) is { } power
            && (Pattern.IsNumber(node.Operands[0], 1) || Pattern.Same(node.Operands[0], other))
            ? new(
                "hand-written-sigmoid", LintSeverity.Warning,
                $"exp overflows above {Largest(power)}, and the derivative is NaN there.", "Use sigmoid.")
            : null;
    }

    private static Found? OfRoot(Node node)
    {
        Value x = node.Operands[0];
        if (Pattern.Squared(x) is not null)
        {
            return new("root-of-square", LintSeverity.Warning, "sqrt(x²) is |x|, but its derivative at 0 is NaN, and x² overflows.", "Use abs.");
        }

        return Pattern.UsersOf<Add>(x) is { } sum && sum.Operands.All(operand => Pattern.Squared(operand) is not null)
            ? new("root-of-squares", LintSeverity.Hint, "sqrt(x² + y²) overflows where x or y is large, and its derivative at 0 is NaN.", "Use hypot.")
            : null;
    }

    private static bool IsLibrarySoftmax(Node node) => node.Origin.Call?.Equals("softmax", StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>exp z divided by a sum of the same.</summary>
    private static bool IsSoftmax(Node node) => Pattern.IsUsers(node)
        && Pattern.UsersOf<Exp>(node.Operands[0]) is { } exp
        && Pattern.UsersOf<ReduceSum>(node.Operands[1]) is { } sum
        && Pattern.Same(sum.Operands[0], exp.Result);

    /// <summary>Whether a maximum was subtracted.</summary>
    private static bool IsShifted(Value value)
    {
        if (Pattern.Of<Sub>(value) is not { } difference)
        {
            return false;
        }

        Value shift = Pattern.Root(difference.Operands[1]);
        return (shift.Producer?.Primitive is StopGradient ? Pattern.Root(shift.Producer.Operands[0]) : shift).Producer?.Primitive is ReduceMax or Max or Select;
    }

    private static string Largest(Node exp) => exp.Result.Tensor.DType switch
    {
        DType.F16 => "11",
        DType.F32 or DType.BF16 => "88",
        _ => "709",
    };
}
