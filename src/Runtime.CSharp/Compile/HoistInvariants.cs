using System.Collections.Immutable;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Compile;

/// <summary>Computes before a loop what is the same in each of its steps, conditions of while among them; inner loops first, so it moves all the way out.</summary>
/// <remarks>
/// What costs nothing where it stands (literals, broadcasts, reshapes) stays, and is copied to where it is wanted outside. Out of a loop
/// that may run no step only that moves which can neither fail nor run forever. A debug print stays where it prints.
/// </remarks>
internal static class HoistInvariants
{
    /// <summary>The graph, in bodies too, whose loops repeat nothing that is the same in each step.</summary>
    public static Graph Apply(Graph graph)
    {
        var effects = new Effects();
        return new Rewriter(node => Hoisted(node, effects)).Apply(graph);
    }

    private static ImmutableArray<Value> Hoisted(Node node, Effects effects)
    {
        if (Region.Of(node.Primitive) is not { IsLoop: true } region)
        {
            return node.Results;
        }

        bool runs = node.Primitive is Scan { Length: > 0 };
        Invariants[] found = [.. region.Bodies.Select(body =>
            new Invariants(body.Graph, region, inner => runs ? effects.IsSilent(inner) : effects.IsTotal(inner)))];
        if (found.All(invariants => invariants.Wanted.Count == 0))
        {
            return node.Results;
        }

        int before = region.Lead + region.FirstCarry;
        ImmutableArray<Value> moved = [.. found.SelectMany(invariants => invariants.Outside(node.Operands))];
        ImmutableArray<Value>[] parameters = [.. found.Select(_ => ValueTypes.Of(moved).Select(type => Value.Parameter(type)).ToImmutableArray())];
        int next = 0;
        var bodies = ImmutableArray.CreateBuilder<Body>();
        for (int i = 0; i < found.Length; i++)
        {
            bodies.Add(found[i].Inside(parameters[i], next));
            next += found[i].Wanted.Count;
        }

        return Node.Make(
            region.With(bodies.ToImmutable(), region.Constants + moved.Length, region.Carries),
            [.. node.Operands[..before], .. moved, .. node.Operands[before..]],
            node.Origin).Results;
    }

    /// <summary>What of a body is the same in each step.</summary>
    private sealed class Invariants
    {
        private readonly Graph graph;
        private readonly Region region;
        private readonly HashSet<Value> same = new(ReferenceEqualityComparer.Instance);
        private readonly HashSet<Node> moving = new(ReferenceEqualityComparer.Instance);

        internal Invariants(Graph graph, Region region, Func<Node, bool> mayMove)
        {
            this.graph = graph;
            this.region = region;
            same.UnionWith(graph.Parameters.Skip(region.FirstConstant).Take(region.Constants));
            foreach (Node node in graph.Nodes)
            {
                if (node.Operands.All(same.Contains) && mayMove(node))
                {
                    same.UnionWith(node.Results);
                    if (!IsFree(node.Primitive))
                    {
                        moving.Add(node);
                    }
                }
            }

            FindWanted();
        }

        /// <summary>The values of moving nodes that nodes read which stay.</summary>
        internal List<Value> Wanted { get; } = [];

        /// <summary>The wanted values, computed from a node's operands.</summary>
        internal IEnumerable<Value> Outside(ImmutableArray<Value> operands)
        {
            var outside = new Substitution();
            for (int i = region.FirstConstant; i < region.FirstCarry; i++)
            {
                outside[graph.Parameters[i]] = operands[region.Lead + i];
            }

            var needed = new HashSet<Node>(Wanted.Select(value => value.Producer!), ReferenceEqualityComparer.Instance);
            foreach (Node node in graph.Nodes.Reverse().Where(needed.Contains))
            {
                needed.UnionWith(node.Operands.Select(operand => operand.Producer).OfType<Node>());
            }

            foreach (Node node in graph.Nodes.Where(needed.Contains))
            {
                outside.Apply(node);
            }

            return outside.Of([.. Wanted]);
        }

        /// <summary>The body with further constants, of which those from a place on stand for the wanted values.</summary>
        internal Graph Inside(ImmutableArray<Value> constants, int place)
        {
            var inside = new Substitution();
            for (int i = 0; i < Wanted.Count; i++)
            {
                inside[Wanted[i]] = constants[place + i];
            }

            foreach (Node node in graph.Nodes)
            {
                if (!moving.Contains(node))
                {
                    inside.Apply(node);
                }
            }

            ImmutableArray<Value> parameters = graph.Parameters;
            return new([.. parameters[..region.FirstCarry], .. constants, .. parameters[region.FirstCarry..]], inside.Of(graph.Results));
        }

        private static bool IsFree(Primitive primitive) => primitive is Constant or Iota or StackEmpty or Broadcast or Reshape;

        /// <summary>Walks back from the results through the nodes that stay.</summary>
        private void FindWanted()
        {
            var needed = new HashSet<Value>(graph.Results, ReferenceEqualityComparer.Instance);
            foreach (Node node in graph.Nodes.Reverse())
            {
                if (moving.Contains(node))
                {
                    Wanted.AddRange(node.Results.Where(needed.Contains));
                }
                else if (node.Results.Any(needed.Contains))
                {
                    needed.UnionWith(node.Operands);
                }
            }
        }
    }
}
