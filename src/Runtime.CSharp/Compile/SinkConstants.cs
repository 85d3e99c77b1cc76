using System.Collections.Immutable;
using Adjoint.Ir;

namespace Adjoint.Compile;

/// <summary>Puts literals into the bodies that are handed them, so that what they make simple there becomes simple.</summary>
/// <remarks>
/// Outer bodies first: what they get, they hand on. A body that is handed other literals at each of many places is made for a few
/// of them, and takes operands at the others, so that nests in which each body stands twice do not grow.
/// </remarks>
internal static class SinkConstants
{
    /// <summary>For how many choices of literals one primitive is made.</summary>
    private const int Copies = 8;

    /// <summary>The graph, whose bodies take no literals as constants.</summary>
    public static Graph Apply(Graph graph) => new Sinking().Apply(graph, new());

    private sealed class Sinking
    {
        private readonly Dictionary<Request, Primitive> made = [];
        private readonly Dictionary<Primitive, int> copies = [];
        private readonly Dictionary<Body, Body> opaque = new(ReferenceEqualityComparer.Instance);
        private readonly Dictionary<Literal, Value> literals = [];

        internal Graph Apply(Graph graph, Substitution substitution)
        {
            foreach (Node node in graph.Nodes)
            {
                ImmutableArray<Value> operands = substitution.Of(node.Operands);
                Primitive primitive = Of(node.Primitive, operands);
                if (ReferenceEquals(primitive, node.Primitive) && operands == node.Operands)
                {
                    continue;
                }

                Node changed = Node.Make(primitive, operands, node.Origin);
                for (int i = 0; i < node.Results.Length; i++)
                {
                    substitution[node.Results[i]] = changed.Results[i];
                }
            }

            ImmutableArray<Value> results = substitution.Of(graph.Results);
            return results == graph.Results ? graph : new(graph.Parameters, results);
        }

        private Primitive Of(Primitive primitive, ImmutableArray<Value> operands)
        {
            if (primitive is not Primitives.BodyPrimitive)
            {
                return primitive;
            }

            if (Region.Of(primitive) is not { } region)
            {
                return primitive.MapBodies(Whole);
            }

            Request request = new(primitive, new(Given(region, operands)));
            if (!made.TryGetValue(request, out Primitive? sunk))
            {
                int before = copies.GetValueOrDefault(primitive);
                copies[primitive] = before + 1;
                sunk = Made(region, primitive, before < Copies ? request.Literals : new([]));
                made.Add(request, sunk);
            }

            return sunk;
        }

        private Body Whole(Body body)
        {
            if (!opaque.TryGetValue(body, out Body? whole))
            {
                whole = Into(body, new([]));
                opaque.Add(body, whole);
            }

            return whole;
        }

        private Primitive Made(Region region, Primitive primitive, Placed given)
        {
            ImmutableArray<Body> bodies = [.. region.Bodies.Select(body => Into(body, given))];
            return bodies.AsSpan().SequenceEqual(region.Bodies.AsSpan(), ReferenceEqualityComparer.Instance)
                ? primitive
                : region.With(bodies, region.Constants, region.Carries);
        }

        private Body Into(Body body, Placed given)
        {
            var substitution = new Substitution();
            foreach ((int place, Value literal) in given.Items)
            {
                substitution[body.Graph.Parameters[place]] = literal;
            }

            Graph graph = Apply(body.Graph, substitution);
            return ReferenceEquals(graph, body.Graph) ? body : new(graph);
        }

        /// <summary>The literals among the constants, each at its parameter.</summary>
        private List<(int Place, Value Literal)> Given(Region region, ImmutableArray<Value> operands)
        {
            var given = new List<(int, Value)>();
            for (int i = region.FirstConstant; i < region.FirstCarry; i++)
            {
                if (Uniform.IsLiteral(operands[region.Lead + i]))
                {
                    given.Add((i, Known(operands[region.Lead + i])));
                }
            }

            return given;
        }

        /// <summary>One value for all equal literals.</summary>
        private Value Known(Value value)
        {
            var key = new Literal(value.Type, Uniform.Of(value), value.Producer!.Operands.IsEmpty ? value.Producer.Primitive : null);
            return literals.TryGetValue(key, out Value? known) ? known : literals[key] = value;
        }

        private sealed record Literal(ValueType Type, Core.Scalar? Number, Primitive? Primitive);

        private sealed record Request(Primitive Primitive, Placed Literals);
    }

    /// <summary>Literals at parameters; equal when they are the same values.</summary>
    private sealed class Placed(List<(int Place, Value Literal)> items) : IEquatable<Placed>
    {
        internal List<(int Place, Value Literal)> Items => items;

        public bool Equals(Placed? other) => other is not null && items.SequenceEqual(other.Items);

        public override bool Equals(object? obj) => Equals(obj as Placed);

        public override int GetHashCode()
        {
            HashCode hash = default;
            foreach ((int place, Value literal) in items)
            {
                hash.Add(place);
                hash.Add(literal);
            }

            return hash.ToHashCode();
        }
    }
}
