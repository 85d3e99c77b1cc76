using System.Collections.Immutable;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Compile;

/// <summary>Puts the body of a call in its place, and of functions with rules of their own, which have done their duty.</summary>
/// <remarks>
/// A body that stands once is moved; one that stands often is copied where it is small, so that nests in which each body is called twice
/// do not grow. Checkpoints stay: what they run again is meant to be run again.
/// </remarks>
internal static class InlineCalls
{
    /// <summary>The largest body that is copied, in nodes.</summary>
    private const int Small = 64;

    /// <summary>The graph, in bodies too, without calls.</summary>
    public static Graph Apply(Graph graph)
    {
        Dictionary<Body, int> holders = Holders(graph);
        return new Rewriter(_ => (node, original) => Inlined(node, original, holders)).Apply(graph);
    }

    private static ImmutableArray<Value> Inlined(Node node, Node original, Dictionary<Body, int> holders) =>
        Called(node.Primitive) is { } body && (body.Graph.Nodes.Length <= Small || holders[Called(original.Primitive)!] == 1)
            ? Substitution.Inline(body.Graph, node.Operands)
            : node.Results;

    /// <summary>What a node runs on its operands; null where it does anything else.</summary>
    private static Body? Called(Primitive primitive) => primitive switch
    {
        Call call => call.Body,
        CustomFunction custom => custom.Primal,
        CustomLinearSolve solve => solve.Solve,
        CustomRoot root => root.Solve,
        _ => null,
    };

    /// <summary>How many nodes hold each body, in any graph; each is entered once.</summary>
    private static Dictionary<Body, int> Holders(Graph graph)
    {
        var holders = new Dictionary<Body, int>(ReferenceEqualityComparer.Instance);
        var pending = new Stack<Graph>([graph]);
        Body Count(Body body)
        {
            if (!holders.TryAdd(body, 1))
            {
                holders[body]++;
            }
            else
            {
                pending.Push(body.Graph);
            }

            return body;
        }

        Func<Body, Body> count = Count;
        while (pending.TryPop(out Graph? next))
        {
            foreach (Node node in next.Nodes)
            {
                node.Primitive.MapBodies(count);
            }
        }

        return holders;
    }
}
