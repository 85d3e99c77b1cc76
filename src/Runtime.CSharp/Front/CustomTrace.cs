using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Front;

/// <summary>Traces a function with rules of its own into one node.</summary>
/// <remarks>What the function and its rules use from outside becomes more arguments, which the rules say nothing of.</remarks>
internal sealed class CustomTrace
{
    private readonly Expr[] x;
    private readonly Traced primal;
    private readonly Traced? jvp;
    private readonly Traced? forward;
    private readonly Traced? backward;
    private readonly Traced[] batches;
    private readonly Expr[] captured;
    private readonly bool[] tangent;

    private CustomTrace(Func<Expr[], Expr[]> f, CustomRules rules, Expr[] x)
    {
        this.x = x;
        tangent = [.. x.Select(leaf => leaf.Handle.Type.HasTangent)];
        primal = Traced.Over("custom function", x, f);
        jvp = rules.Jvp is { } rule ? TraceJvp(rule) : null;
        if ((rules.Forward is null) != (rules.Backward is null))
        {
            throw new DerivativeException("custom function: the reverse rule has two parts, Forward and Backward; give both.").Here();
        }

        int kept = 0;
        forward = rules.Forward is { } go ? TraceForward(go, out kept) : null;
        backward = rules.Backward is { } back ? TraceBackward(back, kept) : null;
        batches = rules.Batch is { } batch ? [.. Frame.Current.BatchSizes().Select(size => TraceBatch(batch, size))] : [];
        captured = Traced.Union([.. new[] { primal, jvp, forward, backward }.OfType<Traced>(), .. batches]);
        CheckCaptured();
    }

    /// <summary>Calls the function: one node in the innermost frame.</summary>
    internal static Expr[] Call(Func<Expr[], Expr[]> f, CustomRules rules, Expr[] x)
    {
        var trace = new CustomTrace(f, rules, x);
        var primitive = new CustomFunction(
            trace.primal.Close(trace.captured),
            trace.jvp is null ? new Bodies() : new Bodies(trace.JvpGraph(trace.jvp)),
            trace.forward is null ? new Bodies() : new Bodies(trace.ForwardGraph(trace.forward), trace.BackwardGraph(trace.backward!)),
            new Bodies(trace.batches.Select(batch => new Body(trace.BatchGraph(batch)))));
        return Building.Apply(primitive, [.. x, .. trace.captured]);
    }

    private ValueType[] Types => [.. x.Select(leaf => leaf.Handle.Type)];

    private ValueType[] TangentTypes => [.. Types.Where((_, i) => tangent[i])];

    private ValueType[] CotangentTypes => [.. primal.ResultTypes.Where(type => type.HasTangent)];

    /// <summary>The captured expressions that have tangents, which are zero.</summary>
    private ValueType[] CapturedTangents => [.. captured.Select(expr => expr.Handle.Type).Where(type => type.HasTangent)];

    private Traced TraceJvp(Func<Expr[], Expr[], Paired> rule) => Traced.Of("custom jvp", [.. Types, .. TangentTypes], leaves =>
    {
        Expr[] arguments = leaves[..x.Length];
        Expr?[] directions = new ParameterMask(tangent).Spread(leaves[x.Length..]);
        Paired both = rule(arguments, [.. directions.Select((direction, i) => direction ?? arguments[i])]);
        CheckTypes("jvp rule's results", primal.ResultTypes, both.Values);
        CheckTypes("jvp rule's tangents", primal.ResultTypes, both.Others);
        return [.. both.Values, .. both.Others.Where((_, i) => primal.ResultTypes[i].HasTangent)];
    });

    private Traced TraceForward(Func<Expr[], Paired> rule, out int kept)
    {
        int count = 0;
        Traced traced = Traced.Of("custom forward", Types, leaves =>
        {
            Paired both = rule(leaves);
            CheckTypes("forward rule's results", primal.ResultTypes, both.Values);
            count = both.Others.Length;
            return [.. both.Values, .. both.Others];
        });
        kept = count;
        return traced;
    }

    private Traced TraceBackward(Func<Expr[], Expr[], Expr[]> rule, int kept)
    {
        ValueType[] residuals = [.. forward!.ResultTypes.Skip(primal.Results.Length)];
        return Traced.Of("custom backward", [.. residuals, .. CotangentTypes], leaves =>
        {
            Expr?[] given = new ParameterMask(primal.ResultTypes.Select(type => type.HasTangent)).Spread(leaves[kept..]);
            Expr[] cotangents = rule(
                leaves[..kept], [.. given.Select((cotangent, i) => cotangent ?? Leaves.Zeros(primal.ResultTypes[i]))]);
            CheckTypes("backward rule's cotangents", Types, cotangents);
            return [.. cotangents.Where((_, i) => tangent[i])];
        });
    }

    private Traced TraceBatch(Func<Expr[], Expr[]> rule, int size)
    {
        ValueType[] results = [.. primal.ResultTypes.Select(type => type.Batch(size))];
        return Traced.Of("custom batch", [.. Types.Select(type => type.Batch(size))], leaves =>
        {
            Expr[] made = rule(leaves);
            CheckTypes("batching rule's results", results, made);
            return made;
        });
    }

    private Graph JvpGraph(Traced rule)
    {
        Graph graph = rule.Close(x.Length, captured);
        return new([.. graph.Parameters, .. CapturedTangents.Select(type => Value.Parameter(type))], graph.Results);
    }

    /// <summary>What the way back uses from outside is kept as residuals.</summary>
    private Graph ForwardGraph(Traced rule)
    {
        Graph graph = rule.Close(captured);
        return new(graph.Parameters, [.. graph.Results, .. graph.Parameters.Skip(x.Length)]);
    }

    private Graph BackwardGraph(Traced rule)
    {
        int kept = forward!.Results.Length - primal.Results.Length;
        Graph graph = rule.Close(kept, captured);
        return new(graph.Parameters, [.. graph.Results, .. CapturedTangents.Select(Ops.Zeros)]);
    }

    /// <summary>What is used from outside is the same in all lanes; the rule gets that of the first.</summary>
    private Graph BatchGraph(Traced rule)
    {
        Graph graph = rule.Close(captured);
        var size = (TensorType)rule.Parameters[0].Type;
        return Graph.Of(
            graph.ParameterTypes.Select((type, i) => i < x.Length ? type : type.Batch(size.Shape[0])),
            parameters => Substitution.Inline(graph, [.. parameters.Select((value, i) => i < x.Length ? value : First(value))]));
    }

    private static Value First(Value lanes)
    {
        Shape shape = lanes.Tensor.Shape;
        return Ops.Reshape(Ops.SliceAxis(lanes, 0, 0, 1), shape.Remove(0));
    }

    private static void CheckTypes(string what, IReadOnlyList<ValueType> expected, Expr[] actual)
    {
        ValueType[] types = [.. actual.Select(expr => expr.Handle.Type)];
        if (types.Length != expected.Count || types.Where((type, i) => expected[i].HasTangent && !type.Equals(expected[i])).Any())
        {
            throw new DerivativeException($"custom function: the {what} are ({string.Join(", ", (IEnumerable<ValueType>)types)}), "
                + $"not ({string.Join(", ", expected)}).").Here();
        }
    }

    private void CheckCaptured()
    {
        bool Varies(Expr expr) => expr.Frame.Kind != FrameKind.Top
            && expr.Handle.Type.HasTangent && expr.Handle.Producer?.Primitive is not StopGradient;
        if (Array.Find(captured, expr => Varies(expr) || (batches.Length > 0 && expr.Frame.Kind != FrameKind.Top)) is { } wrong)
        {
            throw new TraceException($"custom function: it uses {wrong.Handle.Type} of {wrong.Frame}, of which its rules say nothing. "
                + "Make it an argument, or stop its gradient.").Here();
        }
    }
}
