using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Compile.Rules;

/// <summary>Functions of repeated elements: each is computed once and repeated then. A function of an element gives one number, wherever that stands.</summary>
internal static class Repetitions
{
    internal static Value? Of(Node node)
    {
        if (node.Primitive is not ElementwisePrimitive or DebugPrint or Bitcast || node.Result.Tensor.Rank == 0)
        {
            return null;
        }

        Node? repeated = null;
        foreach (Value operand in node.Operands)
        {
            if (Uniform.Of(operand) is not null)
            {
                continue;
            }

            if (operand.Producer is not { Primitive: Broadcast broadcast } node2
                || (repeated is not null && !broadcast.Equals(repeated.Primitive)))
            {
                return null;
            }

            repeated = node2;
        }

        return repeated is null ? OfLiterals(node) : Once(node, (Broadcast)repeated.Primitive, repeated.Operands[0].Tensor.Shape);
    }

    private static Value? OfLiterals(Node node) =>
        Once(node, new Broadcast(node.Result.Tensor.Shape, Axes.None), Shape.Scalar);

    private static Value? Once(Node node, Broadcast broadcast, Shape shape)
    {
        if (shape.Rank > 0 && shape.Size >= broadcast.Shape.Size)
        {
            return null;
        }

        ImmutableArray<Value> operands = [.. node.Operands.Select(operand => Uniform.Of(operand) is { } number
            ? Ops.Full(shape, number)
            : operand.Producer!.Operands[0])];
        return Ops.Broadcast(Simplify.Whole(Node.Make(node.Primitive, operands, node.Origin).Result), broadcast.Shape, broadcast.Axes);
    }
}
