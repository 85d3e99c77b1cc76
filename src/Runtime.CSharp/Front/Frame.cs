using System.Collections.Immutable;
using System.Diagnostics;
using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Front;

/// <summary>The trace of one body: values are born in the innermost open frame, and values of outer frames are captured.</summary>
/// <remarks>The innermost frame of each thread is the one thing in the library that is ambient.</remarks>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class Frame
{
    private static int count;

    private readonly Dictionary<object, Value> captures = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Value, Expr> outer = new(ReferenceEqualityComparer.Instance);
    private readonly List<Expr> captured = [];

    private Frame(string name, FrameKind kind, Frame? parent, string scope, Origin line)
    {
        Number = Interlocked.Increment(ref count);
        Name = name;
        Kind = kind;
        Parent = parent;
        Scope = scope;
        Line = line;
    }

    /// <summary>The frame that never closes and belongs to all threads.</summary>
    public static Frame Top { get; } = new("the top level", FrameKind.Top, null, "", Origin.Unknown);

    /// <summary>The innermost frame of this thread.</summary>
    public static Frame Current => FrameStack.Innermost;

    /// <summary>Different for each frame of the process.</summary>
    public int Number { get; }

    /// <summary>Who traces: grad, vmap, while…</summary>
    public string Name { get; }

    /// <summary>Whether its values can be looked at.</summary>
    public FrameKind Kind { get; }

    /// <summary>The frame in which this one was opened; null for the top level.</summary>
    public Frame? Parent { get; }

    /// <summary>The user's scopes in which it was opened.</summary>
    public string Scope { get; }

    /// <summary>The user's source line at which it was opened.</summary>
    public Origin Line { get; }

    /// <summary>Whether the body is traced to its end.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>The number of lanes, in a frame of vmap.</summary>
    internal int Lanes { get; private init; }

    /// <summary>The expressions of outer frames that were used here, in the order of their first use.</summary>
    internal IReadOnlyList<Expr> Captured => captured;

    /// <summary>Who traces, where, in which scope.</summary>
    public override string ToString()
    {
        string line = Line.File is null ? "" : $" at {Path.GetFileName(Line.File)}:{Line.Line}";
        string scope = Scope.Length == 0 ? "" : $" in scope '{Scope}'";
        return Kind == FrameKind.Top ? Name : $"the body of {Name}{line}{scope}";
    }

    /// <summary>A frame inside the innermost one; it isn't on the stack yet.</summary>
    internal static Frame Open(string name, FrameKind kind, int lanes = 0) =>
        new(name, kind, Current, FrameStack.Scope, SourceLine.OfUser()) { Lanes = lanes };

    /// <summary>No value of this frame can be used any more.</summary>
    internal void Close() => IsClosed = true;

    /// <summary>A parameter that stands for an expression of an outer frame.</summary>
    internal void Bind(Value parameter, Expr argument) => outer[parameter] = argument;

    /// <summary>The expression of an outer frame that a parameter stands for, or null.</summary>
    internal Expr? OuterOf(Value parameter) => outer.GetValueOrDefault(parameter);

    /// <summary>The expression of an outer frame that a value of this one is, where it was used without being given as an argument.</summary>
    internal Expr? CapturedAs(Value parameter) =>
        OuterOf(parameter) is { } expr && ReferenceEquals(captures.GetValueOrDefault(expr), parameter) ? expr : null;

    /// <summary>What an expression is in this frame, the innermost: itself, or a parameter that stands for it.</summary>
    /// <exception cref="TraceException">The expression's frame is closed or another thread's.</exception>
    internal Value Lift(Expr expr)
    {
        if (ReferenceEquals(expr.Frame, this))
        {
            return expr.Handle;
        }

        if (captures.TryGetValue(expr, out Value? known) || captures.TryGetValue(expr.Handle, out known))
        {
            return known;
        }

        if (expr.Frame.IsClosed && Escaped.Find(expr) is { } constant)
        {
            return captures[expr] = Lift(constant);
        }

        CheckOpen(expr.Frame);
        Value value = expr.Handle;
        Value parameter = Value.Parameter(value.Type, value.Name);
        captures[expr] = parameter;
        captures[value] = parameter;
        captured.Add(expr);
        Bind(parameter, expr);
        return parameter;
    }

    /// <summary>The parameter that stands for a captured expression; a new one where this frame doesn't use it.</summary>
    internal Value CaptureOf(Expr expr) =>
        captures.GetValueOrDefault(expr) ?? captures.GetValueOrDefault(expr.Handle) ?? Value.Parameter(expr.Handle.Type);

    /// <summary>The lanes of the frames of vmap around this one, itself included.</summary>
    internal ImmutableArray<int> BatchSizes()
    {
        var sizes = ImmutableArray.CreateBuilder<int>();
        for (Frame? frame = this; frame is not null; frame = frame.Parent)
        {
            if (frame.Lanes > 0 && !sizes.Contains(frame.Lanes))
            {
                sizes.Add(frame.Lanes);
            }
        }

        return sizes.ToImmutable();
    }

    private void CheckOpen(Frame home)
    {
        if (home.Kind == FrameKind.Top)
        {
            return;
        }

        for (Frame? frame = Parent; frame is not null; frame = frame.Parent)
        {
            if (ReferenceEquals(frame, home))
            {
                return;
            }
        }

        throw new TraceException(home.IsClosed
            ? $"trace: a value of {home}, which has closed, is used in {this}. "
                + "Return it as a result of that body instead of keeping it aside."
            : $"trace: a value of {home}, which another thread is tracing, is used in {this}. Give it to that body as an argument.").Here();
    }
}
