using System.Collections.Immutable;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Compile.Regions;

/// <summary>Puts what is small into regions: neighbouring nodes, and loops and branches whose steps are small, become one <see cref="Fused"/> node.</summary>
/// <remarks>
/// <para>Nodes are taken level by level: small ones and others alternate on every way through the graph, and small nodes of one level
/// make a region. So regions never wait for each other in a circle.</para>
/// <para>Bodies of loops and branches that stay are treated the same way.</para>
/// </remarks>
public static class FuseSmall
{
    /// <summary>The graph with small nodes in regions.</summary>
    public static Graph Apply(Graph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        return IsTooDeep(graph) ? graph : Apply(graph, new SmallWork(), new(ReferenceEqualityComparer.Instance));
    }

    /// <summary>The graph with small nodes in regions that give the same bits as if each node ran alone.</summary>
    internal static Graph ApplyExactly(Graph graph) =>
        IsTooDeep(graph) ? graph : Apply(graph, new SmallWork(new ExactNodes()), new(ReferenceEqualityComparer.Instance));

    /// <summary>A region is one more level of bodies.</summary>
    private static bool IsTooDeep(Graph graph) => new Body(graph).Depth >= GraphText.MaxDepth - 3;

    private static Graph Apply(Graph graph, SmallWork work, Dictionary<Body, Body> bodies)
    {
        RegionMap map = RegionMap.Of(graph, work);
        var substitution = new Substitution();
        foreach (RegionUnit unit in map.Units)
        {
            if (unit.IsRegion)
            {
                RegionCut.Replace(unit.Nodes, map.IsSeen, substitution);
            }
            else
            {
                Renew(unit.Nodes, substitution, body => Apply(body, work, bodies));
            }
        }

        ImmutableArray<Value> results = substitution.Of(graph.Results);
        return results == graph.Results ? graph : new(graph.Parameters, results);
    }

    private static Body Apply(Body body, SmallWork work, Dictionary<Body, Body> bodies)
    {
        if (!bodies.TryGetValue(body, out Body? made))
        {
            Graph graph = Apply(body.Graph, work, bodies);
            made = ReferenceEquals(graph, body.Graph) ? body : new(graph);
            bodies.Add(body, made);
        }

        return made;
    }

    private static void Renew(ImmutableArray<Node> nodes, Substitution substitution, Func<Body, Body> inside)
    {
        foreach (Node node in nodes)
        {
            Renew(node, substitution, inside);
        }
    }

    private static void Renew(Node node, Substitution substitution, Func<Body, Body> inside)
    {
        Primitive primitive = node.Primitive is Fused ? node.Primitive : node.Primitive.MapBodies(inside);
        ImmutableArray<Value> operands = substitution.Of(node.Operands);
        if (ReferenceEquals(primitive, node.Primitive) && operands == node.Operands)
        {
            return;
        }

        Node made = Node.Make(primitive, operands, node.Origin);
        for (int i = 0; i < made.Results.Length; i++)
        {
            substitution[node.Results[i]] = made.Results[i];
        }
    }
}
