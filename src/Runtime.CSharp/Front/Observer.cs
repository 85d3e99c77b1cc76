using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Front;

/// <summary>Looks at values: runs what is pending, through the cache of programs, and remembers what came out.</summary>
internal static class Observer
{
    /// <summary>Whether nothing around an expression keeps it from having a value now.</summary>
    internal static bool CanObserve(Expr expr)
    {
        if (expr.Handle.Known is not null)
        {
            return true;
        }

        for (Frame? frame = expr.Frame; frame is not null; frame = frame.Parent)
        {
            if (frame.IsClosed || frame.Kind == FrameKind.Opaque)
            {
                return false;
            }
        }

        return IsOpenHere(expr.Frame);
    }

    /// <summary>The values of expressions, those of one frame in one run.</summary>
    internal static HostValue[] Observe(IReadOnlyList<Expr> expressions)
    {
        var values = new HostValue[expressions.Count];
        for (int i = 0; i < values.Length; i++)
        {
            if (expressions[i].Handle.Known is not { } known)
            {
                return ObserveAll(expressions);
            }

            values[i] = known;
        }

        return values;
    }

    private static HostValue[] ObserveAll(IReadOnlyList<Expr> expressions)
    {
        foreach (IGrouping<Frame, Expr> group in expressions.GroupBy(expr => expr.Frame))
        {
            Run([.. group]);
        }

        return [.. expressions.Select(expr => expr.Handle.Known!)];
    }

    /// <summary>Finds the values of expressions of one frame, all in one run.</summary>
    internal static void Run(IReadOnlyList<Expr> expressions)
    {
        foreach (Expr expr in expressions.Where(expr => expr.Frame.IsClosed))
        {
            expr.Handle.Known ??= Escaped.Find(expr)?.Handle.Known;
        }

        Expr[] unknown = [.. expressions.Where(expr => expr.Handle.Known is null)];
        if (unknown.Length == 0)
        {
            return;
        }

        CheckFrame(unknown[0]);
        Value[] wanted = [.. unknown.Select(expr => expr.Handle)];
        var cone = new Cone(wanted);
        FindParameters(cone, unknown[0].Frame);
        if (cone.Nodes.Count > 0)
        {
            Compute(cone);
        }

        for (int i = 0; i < unknown.Length; i++)
        {
            HostValue value = wanted[i].Known ??= Cone.KnownOf(wanted[i])!;
            unknown[i].Settle(value);
        }
    }

    /// <summary>At the top level, runs the results of an operator, and the operands that would otherwise run twice.</summary>
    internal static void RunAtTop(IEnumerable<Expr> results, IEnumerable<Expr> operands)
    {
        if (Frame.Current.Kind == FrameKind.Top)
        {
            Run([.. results, .. operands]);
        }
    }

    private static void Compute(Cone cone)
    {
        HostValue[] arguments = [.. cone.Leaves.Select(leaf => Cone.KnownOf(leaf)!)];
        HostValue[] found = TraceCache.Get(cone).Run(arguments);
        for (int i = 0; i < found.Length; i++)
        {
            cone.Results[i].Known ??= found[i];
        }

        foreach (Node node in cone.Nodes)
        {
            foreach (Value result in node.Results)
            {
                result.Passed = true;
            }
        }
    }

    private static void FindParameters(Cone cone, Frame frame)
    {
        Value[] unknown = [.. cone.Leaves.Where(leaf => Cone.KnownOf(leaf) is null)];
        Expr[] outer = [.. unknown.Select(leaf => frame.OuterOf(leaf) ?? throw Hidden(frame))];
        HostValue[] values = Observe(outer);
        for (int i = 0; i < unknown.Length; i++)
        {
            unknown[i].Known = values[i];
        }
    }

    private static void CheckFrame(Expr expr)
    {
        Frame frame = expr.Frame;
        if (frame.Kind == FrameKind.Opaque)
        {
            throw Hidden(frame);
        }

        if (!IsOpenHere(frame))
        {
            throw new TraceException($"value: a value of {frame}, which {(frame.IsClosed ? "has closed" : "another thread is tracing")}, "
                + $"is looked at in {Frame.Current}. Return it as a result of that body.").Here();
        }
    }

    private static bool IsOpenHere(Frame home)
    {
        for (Frame? frame = Frame.Current; frame is not null; frame = frame.Parent)
        {
            if (ReferenceEquals(frame, home))
            {
                return true;
            }
        }

        return home.Kind == FrameKind.Top;
    }

    private static AdjointException Hidden(Frame frame) => new TraceException(
        $"value: in {frame} a traced value stands for many, or for one to come, so it can't be looked at. "
        + "Let the choice be made where it runs: cond, while, where or scan.").Here();
}
