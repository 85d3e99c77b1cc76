using System.Text;

namespace Adjoint.Front.Audits;

/// <summary>How bad something is.</summary>
public enum LintSeverity
{
    /// <summary>There is a better way to write it.</summary>
    Hint,

    /// <summary>It goes wrong for some arguments.</summary>
    Warning,

    /// <summary>It goes wrong for the arguments at hand.</summary>
    Error,
}

/// <summary>Something in a function that is better written otherwise.</summary>
/// <param name="Name">The lint's name, in kebab-case.</param>
/// <param name="Severity">How bad it is.</param>
/// <param name="Scope">The user's scopes, joined by '/'.</param>
/// <param name="File">The source file, where known.</param>
/// <param name="Line">The source line, or 0.</param>
/// <param name="Reason">What is wrong.</param>
/// <param name="Cure">What to write instead.</param>
public sealed record Lint(string Name, LintSeverity Severity, string Scope, string? File, int Line, string Reason, string Cure)
{
    /// <summary>One line: place, severity, name, reason, cure.</summary>
    public override string ToString()
    {
        string place = new Ir.Origin(Scope, File, Line).ToString();
        return $"{Severity switch { LintSeverity.Error => "error", LintSeverity.Warning => "warning", _ => "hint" }} "
            + $"{Name}{(place.Length == 0 ? "" : $", in {place}")}: {Reason} {Cure}";
    }
}

/// <summary>What <see cref="Audit.Lint(Func{Expr[], Expr[]}, Expr[], IReadOnlyList{string})"/> found.</summary>
/// <param name="Lints">The worst first, then in the order of the function.</param>
/// <param name="Note">What else is worth knowing; null where nothing is.</param>
public sealed record LintReport(IReadOnlyList<Lint> Lints, string? Note)
{
    /// <summary>Whether nothing was found.</summary>
    public bool IsClean => Lints.Count == 0;

    /// <summary>One lint a line.</summary>
    public override string ToString()
    {
        var text = new StringBuilder(IsClean ? "No lints." : string.Join('\n', Lints));
        return Note is null ? text.ToString() : text.Append("\nNote: ").Append(Note).ToString();
    }
}
