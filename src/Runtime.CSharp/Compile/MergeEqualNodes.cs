using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Compile;

/// <summary>Computes once what is asked for twice: nodes of equal primitives on the same operands become one, in bodies too.</summary>
/// <remarks>Sums, products and the like are equal in either order of their operands. Each node is looked up once. Two equal debug prints stay two. The merged node keeps the origin that comes first.</remarks>
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
        public bool Equals(Node? left, Node? right) => left!.Primitive.Equals(right!.Primitive)
            && (left.Operands.AsSpan().SequenceEqual(right.Operands.AsSpan()) || (IsSymmetric(left.Primitive) && AreSwapped(left, right)));

        public int GetHashCode(Node node)
        {
            if (IsSymmetric(node.Primitive))
            {
                int both = unchecked(RuntimeHelpers.GetHashCode(node.Operands[0]) + RuntimeHelpers.GetHashCode(node.Operands[1]));
                return HashCode.Combine(node.Primitive, both);
            }

            HashCode hash = default;
            hash.Add(node.Primitive);
            foreach (Value operand in node.Operands)
            {
                hash.Add(RuntimeHelpers.GetHashCode(operand));
            }

            return hash.ToHashCode();
        }

        /// <summary>Whether the result is the same to the bit in either order of two operands.</summary>
        private static bool IsSymmetric(Primitive primitive) =>
            primitive is Add or Mul or Max or Min or And or Or or Xor or Compare { Direction: Direction.Eq or Direction.Ne };

        private static bool AreSwapped(Node left, Node right) =>
            left.Operands[0] == right.Operands[1] && left.Operands[1] == right.Operands[0];
    }
}
