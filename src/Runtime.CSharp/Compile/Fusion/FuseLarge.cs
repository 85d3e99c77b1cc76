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

    /// <summary>The same in the step of a loop that will run as one method.</summary>
    private const double SmallInLoops = 16384;

    /// <summary>Elements up to which numbers of their own are better than loops over lanes.</summary>
    private const double Lanes = 32;

    /// <summary>The graph with large operations in groups.</summary>
    public static Graph Apply(Graph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        return Apply(graph, Small, SmallInLoops);
    }

    /// <summary>The graph with groups of more than so many elements of work, and so many in loops.</summary>
    internal static Graph Apply(Graph graph, double small, double smallInLoops) => new Body(graph).Depth >= GraphText.MaxDepth - 3
        ? graph
        : new Pass(smallInLoops).Apply(graph, small);

    /// <summary>Whether all of a graph would be one group, and there is enough for loops over lanes to do.</summary>
    internal static bool IsOne(Graph graph) => new FusionMap(graph, new FusionKinds(), Lanes).IsOneGroup;

    /// <summary>The graph with groups of nodes that give the same bits as if each ran alone.</summary>
    internal static Graph ApplyExactly(Graph graph) => new Body(graph).Depth >= GraphText.MaxDepth - 3
        ? graph
        : new Pass(SmallInLoops, new ExactNodes()).Apply(graph, Small);

    private sealed class Pass(double smallInLoops, ExactNodes? exact = null)
    {
        private readonly FusionKinds kinds = new(exact);
        private readonly SmallWork work = new(exact);
        private readonly Dictionary<Body, Body> bodies = new(ReferenceEqualityComparer.Instance);

        internal Graph Apply(Graph graph, double small)
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
                    Renew((Node)unit, substitution, small);
                }
            }

            ImmutableArray<Value> results = substitution.Of(graph.Results);
            return results == graph.Results ? graph : new(graph.Parameters, results);
        }

        private void Renew(Node node, Substitution substitution, double small)
        {
            double inside = node.Primitive is Scan or While or Repeat && work.Is(node) ? smallInLoops : small;
            Primitive primitive = node.Primitive is Fused ? node.Primitive : node.Primitive.MapBodies(body => Apply(body, inside));
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

        private Body Apply(Body body, double small)
        {
            if (!bodies.TryGetValue(body, out Body? made))
            {
                Graph graph = Apply(body.Graph, small);
                made = ReferenceEquals(graph, body.Graph) ? body : new(graph);
                bodies.Add(body, made);
            }

            return made;
        }
    }
}
