using System.Collections.Immutable;
using Adjoint.Compile.Regions;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Compile.Fusion;

/// <summary>
/// Puts operations over large arrays together, so that arrays between them are never stored: elementwise operations, changes of layout, and
/// reductions with what comes before and after them become one <see cref="Fused"/> node, whose body a nest of loops runs.
/// </summary>
/// <remarks>
/// <para>From the results back, a node joins the group that reads it: at the same index of the group's space, once a row of it, or wherever
/// an element is asked for, as long as nothing dear is computed twice. Broadcasts and other views are made again in each group. Groups over
/// one space that read the same array become one.</para>
/// <para>What cannot be computed for single elements, or may fail or print, stays as it is. Products and convolutions keep their
/// kernels. Bodies of loops and branches are treated the same way.</para>
/// </remarks>
public static class FuseLarge
{
    /// <summary>Elements up to which operations are small and better run as methods.</summary>
    private const double Small = 4096;

    /// <summary>The same in the step of a loop.</summary>
    private const double SmallInLoops = 16384;

    /// <summary>The graph with large operations in groups.</summary>
    public static Graph Apply(Graph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        return new Body(graph).Depth >= GraphText.MaxDepth - 3
            ? graph
            : Apply(graph, new FusionKinds(), new(ReferenceEqualityComparer.Instance), Small);
    }

    private static Graph Apply(Graph graph, FusionKinds kinds, Dictionary<Body, Body> bodies, double small)
    {
        var map = new FusionMap(graph, kinds, small);
        var substitution = new Substitution();
        foreach (object unit in FusionOrder.Of(graph, map))
        {
            if (unit is FusionGroup group)
            {
                RegionCut.Replace(
                    map.NodesOf(group), value => map.HomeOf(value.Producer!) == group && map.IsSeen(value.Producer!, group), substitution);
            }
            else
            {
                Renew((Node)unit, substitution, kinds, bodies, small);
            }
        }

        ImmutableArray<Value> results = substitution.Of(graph.Results);
        return results == graph.Results ? graph : new(graph.Parameters, results);
    }

    private static void Renew(Node node, Substitution substitution, FusionKinds kinds, Dictionary<Body, Body> bodies, double small)
    {
        double inside = node.Primitive is Scan or While or Repeat ? SmallInLoops : small;
        Primitive primitive = node.Primitive is Fused ? node.Primitive : node.Primitive.MapBodies(body => Apply(body, kinds, bodies, inside));
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

    private static Body Apply(Body body, FusionKinds kinds, Dictionary<Body, Body> bodies, double small)
    {
        if (!bodies.TryGetValue(body, out Body? made))
        {
            Graph graph = Apply(body.Graph, kinds, bodies, small);
            made = ReferenceEquals(graph, body.Graph) ? body : new(graph);
            bodies.Add(body, made);
        }

        return made;
    }
}
