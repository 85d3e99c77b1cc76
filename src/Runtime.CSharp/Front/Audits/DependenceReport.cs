namespace Adjoint.Front.Audits;

/// <summary>The arguments on which a function does not depend differentiably.</summary>
/// <param name="Lost">Those arguments, in order.</param>
public sealed record DependenceReport(IReadOnlyList<LostArgument> Lost)
{
    /// <summary>Whether every argument that has a tangent has a derivative that isn't zero.</summary>
    public bool IsComplete => Lost.Count == 0;

    /// <summary>One argument a line.</summary>
    public override string ToString() => IsComplete ? "The result depends on every argument." : string.Join('\n', Lost);
}

/// <summary>An argument whose derivative is zero.</summary>
/// <param name="Name">What the argument is called.</param>
/// <param name="IsIdentical">Whether it is zero whatever the values are; otherwise it is zero at the values at hand.</param>
/// <param name="Operation">The operation in which the dependence is lost; null where it is none.</param>
/// <param name="Scope">The user's scopes, joined by '/'.</param>
/// <param name="File">The source file, where known.</param>
/// <param name="Line">The source line, or 0.</param>
/// <param name="Reason">In words.</param>
public sealed record LostArgument(string Name, bool IsIdentical, string? Operation, string Scope, string? File, int Line, string Reason)
{
    /// <summary>The argument and the reason.</summary>
    public override string ToString() => $"The derivative in {Name} is {(IsIdentical ? "identically zero" : "zero here")}: {Reason}";
}
