using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Compile.Rules;

/// <summary>Functions of repeated elements: each is computed once and repeated then. A function of an element gives one number, wherever that stands.</summary>
/// <remarks>Functions of reshaped tensors are reshaped after them, where reshapes meet and cancel.</remarks>
internal static class Repetitions
{
    internal static Value? Of(Node node)
    {
        if (node.Primitive is (not ElementwisePrimitive) or DebugPrint or Bitcast || node.Result.Tensor.Rank == 0 && !node.Operands.Any(operand => operand.Producer?.Primitive is Reshape))
        {
            return null;
        }

        Node? first = null;
        foreach (Value operand in node.Operands)
        {
            if (Uniform.Of(operand) is not null)
            {
                continue;
            }

            if (operand.Producer is not { Primitive: Broadcast or Reshape } layout || !AreAlike(first ??= layout, layout))
            {
                return null;
            }
        }

        return first?.Primitive switch
        {
            null => OfLiterals(node),
            Broadcast broadcast => Once(node, broadcast, first.Operands[0].Tensor.Shape),
            _ => Ops.Reshape(On(node, first.Operands[0].Tensor.Shape), node.Result.Tensor.Shape),
        };
    }

    /// <summary>Whether two layouts move elements of tensors of one shape alike.</summary>
    private static bool AreAlike(Node left, Node right) =>
        left.Primitive.Equals(right.Primitive) && left.Operands[0].Tensor.Shape.Equals(right.Operands[0].Tensor.Shape);

    private static Value? OfLiterals(Node node) =>
        Once(node, new Broadcast(node.Result.Tensor.Shape, Axes.None), Shape.Scalar);

    private static Value? Once(Node node, Broadcast broadcast, Shape shape)
    {
        if (shape.Rank > 0 && shape.Size >= broadcast.Shape.Size)
        {
            return null;
        }

        return Ops.Broadcast(On(node, shape), broadcast.Shape, broadcast.Axes);
    }

    /// <summary>The function of what was laid out, which has this shape.</summary>
    private static Value On(Node node, Shape shape)
    {
        ImmutableArray<Value> operands = [.. node.Operands.Select(operand => Uniform.Of(operand) is { } number
            ? Ops.Full(shape, number)
            : operand.Producer!.Operands[0])];
        return Simplify.Whole(Node.Make(node.Primitive, operands, node.Origin).Result);
    }
}
