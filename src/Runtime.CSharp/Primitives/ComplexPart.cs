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

    /// <summary>A part of every number of a complex array.</summary>
    internal static NDArray Of(NDArray array, Func<Complex, double> part) => array.Storage switch
    {
        Complex64[] x => NDArray.Own(array.Shape, Array.ConvertAll(x, item => (float)part(item.ToComplex()))),
        _ => NDArray.Own(array.Shape, Array.ConvertAll(array.Data<Complex>(), item => part(item))),
    };

    /// <inheritdoc/>
    protected sealed override NDArray EvaluateTensor(NDArray[] operands, EvaluationContext context) => Of(operands[0], Part);

    /// <inheritdoc/>
    protected sealed override Value? JvpTensor(Node node, IReadOnlyList<Value?> tangents) => Ops.Apply(this, tangents[0]!);
}
