using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>Choice by element. z = p ? x : y, where p is bool; x and y have one type, of p's shape.</summary>
/// <remarks>Derivative: dz = p ? dx : dy; linear in x and y, exactly zero for the one that is not chosen.</remarks>
public sealed partial record Select : ElementwisePrimitive
{
    /// <inheritdoc/>
    public override string Name => "select";

    private protected override int Arity => 3;

    private protected override DTypeKinds Takes => DTypeKinds.All;

    /// <summary>Draws bools and two tensors.</summary>
    public static Sample Draw(SampleSource source)
    {
        DType type = source.Numeric();
        Shape shape = source.Shape();
        return new(new Select(), source.Bools(shape), source.Numbers(type, shape), source.Numbers(type, shape));
    }

    /// <inheritdoc/>
    protected override TensorType InferTensor(ImmutableArray<TensorType> operands)
    {
        CheckCount(operands, Arity);
        CheckSame(operands, 1);
        if (operands[0].DType != DType.Bool || !operands[0].Shape.Equals(operands[1].Shape))
        {
            throw new TypeRuleException($"{Name}: the predicate is bool{operands[1].Shape}, not {operands[0]}.");
        }

        return operands[1];
    }

    private protected override LoopValue Element(LoopBuilder builder, DType type, ImmutableArray<LoopValue> operands) =>
        builder.Select(operands[0], operands[1], operands[2]);

    /// <inheritdoc/>
    public override Kernel? Lower(ImmutableArray<ValueType> operands) => ((TensorType)operands[1]).DType switch
    {
        DType.F32 => SelectKernel<float>.Instance,
        DType.F64 => SelectKernel<double>.Instance,
        DType.I32 => SelectKernel<int>.Instance,
        DType.I64 => SelectKernel<long>.Instance,
        _ => null,
    };

    /// <inheritdoc/>
    protected override NDArray EvaluateTensor(NDArray[] operands, EvaluationContext context) =>
        Elements.Run(operands[1].Type, new Loop(operands));

    /// <inheritdoc/>
    protected override Value? JvpTensor(Node node, IReadOnlyList<Value?> tangents) => (tangents[1], tangents[2]) switch
    {
        (null, null) => null,
        ({ } dx, null) => Ops.Select(node.Operands[0], dx, Ops.Zeros(dx.Tensor)),
        (null, { } dy) => Ops.Select(node.Operands[0], Ops.Zeros(dy.Tensor), dy),
        ({ } dx, { } dy) => Ops.Select(node.Operands[0], dx, dy),
    };

    /// <inheritdoc/>
    protected override void TransposeTensor(Node node, Value cotangent, IReadOnlyList<Accumulator?> accumulators)
    {
        Value zeros = Ops.Zeros(cotangent.Tensor);
        accumulators[1]?.Add(Ops.Select(node.Operands[0], cotangent, zeros));
        accumulators[2]?.Add(Ops.Select(node.Operands[0], zeros, cotangent));
    }

    private readonly struct Loop(NDArray[] operands) : IElementLoop
    {
        public NDArray Run<TStored, TWork, TElement>()
            where TStored : unmanaged
            where TWork : unmanaged
            where TElement : struct, IElement<TStored, TWork>
        {
            ReadOnlySpan<bool> predicate = operands[0].Span<bool>();
            ReadOnlySpan<TStored> x = operands[1].Span<TStored>();
            ReadOnlySpan<TStored> y = operands[2].Span<TStored>();
            var to = new TStored[x.Length];
            for (int i = 0; i < to.Length; i++)
            {
                to[i] = predicate[i] ? x[i] : y[i];
            }

            return NDArray.Own(operands[1].Shape, to);
        }
    }
}

public static partial class Ops
{
    /// <summary>x where the predicate holds, y elsewhere.</summary>
    public static Value Select(Value predicate, Value x, Value y) => Apply(new Select(), predicate, x, y);
}
