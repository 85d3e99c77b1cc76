using Adjoint.Ir;

namespace Adjoint.Front;

/// <summary>Says why a gradient is identically zero: the argument isn't used, or what depends on it has no tangent.</summary>
internal static class LostDependence
{
    /// <summary>Reports each active argument whose gradient is identically zero, unless a stop_gradient asked for it.</summary>
    internal static void Report(Graph graph, ParameterMask active, ParameterMask nonZero, IReadOnlyList<string>? paths)
    {
        if (Diagnostics.Handler is null)
        {
            return;
        }

        int[] places = [.. active.Indices];
        for (int i = 0; i < places.Length; i++)
        {
            if (!nonZero[i] && Reason(graph, graph.Parameters[places[i]]) is { } reason)
            {
                Diagnostics.Report($"grad: the gradient in {LeafPath.Of(paths, places[i])} is identically zero: {reason}");
            }
        }
    }

    private static string? Reason(Graph graph, Value argument)
    {
        var reached = new HashSet<Value>(ReferenceEqualityComparer.Instance) { argument };
        Node? lost = null;
        bool stopped = false;
        foreach (Node node in graph.Nodes.Where(node => node.Operands.Any(reached.Contains)))
        {
            stopped |= node.Primitive.Name == "stop_gradient";
            reached.UnionWith(node.Results);
            bool had = node.Operands.Any(operand => reached.Contains(operand) && operand.Type.HasTangent);
            lost ??= had && (!node.Results.Any(result => result.Type.HasTangent) || IsStep(node)) ? node : null;
        }

        return stopped ? null
            : !reached.Contains(graph.Results[0]) ? "the result doesn't depend on it."
            : lost is null ? "the result depends on it only where its derivative is zero."
            : $"the dependence is lost in {lost.Primitive.Name}{(lost.Origin.ToString() is { Length: > 0 } place ? $" ({place})" : "")}.";
    }

    /// <summary>Piecewise constant functions keep the dtype and lose the tangent.</summary>
    private static bool IsStep(Node node) => node.Primitive.Name is "floor" or "ceil" or "round" or "truncate" or "sign";
}
