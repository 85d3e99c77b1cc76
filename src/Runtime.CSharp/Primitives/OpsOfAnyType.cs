using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Primitives;

/// <summary>Makes nodes: one method a primitive, beside it in its file, and here what rules need of any type of value.</summary>
public static partial class Ops
{
    /// <summary>The zero of a type: a tensor of zeros (false for bool) or the empty stack.</summary>
    public static Value Zeros(ValueType type) => type is TensorType tensor ? Zeros(tensor) : StackEmpty((StackType)type);

    /// <summary>The zero of a value's type.</summary>
    public static Value ZerosLike(Value x) => Zeros(x.Type);

    /// <summary>The sum of two tensors or of two stacks of one type.</summary>
    public static Value AddAny(Value x, Value y) => x.Type is TensorType ? Add(x, y) : StackAdd(x, y);

    /// <summary>A scalar of i64.</summary>
    internal static Value Index(long value) => Constant(Scalar.Of(DType.I64, value));

    /// <summary>One axis moved to another place; the others keep their order.</summary>
    public static Value MoveAxis(Value x, int from, int to)
    {
        if (from == to)
        {
            return x;
        }

        List<int> order = [.. Enumerable.Range(0, x.Tensor.Rank).Where(axis => axis != from)];
        order.Insert(to, from);
        return Permute(x, new Axes(order));
    }
}
