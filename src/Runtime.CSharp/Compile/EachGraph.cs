using System.Collections.Immutable;
using Adjoint.Ir;

namespace Adjoint.Compile;

/// <summary>Takes graphs as wholes: the bodies inside a graph before the graph itself, each once.</summary>
/// <param name="local">What is done to one graph, whose bodies are done already.</param>
internal sealed class EachGraph(Func<Graph, Graph> local)
{
    private readonly Dictionary<Body, Body> bodies = new(ReferenceEqualityComparer.Instance);

    internal Graph Apply(Graph graph)
    {
        var substitution = new Substitution();
        Func<Body, Body> inside = Apply;
        foreach (Node node in graph.Nodes)
        {
            Primitive primitive = node.Primitive.MapBodies(inside);
            ImmutableArray<Value> operands = substitution.Of(node.Operands);
            if (!ReferenceEquals(primitive, node.Primitive) || operands != node.Operands)
            {
                Node changed = Node.Make(primitive, operands, node.Origin);
                for (int i = 0; i < node.Results.Length; i++)
                {
                    substitution[node.Results[i]] = changed.Results[i];
                }
            }
        }

        ImmutableArray<Value> results = substitution.Of(graph.Results);
        return local(results == graph.Results ? graph : new(graph.Parameters, results));
    }

    private Body Apply(Body body)
    {
        if (!bodies.TryGetValue(body, out Body? done))
        {
            Graph graph = Apply(body.Graph);
            done = ReferenceEquals(graph, body.Graph) ? body : new(graph);
            bodies.Add(body, done);
        }

        return done;
    }
}
