using System.Text;

namespace Adjoint.Front.Audits;

/// <summary>What a law says of a function.</summary>
public enum LawVerdict
{
    /// <summary>It holds.</summary>
    Holds,

    /// <summary>It was not tried, or says nothing here: the function has no such derivative, or the point lies on a kink.</summary>
    Skipped,

    /// <summary>It is broken.</summary>
    Broken,
}

/// <summary>One law, tried on a function.</summary>
/// <param name="Law">What must hold.</param>
/// <param name="Verdict">What was found.</param>
/// <param name="Gap">The largest difference between the two sides, relative to their size.</param>
/// <param name="Allowed">The largest difference that rounding explains.</param>
/// <param name="Reason">In words, where it does not hold.</param>
public sealed record LawResult(string Law, LawVerdict Verdict, double Gap, double Allowed, string? Reason)
{
    /// <summary>The law and what was found.</summary>
    public override string ToString() => Verdict switch
    {
        LawVerdict.Holds => $"holds    {Law} (within {Finite.Number(Gap)})",
        LawVerdict.Skipped => $"skipped  {Law}: {Reason}",
        _ => $"BROKEN   {Law}: {Reason ?? $"the sides differ by {Finite.Number(Gap)}, {Finite.Number(Allowed)} is allowed"}",
    };
}

/// <summary>What <see cref="Audit.Laws(Func{Expr[], Expr[]}, Expr[], IReadOnlyList{string})"/> found.</summary>
/// <param name="Results">The laws, in the order in which they were tried.</param>
/// <param name="Notes">What else is worth knowing.</param>
public sealed record LawReport(IReadOnlyList<LawResult> Results, IReadOnlyList<string> Notes)
{
    /// <summary>Whether no law is broken.</summary>
    public bool Holds => Results.All(result => result.Verdict != LawVerdict.Broken);

    /// <summary>The laws that are broken.</summary>
    public IReadOnlyList<LawResult> Broken => [.. Results.Where(result => result.Verdict == LawVerdict.Broken)];

    /// <summary>One law a line.</summary>
    public override string ToString()
    {
        var text = new StringBuilder(Holds ? "All laws hold." : $"{Broken.Count} of {Results.Count} laws are broken.");
        foreach (LawResult result in Results)
        {
            text.Append('\n').Append(result);
        }

        foreach (string note in Notes)
        {
            text.Append("\nNote: ").Append(note);
        }

        return text.ToString();
    }
}
