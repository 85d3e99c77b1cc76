using System.Diagnostics;

namespace Adjoint.Ir;

/// <summary>Where in the user's model a node was asked for. Derivatives keep the origin of the node that they come from.</summary>
/// <param name="Scope">The user's scopes, outermost first, joined by '/'; empty at the top.</param>
/// <param name="File">The source file, where known.</param>
/// <param name="Line">The source line, from 1; 0 where unknown.</param>
[DebuggerDisplay("{ToString(),nq}")]
public sealed record Origin(string Scope, string? File, int Line)
{
    /// <summary>Nothing is known.</summary>
    public static Origin Unknown { get; } = new("", null, 0);

    /// <summary>The library's function that the user's line called, where that was asked for; audits tell by it what the user wrote.</summary>
    internal string? Call { get; init; }

    /// <summary>encoder/layer1, model.fs:12; empty where nothing is known.</summary>
    public override string ToString()
    {
        string line = File is null ? "" : $"{Path.GetFileName(File)}:{Line}";
        return Scope.Length == 0 ? line : line.Length == 0 ? Scope : $"{Scope}, {line}";
    }
}
