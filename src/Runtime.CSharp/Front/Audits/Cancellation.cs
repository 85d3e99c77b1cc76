using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Front.Audits;

/// <summary>Differences of numbers that are nearly the same, where a function of its own keeps the digits.</summary>
internal static class Cancellation
{
    internal static Found? Find(Node node, LintWatch watch) => node.Primitive switch
    {
        Sub => OfDifference(node, watch),
        Add => OfDifference(node.Operands[0], node.Operands[1], watch) ?? OfDifference(node.Operands[1], node.Operands[0], watch),
        Log => OfLogarithm(node),
        _ => null,
    };

    /// <summary>exp x + (−1).</summary>
    private static Found? OfDifference(Value x, Value y, LintWatch watch) =>
        Pattern.UsersOf<Exp>(x) is { } exp && Pattern.IsNumber(y, -1) ? Expm1(exp, watch) : null;

    private static Found? OfDifference(Node node, LintWatch watch)
    {
        (Value x, Value y) = (node.Operands[0], node.Operands[1]);
        if (Pattern.UsersOf<Exp>(x) is { } exp && Pattern.IsNumber(y, 1))
        {
            return Expm1(exp, watch);
        }

        if (Pattern.IsNumber(x, 1) && Pattern.UsersOf<Cos>(y) is { } cos)
        {
            return new(
                "one-minus-cos", Severity(cos, watch), "1 - cos x loses all digits near 0.", "Write 2 (sin (x / 2))².");
        }

        return MeanOfSquare(x) is { } source && Pattern.Squared(y) is { } mean && Mean(mean) is { } other && Pattern.Same(source, other)
            ? new(
                "variance-of-squares", LintSeverity.Warning,
                "the mean of squares minus the square of the mean loses its digits where the mean is large, and may be negative.", "Use variance.")
            : null;
    }

    private static Found? OfLogarithm(Node node)
    {
        if (Pattern.UsersOf<Add>(node.Operands[0]) is not { } sum)
        {
            return Pattern.UsersOf<Sub>(node.Operands[0]) is { } difference && Pattern.IsNumber(difference.Operands[0], 1)
                ? Pattern.UsersOf<Logistic>(difference.Operands[1]) is not null
                    ? new("log-of-sigmoid", LintSeverity.Warning, "log(1 - sigmoid x) is -inf where the sigmoid rounds to 1.", "Use logSigmoid(-x).")
                    : new Found("log-one-plus", LintSeverity.Hint, "log(1 - x) loses digits near 0.", "Use log1p(-x).")
                : null;
        }

        Value? other = Pattern.IsNumber(sum.Operands[0], 1) ? sum.Operands[1] : Pattern.IsNumber(sum.Operands[1], 1) ? sum.Operands[0] : null;
        return other is null || Pattern.Of<Constant>(other) is not null ? null
            : Pattern.UsersOf<Exp>(other) is not null
                ? new("hand-written-softplus", LintSeverity.Warning, "log(1 + exp x) overflows where x is large.", "Use softplus.")
                : new Found("log-one-plus", LintSeverity.Hint, "log(1 + x) loses digits near 0.", "Use log1p.");
    }

    private static Found Expm1(Node exp, LintWatch watch) =>
        new("exp-minus-one", Severity(exp, watch), "exp x - 1 loses its digits near 0.", "Use expm1.");

    private static LintSeverity Severity(Node node, LintWatch watch) => watch.IsNearZero(node) ? LintSeverity.Warning : LintSeverity.Hint;

    /// <summary>x, where a value is the mean of x·x.</summary>
    private static Value? MeanOfSquare(Value value) => Mean(value) is { } squares ? Pattern.Squared(squares) : null;

    /// <summary>x, where a value is the sum of x divided by a number.</summary>
    private static Value? Mean(Value value) =>
        Pattern.Of<Div>(value) is { } division && Pattern.Of<Constant>(division.Operands[1]) is not null
        && Pattern.Of<ReduceSum>(division.Operands[0]) is { } sum ? sum.Operands[0] : null;
}
