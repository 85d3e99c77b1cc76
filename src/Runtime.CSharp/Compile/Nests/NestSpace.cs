using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Loops;
using Adjoint.Primitives;

namespace Adjoint.Compile.Nests;

/// <summary>A reduction that a nest of loops computes by itself, instead of once more for each element that reads it.</summary>
/// <param name="Node">The node.</param>
/// <param name="Op">What joins two elements.</param>
internal sealed record NestReduction(Node Node, LoopOp Op)
{
    /// <summary>The reduced value.</summary>
    internal Value Operand => Node.Operands[0];

    /// <summary>The type in which it is computed.</summary>
    internal DType Computed => LoopTypes.Computed(Node.Result.Tensor.DType);
}

/// <summary>What the loops of a fused body run over: an index space, and its axes along which the body reduces.</summary>
/// <param name="Shape">The index space: the shape of what is reduced, or else of the results.</param>
/// <param name="Reduced">The axes along which the body reduces.</param>
/// <param name="Reductions">The reductions, in the order of the body; none where the loops only write elements.</param>
internal sealed record NestSpace(Shape Shape, Axes Reduced, ImmutableArray<NestReduction> Reductions)
{
    /// <summary>The most elements that are joined one after another for each element that reads them.</summary>
    internal const int Small = 16;

    /// <summary>The axes that stay.</summary>
    internal Axes Kept => Reduced.Others(Shape.Rank);

    /// <summary>The shape of what is reduced.</summary>
    internal Shape Rows => Shape.Select(Kept);

    /// <summary>How many elements are joined.</summary>
    internal int Length => Shape.Select(Reduced).Size;

    /// <summary>Whether neighbours in memory are joined.</summary>
    internal bool AlongRows => Reduced.Contains(Shape.Rank - 1);

    /// <summary>Whether there are too few rows, of too many elements to go over them more than once.</summary>
    internal bool HasLongRows => Length > 1 << 16 && IsCut(1);

    /// <summary>Whether there are too few rows for tiles of so many elements, so that each is cut into parts.</summary>
    internal bool IsCut(int grain) => AlongRows && Rows.Size < 16 && Length >= 2 * grain;

    /// <summary>The reduction that a node is for the loops; null where it is none, or joins few elements.</summary>
    internal static NestReduction? ReductionOf(Node node, int small = Small)
    {
        if (node.Operands.Length != 1 || node.Operands[0].Type is not TensorType x || !LoopTypes.IsStored(x.DType))
        {
            return null;
        }

        return LoopReductions.Of(node.Primitive, x.DType) is (LoopOp op, Axes along) && Joined(x.Shape, along) > small ? new(node, op) : null;
    }

    /// <summary>The axes along which a reduction goes.</summary>
    internal static Axes AxesOf(Node node) => LoopReductions.Of(node.Primitive, node.Operands[0].Tensor.DType)!.Value.Along;

    /// <summary>The space of a body whose reductions of more than a few elements are the loops' own; null where its reductions or its results do not fit together.</summary>
    internal static NestSpace? Of(Graph body, int small = Small)
    {
        ImmutableArray<NestReduction> reductions = [.. body.Nodes.Select(node => ReductionOf(node, small)).OfType<NestReduction>()];
        if (reductions.IsEmpty)
        {
            return new(body.Results[0].Tensor.Shape, Axes.None, reductions);
        }

        Shape shape = reductions[0].Operand.Tensor.Shape;
        var reduced = new Axes(AxesOf(reductions[0].Node).Order());
        var space = new NestSpace(shape, reduced, reductions);
        bool fits = reductions.All(reduction =>
            reduction.Operand.Tensor.Shape.Equals(shape) && AxesOf(reduction.Node).Order().SequenceEqual(reduced));
        Shape rows = space.Rows;
        return fits && body.Results.All(result => result.Tensor.Shape.Equals(shape) || IsAlike(result.Tensor.Shape, rows)) ? space : null;
    }

    /// <summary>Whether shapes differ by axes of one element alone.</summary>
    internal static bool IsAlike(Shape left, Shape right) =>
        left.Where(extent => !extent.IsOne).SequenceEqual(right.Where(extent => !extent.IsOne));

    private static long Joined(Shape shape, Axes along) => along.Aggregate(1L, (product, axis) => product * shape[axis].Value);
}
