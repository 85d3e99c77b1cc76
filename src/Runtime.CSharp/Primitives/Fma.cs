using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>Fused product and sum, elementwise. w = xy + z, rounded once; dw = y dx + x dy + dz. Bilinear in (x, y), linear in z.</summary>
/// <remarks>f16 and bf16: fused in f32, then rounded.</remarks>
public sealed partial record Fma : ElementwisePrimitive
{
    /// <inheritdoc/>
    public override string Name => "fma";

    private protected override int Arity => 3;

    private protected override DTypeKinds Takes => DTypeKinds.Floating;

    private protected override double Work => 2;

    private protected override Kernel? Float32 => FmaKernel<float>.Instance;

    private protected override Kernel? Float64 => FmaKernel<double>.Instance;

    /// <summary>Draws three tensors.</summary>
    public static Sample Draw(SampleSource source)
    {
        DType type = source.Floating();
        Shape shape = source.Shape();
        return new(new Fma(), [.. Enumerable.Range(0, 3).Select(_ => source.Real(type, shape, Domain.All))]);
    }

    private protected override LoopValue Element(LoopBuilder builder, DType type, ImmutableArray<LoopValue> operands) =>
        builder.FusedMultiplyAdd(operands[0], operands[1], operands[2]);

    /// <inheritdoc/>
    protected override NDArray EvaluateTensor(NDArray[] operands, EvaluationContext context) =>
        Elements.RunNumbers(operands[0].Type, new Loop(operands));

    /// <inheritdoc/>
    protected override Value? JvpTensor(Node node, IReadOnlyList<Value?> tangents)
    {
        Value?[] terms =
        [
            tangents[0] is { } dx ? dx * node.Operands[1] : null,
            tangents[1] is { } dy ? node.Operands[0] * dy : null,
            tangents[2],
        ];
        return terms.OfType<Value>().Aggregate(static (sum, term) => sum + term);
    }

    /// <inheritdoc/>
    protected override void TransposeTensor(Node node, Value cotangent, IReadOnlyList<Accumulator?> accumulators)
    {
        bool inProduct = accumulators[0] is not null || accumulators[1] is not null;
        if ((accumulators[0] is not null && accumulators[1] is not null) || (inProduct && accumulators[2] is null))
        {
            throw new DerivativeException($"{Name}: not linear in these operands.");
        }

        accumulators[0]?.Add(cotangent * node.Operands[1]);
        accumulators[1]?.Add(node.Operands[0] * cotangent);
        accumulators[2]?.Add(cotangent);
    }

    private readonly struct Loop(NDArray[] operands) : INumberLoop
    {
        public NDArray Run<TStored, TWork, TElement>()
            where TStored : unmanaged
            where TWork : unmanaged, System.Numerics.INumberBase<TWork>
            where TElement : struct, IElement<TStored, TWork>
        {
            ReadOnlySpan<TStored> x = operands[0].Span<TStored>();
            ReadOnlySpan<TStored> y = operands[1].Span<TStored>();
            ReadOnlySpan<TStored> z = operands[2].Span<TStored>();
            var to = new TStored[x.Length];
            for (int i = 0; i < to.Length; i++)
            {
                to[i] = TElement.Store(Fused(TElement.Load(x[i]), TElement.Load(y[i]), TElement.Load(z[i])));
            }

            return NDArray.Own(operands[0].Shape, to);
        }

        private static T Fused<T>(T x, T y, T z)
            where T : System.Numerics.INumberBase<T> => (x, y, z) is (double a, double b, double c)
            ? T.CreateTruncating(Math.FusedMultiplyAdd(a, b, c))
            : T.CreateTruncating(MathF.FusedMultiplyAdd(float.CreateTruncating(x), float.CreateTruncating(y), float.CreateTruncating(z)));
    }
}

public static partial class Ops
{
    /// <summary>xy + z, rounded once.</summary>
    public static Value Fma(Value x, Value y, Value z) => Apply(new Fma(), x, y, z);
}
