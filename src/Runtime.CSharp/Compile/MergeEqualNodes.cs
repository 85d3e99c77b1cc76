using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Compile;

/// <summary>Computes once what is asked for twice: nodes of equal primitives on the same operands become one, in bodies too.</summary>
/// <remarks>Each node is looked up once. Two equal debug prints stay two. The merged node keeps the origin that comes first.</remarks>
public static class MergeEqualNodes
{
    /// <summary>The graph without a node that equals another.</summary>
    public static Graph Apply(Graph graph) => new Rewriter(Rule).Apply(graph);

    private static Func<Node, Node, ImmutableArray<Value>> Rule(Graph graph)
    {
        var first = new Dictionary<Node, Node>(new SameCall());
        return (node, _) => node.Primitive is DebugPrint || first.TryAdd(node, node) ? node.Results : first[node].Results;
    }

    private sealed class SameCall : IEqualityComparer<Node>
    {
        public bool Equals(Node? left, Node? right) =>
            left!.Operands.AsSpan().SequenceEqual(right!.Operands.AsSpan()) && left.Primitive.Equals(right.Primitive);

        public int GetHashCode(Node node)
        {
            HashCode hash = default;
            hash.Add(node.Primitive);
            foreach (Value operand in node.Operands)
            {
                hash.Add(RuntimeHelpers.GetHashCode(operand));
            }

            return hash.ToHashCode();
        }
    }
}
