using System.Collections.Concurrent;
using System.Diagnostics;
using System.Reflection;
using System.Runtime.CompilerServices;
using Adjoint.Ir;

namespace Adjoint.Front;

/// <summary>The line of the user's source that called the library: the first on the stack that isn't the library's.</summary>
internal static class SourceLine
{
    private static readonly ConcurrentDictionary<(MethodBase Method, int Offset), Origin> Known = new();
    private static readonly ConcurrentDictionary<Assembly, bool> Own = new();

    /// <summary>The line, with no scope; unknown where there is no debug information. Symbols are read once a line.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static Origin OfUser()
    {
        StackFrame[] frames = new StackTrace(1, false).GetFrames();
        int depth = DepthOfUser(frames);
        return depth < 0 ? Origin.Unknown : LineOf(frames, depth);
    }

    /// <summary>The line in a scope, and which function of the library it called: an object of its own each time.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static Origin OfCall(string scope)
    {
        StackFrame[] frames = new StackTrace(1, false).GetFrames();
        int depth = DepthOfUser(frames);
        return depth < 0
            ? Origin.Unknown with { Scope = scope }
            : LineOf(frames, depth) with { Scope = scope, Call = depth == 0 ? null : frames[depth - 1].GetMethod()?.Name };
    }

    private static int DepthOfUser(StackFrame[] frames) =>
        Array.FindIndex(frames, frame => frame.GetMethod() is { } method && !IsOwn(method.Module.Assembly));

    /// <summary>The line of a frame of the caller's caller and further out; its symbols are read from the stack as it is now.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Origin LineOf(StackFrame[] frames, int depth)
    {
        // What the compiler writes for a closure may have no line; then who called it has.
        for (int at = depth; at < frames.Length; at++)
        {
            if (frames[at].GetMethod() is not { } method || IsOwn(method.Module.Assembly))
            {
                continue;
            }

            (MethodBase, int) place = (method, frames[at].GetILOffset());
            if (!Known.TryGetValue(place, out Origin? line))
            {
                var frame = new StackFrame(at + 2, true);
                line = frame.GetFileName() is { } file ? new("", file, frame.GetFileLineNumber()) : Origin.Unknown;
                Known[place] = line;
            }

            if (line.File is not null)
            {
                return line;
            }
        }

        return Origin.Unknown;
    }

    /// <summary>The library, its F# face and what both stand on.</summary>
    private static bool IsOwn(Assembly assembly) => Own.GetOrAdd(assembly, candidate =>
        candidate.GetName().Name is not { } name
        || name is "Adjoint" or "Adjoint.Runtime" or "FSharp.Core"
        || name.StartsWith("System.", StringComparison.Ordinal));
}
