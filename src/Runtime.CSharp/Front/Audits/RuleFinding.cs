using System.Text;
using Adjoint.Ir;

namespace Adjoint.Front.Audits;

/// <summary>What a comparison of a derivative with differences says.</summary>
public enum RuleVerdict
{
    /// <summary>They agree.</summary>
    Right,

    /// <summary>The point lies on a kink or a tie: the slopes to either side differ, and no number is right.</summary>
    Kink,

    /// <summary>Differences say nothing here: a jump or a pole is near, or rounding takes the digits away.</summary>
    Unclear,

    /// <summary>They disagree by more than the differences' error: the rule is wrong.</summary>
    Wrong,
}

/// <summary>What was found of the rule of one operation, at the operands it had.</summary>
/// <param name="Operation">Its name in printed graphs, and the types.</param>
/// <param name="Scope">The user's scopes, joined by '/'.</param>
/// <param name="File">The source file, where known.</param>
/// <param name="Line">The source line, or 0.</param>
/// <param name="Inside">The loops, branches and bodies it ran in, innermost first.</param>
/// <param name="Mode">What was compared: forward rule, linearity of the forward rule, reverse rule, linearity of the reverse rule.</param>
/// <param name="Verdict">What the comparison says.</param>
/// <param name="Given">What the rule gives, along a random direction.</param>
/// <param name="Expected">What differences give, or the law that was tried.</param>
/// <param name="Error">The error to reckon with in what was expected.</param>
/// <param name="Reason">In words.</param>
public sealed record RuleFinding(
    string Operation,
    string Scope,
    string? File,
    int Line,
    IReadOnlyList<string> Inside,
    string Mode,
    RuleVerdict Verdict,
    double Given,
    double Expected,
    double Error,
    string Reason)
{
    /// <summary>The operation, where it is, and both numbers.</summary>
    public override string ToString()
    {
        var text = new StringBuilder(NodeText.At(Operation, new Origin(Scope, File, Line)));
        foreach (string inside in Inside)
        {
            text.Append(", in ").Append(inside);
        }

        return text.Append("\n  ").Append(Mode).Append(": ").Append(Reason).ToString();
    }
}
