using System.Text;

namespace Adjoint.Front.Audits;

/// <summary>What <see cref="Audit.Gradient(Func{Expr[], Expr[]}, Expr[], IReadOnlyList{string})"/> found.</summary>
/// <param name="Checked">How many operations were tried.</param>
/// <param name="Findings">The operations whose rules do not agree with differences, in the order in which they ran.</param>
/// <param name="Arguments">The derivative of the whole function in each argument that has a tangent.</param>
/// <param name="Notes">What else is worth knowing.</param>
public sealed record GradientAudit(
    int Checked, IReadOnlyList<RuleFinding> Findings, IReadOnlyList<ArgumentFinding> Arguments, IReadOnlyList<string> Notes)
{
    /// <summary>The first operation whose rule is wrong; null where none is.</summary>
    public RuleFinding? FirstWrong => Findings.FirstOrDefault(finding => finding.Verdict == RuleVerdict.Wrong);

    /// <summary>Whether no rule is wrong and no argument's derivative is.</summary>
    public bool Passed => FirstWrong is null && Arguments.All(argument => argument.Verdict != RuleVerdict.Wrong);

    /// <summary>The report, in a few lines.</summary>
    public override string ToString()
    {
        const int Most = 8;
        var text = new StringBuilder();
        text.Append(FirstWrong is { } wrong
            ? $"A rule is wrong: {wrong}"
            : Passed && Arguments.All(argument => argument.Verdict == RuleVerdict.Right)
                ? $"The gradient is right: {Checked} operations tried, none has a wrong rule."
            : Passed ? $"No rule is wrong ({Checked} operations tried), but differences do not confirm all of the gradient."
            : $"Every rule is right by itself ({Checked} operations tried), but the whole is not.");
        foreach (ArgumentFinding argument in Arguments.Where(argument => argument.Verdict != RuleVerdict.Right).Take(Most))
        {
            text.Append("\n- ").Append(argument);
        }

        RuleFinding[] others = [.. Findings.Where(finding => !ReferenceEquals(finding, FirstWrong))];
        foreach (RuleFinding finding in others.Take(Most))
        {
            text.Append("\n- ").Append(finding.Verdict switch { RuleVerdict.Wrong => "also wrong: ", RuleVerdict.Kink => "on a kink: ", _ => "unclear: " }).Append(finding);
        }

        text.Append(others.Length > Most ? $"\n- {others.Length - Most} more" : "");
        foreach (string note in Notes)
        {
            text.Append("\nNote: ").Append(note);
        }

        return text.ToString();
    }
}

/// <summary>The derivative of the whole function in one argument, along a random direction.</summary>
/// <param name="Name">What the argument is called.</param>
/// <param name="Verdict">What the comparison says.</param>
/// <param name="Given">What the gradient gives.</param>
/// <param name="Expected">What differences give.</param>
/// <param name="Error">The error to reckon with in what was expected.</param>
/// <param name="Rounding">
/// How far the gradient in the dtypes as they are is from that in f64, relative to the gradient's norm; 0 where all is f64.
/// </param>
public sealed record ArgumentFinding(string Name, RuleVerdict Verdict, double Given, double Expected, double Error, double Rounding)
{
    /// <summary>Both numbers, and what they mean.</summary>
    public override string ToString() => $"in {Name}: the gradient gives {Finite.Number(Given)} along a direction, differences "
        + $"{Finite.Number(Expected)} within {Finite.Number(Error)}" + Verdict switch
        {
            RuleVerdict.Right => ".",
            RuleVerdict.Kink => "; the point lies on a kink.",
            RuleVerdict.Unclear => ": badly conditioned, or a jump is near.",
            _ => ".",
        };
}
