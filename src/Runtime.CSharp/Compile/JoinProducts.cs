using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Compile;

/// <summary>Makes one product of several in the step of a loop, which multiply one value by matrices that are the same in each step.</summary>
/// <remarks>
/// The gates of a recurrent cell with a matrix each are such. The matrices are put side by side once, before the loop. Each element is the
/// same sum as before, in the same order, unless a kernel runs a product of one row or column.
/// </remarks>
internal static class JoinProducts
{
    /// <summary>The most columns of a matrix: those of wider ones keep the processor busy by themselves.</summary>
    private const int Widest = 64;

    /// <summary>The graph, in bodies too, with joined products.</summary>
    public static Graph Apply(Graph graph) => LoopSteps.Rewrite(graph, Rule);

    private static Func<Node, Node, ImmutableArray<Value>> Rule(Graph body, Region loop)
    {
        var constants = new HashSet<Value>(LoopSteps.Constants(body, loop), ReferenceEqualityComparer.Instance);
        var joined = new Dictionary<Node, Joined>(ReferenceEqualityComparer.Instance);
        foreach (IGrouping<Key, Node> group in body.Nodes.Where(node => Key.Of(node, constants) is not null)
            .GroupBy(node => Key.Of(node, constants)!).Where(group => group.Count() > 1))
        {
            var whole = new Joined(group.Key, [.. group]);
            group.ToList().ForEach(node => joined.Add(node, whole));
        }

        return (node, original) => joined.TryGetValue(original, out Joined? whole) ? [whole.PartOf(node, original)] : node.Results;
    }

    /// <summary>What products have in common that become one.</summary>
    /// <param name="Dot">The primitive.</param>
    /// <param name="Shared">The factor that they share.</param>
    /// <param name="Side">The place of the other one.</param>
    private sealed record Key(DotGeneral Dot, Value Shared, int Side)
    {
        internal static Key? Of(Node node, HashSet<Value> constants)
        {
            if (node.Primitive is not DotGeneral { LeftContract.Count: 1, LeftBatch.Count: 0 } dot)
            {
                return null;
            }

            int side = constants.Contains(node.Operands[1]) ? 1 : 0;
            Value matrix = node.Operands[side];
            Axes sums = side == 0 ? dot.LeftContract : dot.RightContract;
            return constants.Contains(matrix) && !constants.Contains(node.Operands[1 - side])
                && matrix.Tensor.Rank == 2 && matrix.Tensor.Shape[1 - sums[0]].Value <= Widest
                ? new(dot, node.Operands[1 - side], side)
                : null;
        }
    }

    /// <summary>Products that become one, which is made where the first of them stands.</summary>
    private sealed class Joined(Key key, ImmutableArray<Node> nodes)
    {
        private Value? product;

        internal Value PartOf(Node node, Node original)
        {
            Axes sums = key.Side == 0 ? key.Dot.LeftContract : key.Dot.RightContract;
            int free = 1 - sums[0];
            int Width(Node part) => part.Operands[key.Side].Tensor.Shape[free].Value;
            if (product is null)
            {
                Value matrix = Ops.Concatenate(free, [.. nodes.Select(part => part.Operands[key.Side])]);
                Value shared = node.Operands[1 - key.Side];
                product = key.Side == 0 ? Ops.Apply(key.Dot, matrix, shared) : Ops.Apply(key.Dot, shared, matrix);
            }

            int axis = key.Side == 0 ? 0 : product.Tensor.Rank - 1;
            int first = nodes.TakeWhile(part => part != original).Sum(Width);
            return Ops.SliceAxis(product, axis, first, first + Width(original));
        }
    }
}
