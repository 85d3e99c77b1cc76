using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Kernels;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>Attention: softmax(scale q kᵀ) v for each head, computed over blocks of keys, so that its memory is linear in the places.</summary>
/// <remarks>
/// <para>
/// Shape: queries [.., T, N, d], keys [.., S, H, d], values [.., S, H, e], H dividing N, and perhaps a mask whose axes are those of the
/// scores [.., N, T, S] or have extent 1: bool, or numbers that are added to the scores; f32 or f64. Results: [.., T, N, e], and for each query the logarithm of its sum of exponentials,
/// [.., N, T]. Each head of keys serves N / H heads of queries that lie side by side (grouped heads: Ainslie et al. 2023).
/// </para>
/// <para>
/// What is hidden has weight 0, as has a score of minus infinity. A query that sees nothing gets zeros, and minus infinity as its logarithm. A weight
/// of 0 times an infinite value is NaN, as in the product.
/// </para>
/// <para>
/// Kernel: a running maximum and sum for each query (Milakov and Gimelshein 2018), keys in blocks (Rabe and Staats 2021; Dao et al. 2022).
/// Error: |y - exact| &lt;= eps (d max |s| + S + 8) Σ w |v|, s the scores and w the weights, as of the composition.
/// </para>
/// <para>
/// Derivative: attention_tangent, whose transpose, attention_pullback, computes scores again from the logarithms. Their own derivatives go through
/// the composition, whose memory is that of the scores, as does the derivative by numbers that are added to them.
/// </para>
/// </remarks>
/// <param name="Causal">Query t sees keys up to t + S − T alone.</param>
/// <param name="Scale">The factor of the scores, in f64.</param>
public sealed partial record Attention(bool Causal, Scalar Scale) : AttentionPrimitive
{
    /// <inheritdoc/>
    public override string Name => "attention";

    private protected override int Count => 3;

    private protected override bool IsCausal => Causal;

    private protected override double Factor => Scale.AsDouble;

    private protected override (int Widths, int ValueWidths) Products => (1, 1);

    /// <summary>Draws queries, keys and values, and a mask that hides no query from all keys.</summary>
    public static Sample Draw(SampleSource source)
    {
        AttentionDraw draw = AttentionDraw.From(source);
        return new(new Attention(draw.Causal, draw.Scale), [.. draw.Primals, .. draw.Mask]);
    }

    /// <inheritdoc/>
    public override Value?[] Jvp(Node node, IReadOnlyList<Value?> tangents, RuleContext context)
    {
        if (MovesScores(tangents))
        {
            return JvpWithPrimal(node, tangents, context).Tangents;
        }

        Value Tangent(int i) => tangents[i] ?? Ops.ZerosLike(node.Operands[i]);
        return [.. Node.Make(
            new AttentionTangent(Causal, Scale),
            [.. node.Operands.Take(3), .. node.Results, Tangent(0), Tangent(1), Tangent(2), .. MaskOf(node)]).Results];
    }

    /// <inheritdoc/>
    public override Dual JvpWithPrimal(Node node, IReadOnlyList<Value?> tangents, RuleContext context)
    {
        if (!MovesScores(tangents))
        {
            return base.JvpWithPrimal(node, tangents, context);
        }

        Node call = Call(node);
        return call.Primitive.JvpWithPrimal(call, tangents, context);
    }

    /// <inheritdoc/>
    public override Dual Linearize(Node node, IReadOnlyList<Value?> tangents, RuleContext context)
    {
        if (!MovesScores(tangents))
        {
            return base.Linearize(node, tangents, context);
        }

        Node call = Call(node);
        return call.Primitive.Linearize(call, tangents, context);
    }

    /// <inheritdoc/>
    public override Kernel? Lower(ImmutableArray<ValueType> operands) =>
        AttentionKernel.Of(AttentionKind.Forward, Sizes(operands), Causal, Factor);

    /// <summary>Whether what is added to the scores has a tangent: it has as many numbers as the scores, which its derivative then holds.</summary>
    private bool MovesScores(IReadOnlyList<Value?> tangents) => tangents.Skip(Count).Any(tangent => tangent is not null);

    private protected override ImmutableArray<TensorType> OperandTypes(AttentionSizes sizes) => [sizes.Query, sizes.Key, sizes.Value];

    private protected override ImmutableArray<TensorType> ResultTypes(AttentionSizes sizes) => [sizes.Output, sizes.Sums];

    private protected override Value[] Compose(AttentionComposition composition, IReadOnlyList<Value> operands) =>
        composition.Forward(operands[0], operands[1], operands[2]);
}

public static partial class Ops
{
    /// <summary>Attention over blocks of keys, and the logarithms of the sums of exponentials; see <see cref="Primitives.Attention"/>.</summary>
    public static (Value Output, Value Sums) Attention(Value query, Value key, Value value, Value? mask, bool causal, double scale)
    {
        Value[] operands = mask is null ? [query, key, value] : [query, key, value, mask];
        Node node = Node.Make(new Attention(causal, Scalar.Of(DType.F64, scale)), [.. operands]);
        return (node.Results[0], node.Results[1]);
    }
}
