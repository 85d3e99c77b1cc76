using Adjoint.Ir;
using Adjoint.Primitives;
using Adjoint.Transforms;

namespace Adjoint.Front;

/// <summary>Why a derivative is identically zero: the argument isn't used, or what depends on it has no tangent.</summary>
/// <param name="Reason">In words.</param>
/// <param name="Operation">The operation in which the dependence is lost; null where it is none.</param>
/// <param name="Origin">Where that is.</param>
internal sealed record LostDependence(string Reason, string? Operation, Origin Origin)
{
    /// <summary>A stop_gradient asked for it.</summary>
    internal static LostDependence Asked { get; } = new("stop_gradient asks for it.", null, Origin.Unknown);

    /// <summary>Tells the handler of diagnostics of each active argument whose gradient is identically zero, unless a stop_gradient asked for it.</summary>
    /// <remarks>The function is traced again for that, so that its operations know their own lines.</remarks>
    internal static void Report(Func<Expr[], Expr[]> f, Expr[] x, ParameterMask active, ParameterMask nonZero, IReadOnlyList<string>? paths)
    {
        if (Diagnostics.Handler is null || !nonZero.Contains(false))
        {
            return;
        }

        Graph graph = FrameStack.WithLines(() => Traced.Over("grad", x, f, paths)).Close();
        int[] places = [.. active.Indices];
        for (int i = 0; i < places.Length; i++)
        {
            if (!nonZero[i] && Of(graph, [graph.Parameters[places[i]]], graph.Results[..1]) is { } lost && !ReferenceEquals(lost, Asked))
            {
                Diagnostics.Report($"grad: the gradient in {LeafPath.Of(paths, places[i])} is identically zero: {lost.Reason}");
            }
        }
    }

    /// <summary>Why results have no tangent in some parameters; null where they have one.</summary>
    internal static LostDependence? Of(Graph graph, Value[] sources, IReadOnlyList<Value> results)
    {
        var wanted = new Graph(graph.Parameters, [.. results]);
        var reached = new HashSet<Value>(sources, ReferenceEqualityComparer.Instance);
        var active = new HashSet<Value>(sources.Where(source => source.Type.HasTangent), ReferenceEqualityComparer.Instance);
        List<(Node Node, ParameterMask Active)> ends = [];
        foreach (Node node in wanted.Nodes.Where(node => node.Operands.Any(reached.Contains)))
        {
            reached.UnionWith(node.Results);
            var mask = new ParameterMask(node.Operands.Select(active.Contains));
            if (!mask.Any)
            {
                continue;
            }

            ParameterMask tangents = Tangents(node, mask);
            active.UnionWith(tangents.Choose(node.Results));
            if (!tangents.Any)
            {
                ends.Add((node, mask));
            }
        }

        return wanted.Results.Any(active.Contains) ? null
            : !wanted.Results.Any(reached.Contains) ? Unused(sources)
            : ends.Count == 0 ? new("the result depends on it only where its derivative is zero.", null, Origin.Unknown)
            : ends.Any(end => end.Node.Primitive is StopGradient) ? Asked
            : In(ends[0].Node, ends[0].Active);
    }

    /// <summary>The results of a node that have a tangent which isn't identically zero.</summary>
    private static ParameterMask Tangents(Node node, ParameterMask active)
    {
        (Graph Step, int First, int Carries)? loop = node.Primitive switch
        {
            Scan { Length: > 0 } scan => (scan.Step.Graph, scan.Constants, scan.Carries),
            Repeat repeat => (repeat.Step.Graph, repeat.Constants + 1, node.Results.Length),
            While repeated => (repeated.Step.Graph, repeated.Constants, node.Results.Length),
            _ => null,
        };
        if (loop is { } steps)
        {
            return AfterSteps(steps.Step, active, steps.First, steps.Carries);
        }

        Graph alone = Graph.Of(node.Operands.Select(operand => operand.Type), x => Node.Make(node.Primitive, [.. x]).Results);
        return Forward.Apply(alone, active).Tangents;
    }

    /// <summary>The results of a loop that have a tangent after one step or more.</summary>
    private static ParameterMask AfterSteps(Graph step, ParameterMask active, int first, int carries)
    {
        ParameterMask found = ParameterMask.None(step.Results.Length);
        for (int turn = 0; turn <= carries; turn++)
        {
            ParameterMask next = InBody(step, active);
            found = found.Or(next);
            active = new(active.Select((flag, i) => i >= first && i < first + carries ? next[i - first] : flag));
        }

        return found;
    }

    /// <summary>The results of a body that have a tangent.</summary>
    private static ParameterMask InBody(Graph body, ParameterMask active)
    {
        var known = new HashSet<Value>(active.Choose(body.Parameters), ReferenceEqualityComparer.Instance);
        foreach (Node node in body.Nodes)
        {
            var mask = new ParameterMask(node.Operands.Select(operand => known.Contains(operand) && operand.Type.HasTangent));
            if (mask.Any)
            {
                known.UnionWith(Tangents(node, mask).Choose(node.Results));
            }
        }

        return new(body.Results.Select(known.Contains));
    }

    /// <summary>A parameter that was looked at is known; nothing else makes a traced parameter known.</summary>
    private static LostDependence Unused(Value[] sources) => new(
        sources.Any(source => source.Known is not null)
            ? "the function looks at its value (value x, printing, if ... then), and what it looks at counts as a constant."
            : "the result doesn't depend on it.",
        null,
        Origin.Unknown);

    /// <summary>Lost in a node, or in the body of one.</summary>
    private static LostDependence In(Node node, ParameterMask active)
    {
        string place = node.Origin.ToString() is { Length: > 0 } where ? $" ({where})" : "";
        foreach (Graph body in Bodies(node.Primitive))
        {
            int before = node.Operands.Length - body.Parameters.Length;
            Value[] sources = [.. body.Parameters.Where((_, i) => i + before >= 0 && active[i + before])];
            if (Of(body, sources, body.Results) is { Operation: not null } inner)
            {
                return inner with { Reason = $"{inner.Reason[..^1]}, in a body of {node.Primitive.Name}{place}." };
            }
        }

        return StopsIn(node.Primitive) ? Asked
            : new($"the dependence is lost in {node.Primitive.Name}{place}{Because(node)}.", node.Primitive.Name, node.Origin);
    }

    private static string Because(Node node) => node.Primitive switch
    {
        Floor or Ceil or Round or Truncate or Sign => ", whose derivative is 0 everywhere",
        Compare or IsFinite => ", which gives bools; choose by where instead of counting",
        ArgMax or ArgMin => ", which gives places; softmax has a derivative",
        Primitives.Convert when !node.Results[0].Type.HasTangent => $", which gives {node.Results[0].Type}; cast no sooner than needed",
        _ when !node.Results.Any(result => result.Type.HasTangent) => $", which gives {string.Join(", ", node.Results.Select(result => result.Type))}",
        _ => "",
    };

    /// <summary>The bodies whose parameters are a node's last operands; branches leave out the choice.</summary>
    private static IEnumerable<Graph> Bodies(Primitive primitive) => primitive switch
    {
        Call call => [call.Body.Graph],
        Checkpoint checkpoint => [checkpoint.Body.Graph],
        Cond cond => [cond.Then.Graph, cond.Else.Graph],
        Switch choice => choice.Branches.Select(branch => branch.Graph),
        While loop => [loop.Step.Graph],
        Repeat repeat => [repeat.Step.Graph],
        Scan scan => [scan.Step.Graph],
        CustomFunction { JvpRule.Count: 0, VjpRule.Count: 0 } custom => [custom.Primal.Graph],
        _ => [],
    };

    private static bool StopsIn(Primitive primitive) => Bodies(primitive).Any(body =>
        body.Nodes.Any(node => node.Primitive is StopGradient || StopsIn(node.Primitive)));
}
