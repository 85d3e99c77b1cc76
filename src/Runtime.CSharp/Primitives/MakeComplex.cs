using System.Numerics;
using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Primitives;

/// <summary>Complex numbers from their parts, f32 or f64, elementwise. z = x + iy; linear.</summary>
public sealed partial record MakeComplex : ElementwisePrimitive
{
    /// <inheritdoc/>
    public override string Name => "complex";

    private protected override int Arity => 2;

    private protected override DTypeKinds Takes => DTypeKinds.Floating;

    /// <summary>Draws two tensors.</summary>
    public static Sample Draw(SampleSource source)
    {
        DType type = source.Floating() is DType.F64 ? DType.F64 : DType.F32;
        Shape shape = source.Shape();
        return new(new MakeComplex(), source.Real(type, shape, Domain.All), source.Real(type, shape, Domain.All));
    }

    private protected override TensorType ResultType(TensorType x) => x.DType switch
    {
        DType.F32 => x with { DType = DType.C64 },
        DType.F64 => x with { DType = DType.C128 },
        _ => throw new TypeRuleException($"{Name}: parts are f32 or f64, not {x}; cast them first?"),
    };

    /// <inheritdoc/>
    protected override NDArray EvaluateTensor(NDArray[] operands, EvaluationContext context)
    {
        Shape shape = operands[0].Shape;
        return operands[0].Type == DType.F32
            ? NDArray.Own(shape, Zip(operands[0].Data<float>(), operands[1].Data<float>(), (x, y) => new Complex64(x, y)))
            : NDArray.Own(shape, Zip(operands[0].Data<double>(), operands[1].Data<double>(), (x, y) => new Complex(x, y)));
    }

    /// <inheritdoc/>
    protected override Value? JvpTensor(Node node, IReadOnlyList<Value?> tangents)
    {
        Value zeros = Ops.Zeros(node.Operands[0].Tensor);
        return Ops.Complex(tangents[0] ?? zeros, tangents[1] ?? zeros);
    }

    /// <inheritdoc/>
    protected override void TransposeTensor(Node node, Value cotangent, IReadOnlyList<Accumulator?> accumulators)
    {
        accumulators[0]?.Add(Ops.Real(cotangent));
        accumulators[1]?.Add(-Ops.Imag(cotangent));
    }

    private static TResult[] Zip<T, TResult>(T[] x, T[] y, Func<T, T, TResult> make)
    {
        var result = new TResult[x.Length];
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = make(x[i], y[i]);
        }

        return result;
    }
}

public static partial class Ops
{
    /// <summary>x + iy.</summary>
    public static Value Complex(Value x, Value y) => Apply(new MakeComplex(), x, y);
}
