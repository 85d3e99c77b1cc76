using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>Whether numbers are neither infinite nor NaN, elementwise: bools. Of complex numbers, both parts. Derivative: zero.</summary>
public sealed partial record IsFinite : ElementwisePrimitive
{
    /// <inheritdoc/>
    public override string Name => "is_finite";

    private protected override int Arity => 1;

    private protected override DTypeKinds Takes => DTypeKinds.Differentiable;

    /// <summary>Draws a tensor.</summary>
    public static Sample Draw(SampleSource source) => new(new IsFinite(), source.Real(source.Shape(), Domain.All));

    private protected override TensorType ResultType(TensorType x) => x with { DType = DType.Bool };

    private protected override LoopValue Element(LoopBuilder builder, DType type, ImmutableArray<LoopValue> operands) =>
        builder.Less(builder.Absolute(operands[0]), builder.Constant(operands[0].Type, double.PositiveInfinity));

    /// <inheritdoc/>
    protected override NDArray EvaluateTensor(NDArray[] operands, EvaluationContext context) =>
        Elements.RunNumbers(operands[0].Type, new Loop(operands[0]));

    /// <inheritdoc/>
    protected override Value? JvpTensor(Node node, IReadOnlyList<Value?> tangents) => null;

    private readonly struct Loop(NDArray x) : INumberLoop
    {
        public NDArray Run<TStored, TWork, TElement>()
            where TStored : unmanaged
            where TWork : unmanaged, System.Numerics.INumberBase<TWork>
            where TElement : struct, IElement<TStored, TWork> =>
            NDArray.Own(x.Shape, Array.ConvertAll(x.Data<TStored>(), item => TWork.IsFinite(TElement.Load(item))));
    }
}

public static partial class Ops
{
    /// <summary>Whether x is neither infinite nor NaN.</summary>
    public static Value IsFinite(Value x) => Apply(new IsFinite(), x);
}
