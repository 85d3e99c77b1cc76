using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Primitives;

/// <summary>Makes nodes: one method a primitive, beside it in its file, and here what rules need of all. What changes nothing makes no node.</summary>
public static partial class Ops
{
    /// <summary>The only result of a primitive applied to operands.</summary>
    public static Value Apply(Primitive primitive, params Value[] operands) => Node.Make(primitive, [.. operands]).Result;

    /// <summary>A tensor of one number everywhere.</summary>
    public static Value Full(TensorType type, double number) => Full(type.Shape, Scalar.Of(type.DType, number));

    /// <summary>A tensor of one number everywhere.</summary>
    public static Value Full(Shape shape, Scalar number) => BroadcastScalar(Constant(number), shape);

    /// <summary>A tensor of zeros (false for bool).</summary>
    public static Value Zeros(TensorType type) => Full(type.Shape, Scalar.Zero(type.DType));

    /// <summary>A tensor of ones (true for bool).</summary>
    public static Value Ones(TensorType type) => Full(type.Shape, Scalar.One(type.DType));

    /// <summary>Ones of a tensor's type.</summary>
    public static Value OnesLike(Value x) => Ones(x.Tensor);

    /// <summary>A number everywhere, of a tensor's type.</summary>
    public static Value Like(Value x, double number) => Full(x.Tensor, number);

    /// <summary>A number repeated to a shape.</summary>
    public static Value BroadcastScalar(Value x, Shape shape) => Broadcast(x, shape, Axes.None);

    /// <summary>A tensor times a number.</summary>
    public static Value Scale(Value x, double factor) =>
        factor == 1 ? x : factor == -1 ? Neg(x) : Mul(x, Like(x, factor));

    /// <summary>x².</summary>
    public static Value Square(Value x) => Mul(x, x);

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
