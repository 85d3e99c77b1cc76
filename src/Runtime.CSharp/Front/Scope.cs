using Adjoint.Core;

namespace Adjoint.Front;

/// <summary>A name for a part of a model: nodes made inside carry it, and errors tell it.</summary>
public sealed class Scope : IDisposable
{
    private readonly string before;
    private bool left;

    private Scope(string name) => before = FrameStack.Enter(name);

    /// <summary>Enters a scope, to be left by Dispose on the same thread.</summary>
    /// <exception cref="TraceException">The name is empty or holds a '/'.</exception>
    public static Scope Enter(string name) => name.Length > 0 && !name.Contains('/')
        ? new(name)
        : throw new TraceException($"scope: '{name}' is no name; it must not be empty or hold '/'. Nest scopes instead.").Here();

    /// <summary>Runs a function in a scope.</summary>
    public static T In<T>(string name, Func<T> body)
    {
        using Scope scope = Enter(name);
        return body();
    }

    /// <summary>Returns to the scope before.</summary>
    public void Dispose()
    {
        if (!left)
        {
            left = true;
            FrameStack.Restore(before);
        }
    }
}
