using System.Collections.Immutable;
using Adjoint.Ir;

namespace Adjoint.Compile;

/// <summary>Takes a graph node by node, operands first, and the bodies inside it before the nodes that hold them.</summary>
/// <param name="start">Gives, for one graph, the rule that says what stands for a node's results, from the node as it now is and as it was.</param>
internal sealed class Rewriter(Func<Graph, Func<Node, Node, ImmutableArray<Value>>> start)
{
    private readonly Dictionary<Body, Body> bodies = new(ReferenceEqualityComparer.Instance);

    /// <summary>Takes nodes by a rule that does not ask what they were, and that is the same for all graphs.</summary>
    internal Rewriter(Func<Node, ImmutableArray<Value>> rule)
        : this(_ => (node, _) => rule(node))
    {
    }

    /// <summary>The graph rewritten; itself where no rule changed a thing.</summary>
    internal Graph Apply(Graph graph)
    {
        Func<Node, Node, ImmutableArray<Value>> rule = start(graph);
        var substitution = new Substitution();
        Func<Body, Body> inside = Apply;
        foreach (Node node in graph.Nodes)
        {
            ImmutableArray<Value> replaced = rule(Renewed(node, substitution, inside), node);
            for (int i = 0; i < replaced.Length; i++)
            {
                if (replaced[i] != node.Results[i])
                {
                    Node.SettleOrigin([replaced[i]], node.Origin);
                    substitution[node.Results[i]] = replaced[i];
                }
            }
        }

        ImmutableArray<Value> results = substitution.Of(graph.Results);
        return results == graph.Results ? graph : new(graph.Parameters, results);
    }

    private static Node Renewed(Node node, Substitution substitution, Func<Body, Body> inside)
    {
        Primitive primitive = node.Primitive.MapBodies(inside);
        ImmutableArray<Value> operands = substitution.Of(node.Operands);
        return ReferenceEquals(primitive, node.Primitive) && operands == node.Operands ? node : Node.Make(primitive, operands, node.Origin);
    }

    private Body Apply(Body body)
    {
        if (!bodies.TryGetValue(body, out Body? rewritten))
        {
            Graph graph = Apply(body.Graph);
            rewritten = ReferenceEquals(graph, body.Graph) ? body : new(graph);
            bodies.Add(body, rewritten);
        }

        return rewritten;
    }
}
