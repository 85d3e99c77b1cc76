using System.Numerics;
using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Primitives;

/// <summary>A part of complex numbers as real ones. Linear over the reals.</summary>
public abstract record ComplexPart : ElementwisePrimitive
{
    private protected override int Arity => 1;

    private protected override DTypeKinds Takes => DTypeKinds.Complex;

    /// <summary>The part of one number.</summary>
    protected abstract double Part(Complex x);

    private protected override TensorType ResultType(TensorType x) => x with { DType = x.DType.RealPart() };

    /// <inheritdoc/>
    protected override NDArray EvaluateTensor(NDArray[] operands, EvaluationContext context) => operands[0].Storage switch
    {
        Complex64[] x => NDArray.Own(operands[0].Shape, Array.ConvertAll(x, item => (float)Part(item.ToComplex()))),
        Complex[] x => NDArray.Own(operands[0].Shape, Array.ConvertAll(x, item => Part(item))),
        _ => throw Undefined(operands[0].Type),
    };

    /// <inheritdoc/>
    protected override Value? JvpTensor(Node node, IReadOnlyList<Value?> tangents) => Ops.Apply(this, tangents[0]!);
}
