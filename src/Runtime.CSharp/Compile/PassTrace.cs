using Adjoint.Ir;

namespace Adjoint.Compile;

/// <summary>What a graph is after a pass.</summary>
/// <param name="Pass">The pass's name; empty for the graph before all passes.</param>
/// <param name="Graph">The graph.</param>
public sealed record PassTrace(string Pass, Graph Graph)
{
    /// <summary>How many nodes it has, those of bodies included; a body that several nodes hold counts once.</summary>
    public int Nodes { get; } = Count(Graph);

    private static int Count(Graph graph)
    {
        var seen = new HashSet<Body>(ReferenceEqualityComparer.Instance);
        var pending = new Stack<Graph>([graph]);
        int count = 0;
        while (pending.TryPop(out Graph? next))
        {
            count += next.Nodes.Length;
            foreach (Node node in next.Nodes)
            {
                node.Primitive.MapBodies(body =>
                {
                    if (seen.Add(body))
                    {
                        pending.Push(body.Graph);
                    }

                    return body;
                });
            }
        }

        return count;
    }
}
