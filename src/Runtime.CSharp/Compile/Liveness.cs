using Adjoint.Ir;

namespace Adjoint.Compile;

/// <summary>What the results of a graph need, into bodies too: nodes, parameters, and which results of loops and branches.</summary>
/// <remarks>
/// A value is marked once in each body, so this takes time linear in the nodes, loops in loops among them: a carry that is read makes
/// its step's result read, which is marked from there on. Equal primitives are marked together: what one of them needs, all keep.
/// </remarks>
internal sealed class Liveness
{
    private readonly Dictionary<Primitive, Use> uses = [];
    private readonly Dictionary<Body, Scope> opaque = new(ReferenceEqualityComparer.Instance);
    private readonly Stack<(Scope Scope, Value Value)> pending = [];

    internal Liveness(Graph graph)
    {
        Root = new(graph, null);
        MarkAll(Root);
        while (pending.TryPop(out (Scope Scope, Value Value) next))
        {
            Follow(next.Scope, next.Value);
        }
    }

    /// <summary>The graph itself.</summary>
    internal Scope Root { get; }

    /// <summary>What is needed of the region that a primitive is; null where it is none.</summary>
    internal Use? UseOf(Primitive primitive) => uses.GetValueOrDefault(primitive);

    /// <summary>What is needed in a body that passes leave alone from outside.</summary>
    internal Scope Opaque(Body body) => opaque[body];

    private void Mark(Scope scope, Value value)
    {
        if (scope.Values.Add(value))
        {
            pending.Push((scope, value));
        }
    }

    private void MarkAll(Scope scope)
    {
        foreach (Value result in scope.Graph.Results)
        {
            Mark(scope, result);
        }
    }

    private void Follow(Scope scope, Value value)
    {
        if (value.Producer is not { } node)
        {
            scope.Owner?.NeedParameter(scope.Place(value));
            return;
        }

        bool first = scope.Nodes.Add(node);
        if (Enter(node.Primitive) is { } use)
        {
            if (first)
            {
                use.AddSite(scope, node);
            }

            use.NeedResult(value.Index);
        }
        else if (first)
        {
            FollowWhole(scope, node);
        }
    }

    private void FollowWhole(Scope scope, Node node)
    {
        foreach (Value operand in node.Operands)
        {
            Mark(scope, operand);
        }

        node.Primitive.MapBodies(body =>
        {
            if (!opaque.ContainsKey(body))
            {
                opaque.Add(body, new(body.Graph, null));
                MarkAll(opaque[body]);
            }

            return body;
        });
    }

    private Use? Enter(Primitive primitive)
    {
        if (primitive is not Primitives.BodyPrimitive)
        {
            return null;
        }

        if (!uses.TryGetValue(primitive, out Use? use) && Region.Of(primitive) is { } region)
        {
            use = new(region, Mark);
            uses.Add(primitive, use);
        }

        return use;
    }

    /// <summary>A graph, and what is needed in it.</summary>
    internal sealed class Scope(Graph graph, Use? owner)
    {
        private readonly Dictionary<Value, int> places = new(ReferenceEqualityComparer.Instance);

        internal Graph Graph => graph;

        internal Use? Owner => owner;

        internal HashSet<Value> Values { get; } = new(ReferenceEqualityComparer.Instance);

        internal HashSet<Node> Nodes { get; } = new(ReferenceEqualityComparer.Instance);

        /// <summary>Which parameter a value is.</summary>
        internal int Place(Value parameter)
        {
            if (places.Count == 0)
            {
                for (int i = 0; i < graph.Parameters.Length; i++)
                {
                    places[graph.Parameters[i]] = i;
                }
            }

            return places[parameter];
        }
    }

    /// <summary>What is needed of a region, wherever it stands.</summary>
    internal sealed class Use
    {
        private readonly Action<Scope, Value> mark;
        private readonly List<(Scope Scope, Node Node)> sites = [];

        internal Use(Region region, Action<Scope, Value> mark)
        {
            Region = region;
            this.mark = mark;
            Parameters = new bool[region.Parameters];
            Results = new bool[region.Bodies[0].Graph.Results.Length];
            Scopes = [.. region.Bodies.Select(body => new Scope(body.Graph, this))];
            Array.Fill(Parameters, true, 0, region.FirstConstant);
            if (region.HasCondition)
            {
                mark(Scopes[^1], Scopes[^1].Graph.Results[0]);
            }
        }

        internal Region Region { get; }

        /// <summary>The bodies, in the region's order.</summary>
        internal Scope[] Scopes { get; }

        /// <summary>The parameters that are needed; they are the same for all bodies.</summary>
        internal bool[] Parameters { get; }

        /// <summary>The results that are needed.</summary>
        internal bool[] Results { get; }

        internal void AddSite(Scope scope, Node node)
        {
            sites.Add((scope, node));
            for (int i = 0; i < Region.Lead; i++)
            {
                mark(scope, node.Operands[i]);
            }

            for (int i = 0; i < Parameters.Length; i++)
            {
                if (Parameters[i])
                {
                    mark(scope, node.Operands[Region.Lead + i]);
                }
            }
        }

        internal void NeedResult(int i)
        {
            if (Results[i])
            {
                return;
            }

            Results[i] = true;
            for (int body = 0; body < Region.ResultBodies; body++)
            {
                mark(Scopes[body], Scopes[body].Graph.Results[i]);
            }

            if (i < Region.Carries)
            {
                NeedParameter(Region.FirstCarry + i);
            }
        }

        internal void NeedParameter(int i)
        {
            if (Parameters[i])
            {
                return;
            }

            Parameters[i] = true;
            foreach ((Scope scope, Node node) in sites)
            {
                mark(scope, node.Operands[Region.Lead + i]);
            }

            if (Region.IsCarry(i))
            {
                NeedResult(i - Region.FirstCarry);
            }
        }
    }
}
