using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Front;

/// <summary>Makes nodes in the innermost frame from expressions of this or of outer frames.</summary>
internal static class Building
{
    /// <summary>The result of what is built from no operands.</summary>
    internal static Expr Make(Func<Value> build) => Make([], _ => build());

    /// <summary>The result of what is built from one operand.</summary>
    internal static Expr Make(Expr x, Func<Value, Value> build) => Make([x], values => build(values[0]));

    /// <summary>The result of what is built from two operands.</summary>
    internal static Expr Make(Expr x, Expr y, Func<Value, Value, Value> build) => Make([x, y], values => build(values[0], values[1]));

    /// <summary>The result of what is built from operands.</summary>
    internal static Expr Make(Expr[] operands, Func<ImmutableArray<Value>, Value> build) =>
        MakeAll(operands, values => [build(values)])[0];

    /// <summary>The results of what is built from operands; an operand that comes back is itself.</summary>
    internal static Expr[] MakeAll(Expr[] operands, Func<ImmutableArray<Value>, IReadOnlyList<Value>> build, int nodes = 1)
    {
        Frame frame = Frame.Current;
        ImmutableArray<Value> values = Lifted(frame, operands);
        IReadOnlyList<Value> results = Located(build, values);
        Node.SettleOrigin(results, FrameStack.Origin);
        return Born(frame, operands, values, results, nodes);
    }

    /// <summary>A graph's results, computed from these arguments in the innermost frame.</summary>
    internal static Expr[] Inline(Graph graph, params Expr[] arguments) =>
        MakeAll(arguments, values => Substitution.Inline(graph, values), graph.Nodes.Length);

    /// <summary>The results of a primitive applied to operands.</summary>
    internal static Expr[] Apply(Primitive primitive, params Expr[] operands) =>
        MakeAll(operands, values => Node.Make(primitive, values).Results);

    private static ImmutableArray<Value> Lifted(Frame frame, Expr[] operands)
    {
        var values = ImmutableArray.CreateBuilder<Value>(operands.Length);
        foreach (Expr operand in operands)
        {
            values.Add(frame.Lift(operand));
        }

        return values.MoveToImmutable();
    }

    /// <summary>Runs what makes nodes; its errors say the user's scope and line.</summary>
    private static IReadOnlyList<Value> Located(Func<ImmutableArray<Value>, IReadOnlyList<Value>> build, ImmutableArray<Value> values)
    {
        try
        {
            return build(values);
        }
        catch (AdjointException error) when (error is TypeRuleException or ShapeException or DTypeException)
        {
            throw error.Here();
        }
    }

    private static Expr[] Born(Frame frame, Expr[] operands, ImmutableArray<Value> values, IReadOnlyList<Value> results, int nodes)
    {
        PendingGroup? pending = frame.Kind == FrameKind.Top ? PendingGroup.Join(operands, nodes) : null;
        var born = new Expr[results.Count];
        for (int i = 0; i < born.Length; i++)
        {
            int same = values.IndexOf(results[i]);
            born[i] = same >= 0 && ReferenceEquals(operands[same].Frame, frame)
                ? operands[same]
                : new(results[i], frame, results[i].Producer is null ? null : pending);
        }

        if (pending is { IsFull: true })
        {
            Observer.Run([.. born.Where(expr => expr.Handle.Producer is not null)]);
        }

        return born;
    }
}
