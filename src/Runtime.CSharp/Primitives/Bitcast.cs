using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>The same bits read as another dtype of the same size: integers and floating numbers. Derivative: zero.</summary>
/// <param name="Target">The result's dtype.</param>
public sealed partial record Bitcast(DType Target) : ElementwisePrimitive
{
    /// <inheritdoc/>
    public override string Name => "bitcast";

    private protected override int Arity => 1;

    private protected override DTypeKinds Takes => DTypeKinds.Real;

    /// <summary>Draws a tensor and a dtype of its size.</summary>
    public static Sample Draw(SampleSource source)
    {
        DType from = source.Floating();
        DType[] fitting = [.. DTypes.All.Where(type => DTypeKinds.Real.Contain(type) && type.Size() == from.Size())];
        return new(new Bitcast(source.Pick(fitting)), source.Real(from, source.Shape(), Domain.All)) { Active = ParameterMask.None(1) };
    }

    /// <summary>The array with its bits read as another dtype.</summary>
    internal static NDArray Of(NDArray x, DType target)
    {
        var result = NDArray.New(target, x.Shape);
        Bytes(x).CopyTo(Bytes(result));
        return result;
    }

    private protected override TensorType ResultType(TensorType x) => DTypeKinds.Real.Contain(Target) && Target.Size() == x.DType.Size()
        ? x with { DType = Target }
        : throw new TypeRuleException(
            $"{Name}: the bits of {x} are not those of {Target.Name()}: {x.DType.Size()} bytes against {Target.Size()}.");

    private protected override LoopValue Element(LoopBuilder builder, DType type, ImmutableArray<LoopValue> operands) =>
        LoopBits.Of(builder, LoopBits.From(builder, operands[0], type), Target);

    /// <inheritdoc/>
    protected override NDArray EvaluateTensor(NDArray[] operands, EvaluationContext context) => Of(operands[0], Target);

    /// <inheritdoc/>
    protected override Value? JvpTensor(Node node, IReadOnlyList<Value?> tangents) => null;

    private static Span<byte> Bytes(NDArray x) => MemoryMarshal.CreateSpan(
        ref x.FirstByte, x.Size * x.Type.Size());
}

public static partial class Ops
{
    /// <summary>The same bits as another dtype of the same size.</summary>
    public static Value Bitcast(Value x, DType target) => x.Tensor.DType == target ? x : Apply(new Bitcast(target), x);
}
