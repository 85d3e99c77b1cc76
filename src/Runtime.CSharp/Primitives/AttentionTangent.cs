using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Kernels;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>The tangent of attention, from its results and the tangents of queries, keys and values.</summary>
/// <remarks>
/// <para>
/// Operands: queries, keys, values, the output y and the logarithms l of <see cref="Attention"/>, then dq, dk, dv, and perhaps its mask.
/// Results: dy and dl. With p = exp(s − l) and ds = scale (dq k + q dk): dl = Σ p ds, dy = Σ (p ds) v + Σ p dv − dl y.
/// </para>
/// <para>Derivative: linear in dq, dk, dv, with attention_pullback as its transpose; in the others by the composition.</para>
/// </remarks>
/// <param name="Causal">As in attention.</param>
/// <param name="Scale">As in attention.</param>
public sealed partial record AttentionTangent(bool Causal, Scalar Scale) : AttentionDerivative
{
    /// <inheritdoc/>
    public override string Name => "attention_tangent";

    private protected override int LinearCount => 3;

    private protected override Primitive Adjoint => new AttentionPullback(Causal, Scale);

    private protected override bool IsCausal => Causal;

    private protected override double Factor => Scale.AsDouble;

    /// <summary>Draws all operands, the results of attention freely.</summary>
    public static Sample Draw(SampleSource source)
    {
        AttentionDraw draw = AttentionDraw.From(source);
        return new(
            new AttentionTangent(draw.Causal, draw.Scale),
            [.. draw.Primals, AttentionDraw.Real(source, draw.Sizes.Output), AttentionDraw.Real(source, draw.Sizes.Sums), .. draw.Others(source), .. draw.Mask]);
    }

    /// <inheritdoc/>
    public override Kernel? Lower(ImmutableArray<ValueType> operands) =>
        AttentionKernel.Of(AttentionKind.Tangent, Sizes(operands), Causal, Factor);

    private protected override ImmutableArray<TensorType> OperandTypes(AttentionSizes sizes) =>
        [sizes.Query, sizes.Key, sizes.Value, sizes.Output, sizes.Sums, sizes.Query, sizes.Key, sizes.Value];

    private protected override ImmutableArray<TensorType> ResultTypes(AttentionSizes sizes) => [sizes.Output, sizes.Sums];

    private protected override Value[] Compose(AttentionComposition composition, IReadOnlyList<Value> operands) =>
        composition.Tangent(operands, operands[FirstLinear], operands[FirstLinear + 1], operands[FirstLinear + 2]);
}
