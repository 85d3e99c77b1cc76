using Adjoint.Ir;

namespace Adjoint.Front;

/// <summary>The open frames and named scopes of one thread.</summary>
internal static class FrameStack
{
    [ThreadStatic]
    private static Frame? innermost;

    [ThreadStatic]
    private static string? scope;

    [ThreadStatic]
    private static Origin? origin;

    [ThreadStatic]
    private static int exact;

    /// <summary>The frame in which values are born.</summary>
    internal static Frame Innermost => innermost ?? Frame.Top;

    /// <summary>The named scopes, outermost first, joined by '/'.</summary>
    internal static string Scope => scope ?? "";

    /// <summary>Where nodes that are made now come from: the scopes, and the line of the frame or their own.</summary>
    internal static Origin Origin => exact > 0
        ? SourceLine.OfCall(Scope)
        : origin ??= Scope.Length == 0 ? Innermost.Line : Innermost.Line with { Scope = Scope };

    /// <summary>Runs a function during which every node learns its own line, which takes microseconds a node.</summary>
    internal static T WithLines<T>(Func<T> body)
    {
        exact++;
        try
        {
            return body();
        }
        finally
        {
            exact--;
        }
    }

    /// <summary>Runs a function with a frame on top, which closes afterwards.</summary>
    internal static T Within<T>(Frame frame, Func<T> body)
    {
        (Frame? before, Origin? line) = (innermost, origin);
        (innermost, origin) = (frame, null);
        try
        {
            return body();
        }
        finally
        {
            (innermost, origin) = (before, line);
            frame.Close();
        }
    }

    /// <summary>Enters a scope; gives the scopes before.</summary>
    internal static string Enter(string name)
    {
        string before = Scope;
        Restore(before.Length == 0 ? name : $"{before}/{name}");
        return before;
    }

    /// <summary>Returns to the scopes that were.</summary>
    internal static void Restore(string scopes) => (scope, origin) = (scopes, null);
}
