using System.Collections.Immutable;
using Adjoint.Ir;

namespace Adjoint.Compile;

/// <summary>Leaves out what nobody reads: results of loops, branches and calls, carries that feed themselves alone, and operands.</summary>
/// <remarks>A check or a debug print in what is left out does not happen: both happen when their result is used. Nothing else changes.</remarks>
internal static class RemoveUnread
{
    /// <summary>The graph, in bodies too, without what its results do not need. Its own parameters stay.</summary>
    public static Graph Apply(Graph graph) => new Removal(graph).Run();

    private sealed class Removal(Graph graph)
    {
        private readonly Liveness live = new(graph);
        private readonly Dictionary<Primitive, Primitive?> reduced = [];
        private readonly Dictionary<Body, Body> opaque = new(ReferenceEqualityComparer.Instance);

        internal Graph Run() => Rebuilt(live.Root, null, null);

        /// <summary>A graph of the nodes that are needed, with these parameters and results; null means all.</summary>
        private Graph Rebuilt(Liveness.Scope scope, bool[]? parameters, bool[]? results)
        {
            var substitution = new Substitution();
            foreach (Node node in scope.Graph.Nodes)
            {
                if (scope.Nodes.Contains(node))
                {
                    Rebuild(node, substitution);
                }
            }

            ImmutableArray<Value> inputs = Chosen(scope.Graph.Parameters, parameters);
            ImmutableArray<Value> outputs = substitution.Of(Chosen(scope.Graph.Results, results));
            return inputs == scope.Graph.Parameters && outputs == scope.Graph.Results ? scope.Graph : new(inputs, outputs);
        }

        private void Rebuild(Node node, Substitution substitution)
        {
            if (live.UseOf(node.Primitive) is not { } use)
            {
                Primitive whole = node.Primitive.MapBodies(Rebuilt);
                Replace(node, ReferenceEquals(whole, node.Primitive) ? null : whole, node.Operands, null, substitution);
                return;
            }

            ImmutableArray<Value> kept = Chosen(node.Operands, [.. Enumerable.Repeat(true, use.Region.Lead), .. use.Parameters]);
            Replace(node, Reduced(node.Primitive, use), kept, use.Results, substitution);
        }

        private Body Rebuilt(Body body)
        {
            if (!opaque.TryGetValue(body, out Body? rebuilt))
            {
                Graph inner = Rebuilt(live.Opaque(body), null, null);
                rebuilt = ReferenceEquals(inner, body.Graph) ? body : new(inner);
                opaque.Add(body, rebuilt);
            }

            return rebuilt;
        }

        /// <summary>The primitive without what is not needed; null where it stays as it is.</summary>
        private Primitive? Reduced(Primitive primitive, Liveness.Use use)
        {
            if (!reduced.TryGetValue(primitive, out Primitive? smaller))
            {
                Region region = use.Region;
                ImmutableArray<Body> bodies = [.. use.Scopes.Select((scope, i) =>
                    Reduced(region.Bodies[i], Rebuilt(scope, use.Parameters, i < region.ResultBodies ? use.Results : null)))];
                smaller = bodies.AsSpan().SequenceEqual(region.Bodies.AsSpan(), ReferenceEqualityComparer.Instance)
                    ? null
                    : region.With(
                        bodies,
                        use.Parameters.Skip(region.FirstConstant).Take(region.Constants).Count(needed => needed),
                        use.Results.Take(region.Carries).Count(needed => needed));
                reduced.Add(primitive, smaller);
            }

            return smaller;
        }

        private static Body Reduced(Body body, Graph graph) => ReferenceEquals(graph, body.Graph) ? body : new(graph);

        private static void Replace(
            Node node, Primitive? primitive, ImmutableArray<Value> operands, bool[]? results, Substitution substitution)
        {
            ImmutableArray<Value> now = substitution.Of(operands);
            if (primitive is null && now == node.Operands)
            {
                return;
            }

            Node changed = Node.Make(primitive ?? node.Primitive, now, node.Origin);
            int next = 0;
            for (int i = 0; i < node.Results.Length; i++)
            {
                if (results is null || results[i])
                {
                    substitution[node.Results[i]] = changed.Results[next++];
                }
            }
        }

        private static ImmutableArray<Value> Chosen(ImmutableArray<Value> values, bool[]? mask) =>
            mask is null || !mask.Contains(false) ? values : [.. values.Where((_, i) => mask[i])];
    }
}
