using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Kernels;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>The pullback of attention: the cotangents of queries, keys and values from those of its results.</summary>
/// <remarks>
/// <para>
/// Operands: queries, keys, values, the output y and the logarithms l of <see cref="Attention"/>, then ȳ and l̄, and perhaps its mask.
/// Results: q̄, k̄, v̄. With p = exp(s − l) and s̄ = p (ȳ v − Σ y ȳ + l̄): q̄ = scale Σ s̄ k, k̄ = scale Σ s̄ q, v̄ = Σ p ȳ, as Dao et al. 2022, §B.4.
/// Scores are computed again, block by block.
/// </para>
/// <para>Derivative: linear in ȳ and l̄, with attention_tangent as its transpose; in the others by the composition.</para>
/// </remarks>
/// <param name="Causal">As in attention.</param>
/// <param name="Scale">As in attention.</param>
public sealed partial record AttentionPullback(bool Causal, Scalar Scale) : AttentionDerivative
{
    /// <inheritdoc/>
    public override string Name => "attention_pullback";

    private protected override int LinearCount => 2;

    private protected override Primitive Adjoint => new AttentionTangent(Causal, Scale);

    private protected override bool IsCausal => Causal;

    private protected override double Factor => Scale.AsDouble;

    /// <summary>Draws all operands, the results of attention freely.</summary>
    public static Sample Draw(SampleSource source)
    {
        AttentionDraw draw = AttentionDraw.From(source);
        TensorType output = draw.Sizes.Output, sums = draw.Sizes.Sums;
        return new(
            new AttentionPullback(draw.Causal, draw.Scale),
            [
                .. draw.Primals,
                AttentionDraw.Real(source, output),
                AttentionDraw.Real(source, sums),
                AttentionDraw.Real(source, output),
                AttentionDraw.Real(source, sums),
                .. draw.Mask,
            ]);
    }

    /// <inheritdoc/>
    public override Kernel? Lower(ImmutableArray<ValueType> operands) =>
        AttentionKernel.Of(AttentionKind.Pullback, Sizes(operands), Causal, Factor);

    private protected override ImmutableArray<TensorType> OperandTypes(AttentionSizes sizes) =>
        [sizes.Query, sizes.Key, sizes.Value, sizes.Output, sizes.Sums, sizes.Output, sizes.Sums];

    private protected override ImmutableArray<TensorType> ResultTypes(AttentionSizes sizes) => [sizes.Query, sizes.Key, sizes.Value];

    private protected override Value[] Compose(AttentionComposition composition, IReadOnlyList<Value> operands) =>
        composition.Pullback(operands, operands[FirstLinear], operands[FirstLinear + 1]);
}
