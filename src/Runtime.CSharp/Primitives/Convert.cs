using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>The same numbers in another dtype.</summary>
/// <remarks>
/// <para>To a floating dtype: rounds once, to nearest, ties to even. Floating to integer: cut towards zero; NaN gives 0, what does not
/// fit gives the nearest that does. Integer to integer: wraps. To bool: whether it is not zero. Real to complex: imaginary part 0;
/// complex to real is an error, since `real` says which part is meant.</para>
/// <para>Derivative: linear between dtypes that have tangents, otherwise zero.</para>
/// </remarks>
/// <param name="Target">The result's dtype.</param>
public sealed partial record Convert(DType Target) : ElementwisePrimitive
{
    /// <inheritdoc/>
    public override string Name => "convert";

    private protected override int Arity => 1;

    private protected override DTypeKinds Takes => DTypeKinds.All;

    /// <summary>Draws a tensor and a dtype.</summary>
    public static Sample Draw(SampleSource source)
    {
        DType from = source.Numeric();
        DType to = source.Numeric();
        return new(new Convert(from.IsComplex() && !to.IsComplex() ? from : to), source.Numbers(from, source.Shape()));
    }

    private protected override TensorType ResultType(TensorType x) => Target.IsComplex() || !x.DType.IsComplex()
        ? x with { DType = Target }
        : throw new TypeRuleException($"{Name}: {x} to {Target.Name()} leaves out a part; real or imag says which is meant.");

    private protected override LoopValue Element(LoopBuilder builder, DType type, ImmutableArray<LoopValue> operands) =>
        LoopNumbers.Convert(builder, operands[0], type, Target);

    /// <inheritdoc/>
    public override Kernel? Lower(ImmutableArray<ValueType> operands) => (((TensorType)operands[0]).DType, Target) switch
    {
        (DType.F32, DType.F64) => ConvertKernel<float, double>.Instance,
        (DType.F64, DType.F32) => ConvertKernel<double, float>.Instance,
        (DType.I32, DType.F32) => ConvertKernel<int, float>.Instance,
        (DType.I32, DType.F64) => ConvertKernel<int, double>.Instance,
        (DType.I64, DType.F32) => ConvertKernel<long, float>.Instance,
        (DType.I64, DType.F64) => ConvertKernel<long, double>.Instance,
        (DType.U8, DType.F32) => ConvertKernel<byte, float>.Instance,
        (DType.U8, DType.F64) => ConvertKernel<byte, double>.Instance,
        _ => null,
    };

    /// <inheritdoc/>
    protected override NDArray EvaluateTensor(NDArray[] operands, EvaluationContext context) => Conversion.To(operands[0], Target);

    /// <inheritdoc/>
    protected override Value? JvpTensor(Node node, IReadOnlyList<Value?> tangents) =>
        Target.IsDifferentiable() ? Ops.Convert(tangents[0]!, Target) : null;

    /// <inheritdoc/>
    protected override void TransposeTensor(Node node, Value cotangent, IReadOnlyList<Accumulator?> accumulators)
    {
        DType from = node.Operands[0].Tensor.DType;
        accumulators[0]!.Add(Ops.Convert(Target.IsComplex() && !from.IsComplex() ? Ops.Real(cotangent) : cotangent, from));
    }
}

public static partial class Ops
{
    /// <summary>The same numbers in another dtype.</summary>
    public static Value Convert(Value x, DType target) => x.Tensor.DType == target ? x : Apply(new Convert(target), x);
}
