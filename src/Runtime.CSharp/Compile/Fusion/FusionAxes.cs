using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Compile.Fusion;

/// <summary>How many of their first axes operations leave as they are.</summary>
internal static class FusionAxes
{
    /// <summary>The number of first axes along which an element of a node's result reads its operand at the same indices.</summary>
    internal static int Kept(Node node, int operand)
    {
        Shape from = node.Operands[operand].Tensor.Shape;
        Shape to = node.Result.Tensor.Shape;
        return node.Primitive switch
        {
            ElementwisePrimitive => to.Rank,
            Broadcast broadcast => While(from.Rank, axis => broadcast.Axes[axis] == axis),
            Permute permute => While(from.Rank, axis => permute.Permutation[axis] == axis),
            Reshape => While(Math.Min(from.Rank, to.Rank), axis => from[axis] == to[axis]),
            Slice slice => While(from.Rank, axis => slice.Start[axis] == 0 && slice.Stride[axis] == 1 && from[axis] == to[axis]),
            Pad pad when operand == 0 => While(from.Rank, axis => pad.Low[axis] == 0 && pad.Interior[axis] == 0 && from[axis] == to[axis]),
            Reverse reverse => While(from.Rank, axis => !reverse.Axes.Contains(axis)),
            Concatenate concatenate => concatenate.Axis,
            ReduceSum sum => While(from.Rank, axis => !sum.Axes.Contains(axis)),
            Reduction reduction => While(from.Rank, axis => !reduction.Along.Contains(axis)),
            ArgExtremum extremum => extremum.Along,
            DotGeneral dot => While(dot.LeftBatch.Count, axis => dot.LeftBatch[axis] == axis && dot.RightBatch[axis] == axis),
            _ => 0,
        };
    }

    private static int While(int count, Func<int, bool> holds)
    {
        int axis = 0;
        while (axis < count && holds(axis))
        {
            axis++;
        }

        return axis;
    }
}
