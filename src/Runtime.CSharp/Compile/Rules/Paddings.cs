using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Compile.Rules;

/// <summary>
/// Sums of tensors with zeros around them that lie side by side are these tensors side by side: what the gradient of taking a tensor apart is.
/// </summary>
/// <remarks>A zero that is added turns −0 into 0; so it stays where it was one of that sign.</remarks>
internal static class Paddings
{
    /// <summary>How many tensors are looked at for one sum.</summary>
    private const int Most = 16;

    internal static Value? Of(Node node)
    {
        if (node.Primitive is not Add || node.Result.Tensor.DType.IsComplex())
        {
            return null;
        }

        var parts = new List<Part>();
        int zeros = 0;
        var pending = new Stack<Value>([.. node.Operands]);
        while (pending.TryPop(out Value? value))
        {
            if (value.Producer is { Primitive: Add } sum && pending.Count + parts.Count < Most)
            {
                pending.Push(sum.Operands[0]);
                pending.Push(sum.Operands[1]);
            }
            else if (Part.Of(value) is { } part)
            {
                parts.Add(part);
            }
            else if (Uniform.Of(value) is { } number && number.AsDouble == 0)
            {
                zeros += IsPositive(number) ? 1 : 0;
            }
            else
            {
                return null;
            }
        }

        return Joined(node.Result.Tensor.Shape, parts, zeros);
    }

    private static Value? Joined(Shape whole, List<Part> parts, int zeros)
    {
        int end = 0;
        Part[] inOrder = [.. parts.OrderBy(part => part.Start)];
        foreach (Part part in inOrder)
        {
            if (part.Axis != inOrder[0].Axis || part.Start != end)
            {
                return null;
            }

            end += part.Inside.Tensor.Shape[part.Axis].Value;
        }

        if (inOrder.Length < 2 || end != whole[inOrder[0].Axis].Value)
        {
            return null;
        }

        zeros += inOrder.Count(part => part.IsPositive);
        return Ops.Concatenate(inOrder[0].Axis, [.. inOrder.Select(part => part.Plus(zeros))]);
    }

    private static bool IsPositive(Scalar zero) => zero.Type.IsFloating() && !double.IsNegative(zero.AsDouble);

    /// <summary>A tensor with zeros before and after it along one axis.</summary>
    private sealed record Part(Value Inside, int Axis, int Start, bool IsPositive)
    {
        internal static Part? Of(Value value)
        {
            if (value.Producer is not { Primitive: Pad pad } node || pad.Interior.Any(gap => gap != 0)
                || Uniform.Of(node.Operands[1]) is not { } number || number.AsDouble != 0)
            {
                return null;
            }

            int[] axes = [.. Enumerable.Range(0, pad.Low.Count).Where(axis => pad.Low[axis] != 0 || pad.High[axis] != 0)];
            return axes.Length == 1 && pad.Low[axes[0]] >= 0 && pad.High[axes[0]] >= 0
                ? new(node.Operands[0], axes[0], pad.Low[axes[0]], Paddings.IsPositive(number))
                : null;
        }

        /// <summary>What is inside after so many zeros, its own among them, were added to it.</summary>
        internal Value Plus(int zeros) => zeros > (IsPositive ? 1 : 0)
            ? Ops.Add(Inside, Uniform.Like(Inside, Scalar.Zero(Inside.Tensor.DType)))
            : Inside;
    }
}
