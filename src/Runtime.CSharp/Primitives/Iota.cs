using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>0, 1, 2 … along one axis, the same along the others.</summary>
/// <remarks>Integer dtypes wrap and floating ones round. Derivative: zero.</remarks>
/// <param name="Type">The dtype of the result: integer, floating or complex.</param>
/// <param name="Shape">The shape of the result.</param>
/// <param name="Axis">The axis along which it counts.</param>
public sealed partial record Iota(DType Type, Shape Shape, int Axis) : TensorPrimitive
{
    /// <inheritdoc/>
    public override string Name => "iota";

    /// <inheritdoc/>
    public override Cost Cost(ImmutableArray<ValueType> operands) => base.Cost(operands) with { Operations = 0 };

    /// <summary>Draws a dtype, a shape and an axis.</summary>
    public static Sample Draw(SampleSource source)
    {
        Shape shape = source.Shape(minRank: 1);
        return new(new Iota(source.Numeric(), shape, source.Int(0, shape.Rank - 1)), ImmutableArray<HostValue>.Empty);
    }

    /// <inheritdoc/>
    public override ElementRule? LowerElement(ImmutableArray<ValueType> operands) => LoopTypes.IsStored(Type)
        ? (builder, _, index) => LoopNumbers.Convert(builder, index[Axis], DType.I64, Type)
        : null;

    /// <inheritdoc/>
    protected override TensorType InferTensor(ImmutableArray<TensorType> operands)
    {
        CheckCount(operands, 0);
        return Type == DType.Bool || (uint)Axis >= (uint)Shape.Rank
            ? throw new TypeRuleException($"{Name}: counts in a number dtype along an axis of {Shape}, not in {Type.Name()} along {Axis}.")
            : new(Type, Shape);
    }

    /// <inheritdoc/>
    protected override NDArray EvaluateTensor(NDArray[] operands, EvaluationContext context)
    {
        NDArray result = NDArray.New(Type, Shape);
        int stride = Shape.Strides()[Axis];
        for (int i = 0; i < result.Size; i++)
        {
            result.Set(i, Number(i / stride % Shape[Axis].Value));
        }

        return result;
    }

    /// <inheritdoc/>
    protected override Value? JvpTensor(Node node, IReadOnlyList<Value?> tangents) => null;

    /// <inheritdoc/>
    protected override Batched BatchTensor(Node node, IReadOnlyList<Batched> operands, Extent size) => Batched.Same(node.Result);

    private Scalar Number(long k) => Type switch
    {
        DType.U8 => Scalar.Of(Type, k & 0xFF),
        DType.U16 => Scalar.Of(Type, k & 0xFFFF),
        DType.I8 => Scalar.Of(Type, (long)(sbyte)k),
        DType.I16 => Scalar.Of(Type, (long)(short)k),
        _ => Scalar.Of(Type, k),
    };
}

public static partial class Ops
{
    /// <summary>0, 1, 2 … along one axis.</summary>
    public static Value Iota(DType type, Shape shape, int axis) => Apply(new Iota(type, shape, axis));
}
