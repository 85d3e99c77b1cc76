using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Compile;

/// <summary>Turns factors of small products in the steps of loops, so that neighbours in the result read neighbours in memory.</summary>
/// <remarks>
/// A factor that is the same in each step is turned once, before the loop, since the permutation moves out of it as other invariants do;
/// another one is turned where each of its elements is read several times. The order of a sum stays, unless a kernel runs the product
/// that sums along rows in lanes.
/// </remarks>
internal static class LayOutProducts
{
    /// <summary>The fewest elements that are worth it.</summary>
    private const int Fewest = 16;

    /// <summary>The most multiplications: larger products copy what they read in any case.</summary>
    private const int Most = 1 << 18;

    /// <summary>How often an element is read at least where it changes from step to step.</summary>
    private const int ReadsOfVariant = 4;

    /// <summary>The graph, in bodies too, with such permutations.</summary>
    public static Graph Apply(Graph graph) => LoopSteps.Rewrite(graph, Rule);

    private static Func<Node, Node, ImmutableArray<Value>> Rule(Graph body, Region loop)
    {
        HashSet<Value> same = LoopSteps.Invariant(body, loop);
        return (node, original) => ProductAxes.Of(node) is { Last: >= 0 } axes && TurnedSide(original, axes, same) is int side and >= 0
            ? [Turned(node, (DotGeneral)node.Primitive, side)]
            : node.Results;
    }

    /// <summary>The factor that is to be turned, or −1.</summary>
    private static int TurnedSide(Node node, ProductAxes axes, HashSet<Value> same)
    {
        int side = axes.SideOf(axes.Last);
        if (side < 0)
        {
            return -1;
        }

        Value factor = node.Operands[side];
        Shape shape = factor.Tensor.Shape;
        int last = Enumerable.Range(0, shape.Rank).Last(axis => shape[axis].Value > 1);
        double products = (double)node.Result.Tensor.Shape.Size * axes.Terms;
        return axes.Sources(side)[last] < 0 && shape.Size > Fewest && products <= Most
            && (same.Contains(factor) || products >= (double)ReadsOfVariant * shape.Size)
            ? side
            : -1;
    }

    /// <summary>The product of the factor with its axis of sums before its other axes.</summary>
    private static Value Turned(Node node, DotGeneral dot, int side)
    {
        Value factor = node.Operands[side];
        (Axes batch, Axes contract) = side == 0 ? (dot.LeftBatch, dot.LeftContract) : (dot.RightBatch, dot.RightContract);
        Axes free = side == 0 ? dot.LeftFree(factor.Tensor.Rank) : dot.RightFree(factor.Tensor.Rank);
        Value turned = Ops.Permute(factor, new Axes(batch.Concat(contract).Concat(free)));
        Axes first = Axes.All(batch.Count);
        var sums = new Axes(batch.Count);
        return side == 0
            ? Ops.Apply(dot with { LeftBatch = first, LeftContract = sums }, turned, node.Operands[1])
            : Ops.Apply(dot with { RightBatch = first, RightContract = sums }, node.Operands[0], turned);
    }
}
