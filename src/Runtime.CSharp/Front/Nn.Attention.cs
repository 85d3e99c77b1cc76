using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Front;

/// <content>Attention.</content>
public static partial class Nn
{
    /// <summary>softmax(q kᵀ / √d) v over the last two axes (Vaswani et al. 2017): q [.., T, d], k [.., S, d], v [.., S, e] to [.., T, e].</summary>
    /// <param name="query">What asks.</param>
    /// <param name="key">What is compared with it.</param>
    /// <param name="value">What is mixed.</param>
    /// <param name="mask">
    /// Where T may look at S: bool, broadcast to [.., T, S]. What is hidden gets weight 0 and derivative 0, exactly. Nowhere to look:
    /// zeros, with derivative 0.
    /// </param>
    /// <param name="causal">Place t sees places up to t alone; of fewer queries than keys, the last ones are meant.</param>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public static Expr Attention(Expr query, Expr key, Expr value, Expr? mask = null, bool causal = false)
    {
        if (query.Rank < 2 || key.Rank < 2 || value.Rank < 2 || query.Shape[^1] != key.Shape[^1] || key.Shape[^2] != value.Shape[^2])
        {
            throw new ShapeException($"attention: query is {query.Type}, key is {key.Type}, value is {value.Type}; "
                + "[.., T, d], [.., S, d] and [.., S, e] are wanted.").Here();
        }

        double scale = 1.0 / Math.Sqrt(Math.Max(query.Shape[^1].Value, 1));
        Expr scores = Optimizer.Wide(query * scale).MatMul(Optimizer.Wide(key).Transpose());
        Expr? seen = Seen(mask, causal, query.Shape[^2].Value, key.Shape[^2].Value);
        return Weights(scores, seen).Cast(value.DType).MatMul(value);
    }

    /// <summary>
    /// Attention in several heads of projected queries [.., T, heads d], keys [.., S, heads d] and values [.., S, heads e], side by
    /// side: [.., T, heads e]. The mask is for all heads alike.
    /// </summary>
    /// <exception cref="ShapeException">A last axis does not divide into so many heads.</exception>
    public static Expr MultiHeadAttention(Expr query, Expr key, Expr value, int heads, Expr? mask = null, bool causal = false)
    {
        Expr Split(string what, Expr x) => heads >= 1 && x.Rank >= 2 && x.Shape[^1].Value % heads == 0
            ? x.Reshape([.. x.Shape.ToArray()[..^1], heads, x.Shape[^1].Value / heads]).SwapAxes(-3, -2)
            : throw new ShapeException($"multi_head_attention: the last axis of the {what} {x.Type} does not divide into {heads} heads.").Here();
        Expr? forAll = mask is { Rank: > 2 } ? mask.ExpandDims(mask.Rank - 2) : mask;
        Expr mixed = Attention(Split("query", query), Split("key", key), Split("value", value), forAll, causal).SwapAxes(-3, -2);
        return mixed.Flatten(-2);
    }

    private static Expr? Seen(Expr? mask, bool causal, int queries, int keys)
    {
        if (mask is not null && mask.DType != DType.Bool)
        {
            throw new DTypeException($"attention: the mask is {mask.Type}, not bool. Compare it with something?").Here();
        }

        if (!causal)
        {
            return mask;
        }

        Shape shape = Shape.Of(queries, keys);
        Expr past = Tensors.Iota(DType.I64, shape, 1).LessOrEqual(Tensors.Iota(DType.I64, shape, 0) + (keys - queries));
        return mask is null ? past : past.And(mask);
    }

    /// <summary>The softmax over the last axis of what is seen; zeros where nothing is.</summary>
    private static Expr Weights(Expr scores, Expr? seen)
    {
        if (seen is null)
        {
            return scores.Softmax();
        }

        Expr shown = seen.Where(scores, double.NegativeInfinity);
        Expr top = shown.StopGradient().Max([-1], true);
        Expr parts = (shown - top.IsFinite().Where(top, 0.0)).Exp();
        Expr sum = parts.Sum(-1, true);
        return parts / sum.Equal(0).Where(1.0, sum);
    }
}
