using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Front;

/// <content>Attention.</content>
public static partial class Nn
{
    /// <summary>Scores of a head above which attention goes over blocks; else the composition fuses with what surrounds it.</summary>
    private const long ManyScores = 4096;

    /// <summary>softmax(q kᵀ / √d) v over the last two axes (Vaswani et al. 2017): q [.., T, d], k [.., S, d], v [.., S, e] to [.., T, e].</summary>
    /// <remarks>
    /// With more than 4096 scores a head it is computed over blocks of keys, forward and backward, in memory linear in T and S
    /// (<see cref="Primitives.Attention"/>); derivatives of second and higher order hold all scores. f16 and bf16 are computed with in f32.
    /// </remarks>
    /// <param name="query">What asks.</param>
    /// <param name="key">What is compared with it.</param>
    /// <param name="value">What is mixed.</param>
    /// <param name="mask">
    /// Where T may look at S: bool, broadcast to [.., T, S] and not repeated in memory. What is hidden gets weight 0 and derivative 0, exactly.
    /// Nowhere to look: zeros, with derivative 0. See <see cref="LengthMask"/>.
    /// </param>
    /// <param name="causal">Place t sees places up to t alone; of fewer queries than keys, the last ones are meant.</param>
    /// <param name="bias">
    /// Numbers that are added to the scores after their scaling, of the query's dtype, broadcast to [.., T, S]. Its own derivative holds all scores.
    /// </param>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public static Expr Attention(Expr query, Expr key, Expr value, Expr? mask = null, bool causal = false, Expr? bias = null)
    {
        if (query.Rank < 2 || key.Rank < 2 || value.Rank < 2 || query.Shape[^1] != key.Shape[^1] || key.Shape[^2] != value.Shape[^2])
        {
            throw new ShapeException($"attention: query is {query.Type}, key is {key.Type}, value is {value.Type}; "
                + "[.., T, d], [.., S, d] and [.., S, e] are wanted.").Here();
        }

        CheckMask(mask);
        CheckBias(query, bias);
        if (HasManyScores(query, query.Shape[^2].Value, key.Shape[^2].Value))
        {
            Expr? forHead = bias is null ? null : AtLeast(bias, 2).ExpandDims(-3);
            return InBlocks(query.ExpandDims(-2), key.ExpandDims(-2), value.ExpandDims(-2), mask, forHead, causal).Squeeze(-2);
        }

        double scale = 1.0 / Math.Sqrt(Math.Max(query.Shape[^1].Value, 1));
        Expr scores = Optimizer.Wide(query * scale).MatMul(Optimizer.Wide(key).Transpose());
        scores = bias is null ? scores : scores + Optimizer.Wide(bias);
        Expr? seen = Seen(mask, causal, query.Shape[^2].Value, key.Shape[^2].Value);
        return Weights(scores, seen).Cast(value.DType).MatMul(value);
    }

    /// <summary>
    /// Attention in several heads of projected queries [.., T, heads d], keys [.., S, heads d] and values [.., S, heads e], side by
    /// side: [.., T, heads e]. The mask is for all heads alike.
    /// </summary>
    /// <remarks>
    /// Keys [.., S, H d] and values [.., S, H e] of fewer heads, H dividing the heads, serve heads / H heads each (grouped heads: Ainslie et al. 2023).
    /// </remarks>
    /// <param name="query">What asks.</param>
    /// <param name="key">What is compared with it.</param>
    /// <param name="value">What is mixed.</param>
    /// <param name="heads">Heads of the queries.</param>
    /// <param name="mask">As in <see cref="Attention"/>.</param>
    /// <param name="causal">As in <see cref="Attention"/>.</param>
    /// <param name="bias">Numbers that are added to the scores, broadcast to [.., heads, T, S].</param>
    /// <exception cref="ShapeException">A last axis does not divide into so many heads.</exception>
    public static Expr MultiHeadAttention(
        Expr query, Expr key, Expr value, int heads, Expr? mask = null, bool causal = false, Expr? bias = null)
    {
        Expr Split(string what, Expr x, int heads) => heads >= 1 && x.Rank >= 2 && x.Shape[^1].Value % heads == 0
            ? x.Reshape([.. x.Shape.ToArray()[..^1], heads, x.Shape[^1].Value / heads])
            : throw new ShapeException($"multi_head_attention: the last axis of the {what} {x.Type} does not divide into {heads} heads.").Here();
        Expr asked = Split("query", query, heads);
        int width = asked.Shape[^1].Value, keyWidth = key.Rank == 0 ? 0 : key.Shape[^1].Value;
        bool grouped = width > 0 && keyWidth > 0 && keyWidth < heads * width && keyWidth % width == 0 && heads % (keyWidth / width) == 0;
        int keyHeads = grouped ? keyWidth / width : heads;
        Expr compared = Split("key", key, keyHeads), mixed = Split("value", value, keyHeads);
        CheckMask(mask);
        if (HasManyScores(query, query.Shape[^2].Value, key.Shape[^2].Value)
            && compared.Shape[^1].Value == width && value.Shape[^2] == key.Shape[^2])
        {
            CheckBias(query, bias);
            return InBlocks(asked, compared, mixed, mask, bias is null ? null : AtLeast(bias, 3), causal).Flatten(-2);
        }

        Expr? forAll = mask is { Rank: > 2 } ? mask.ExpandDims(mask.Rank - 2) : mask;
        Expr Ahead(Expr x) => (x.Shape[^2].Value == heads ? x : x.Repeat(heads / keyHeads, -2)).SwapAxes(-3, -2);
        return Attention(Ahead(asked), Ahead(compared), Ahead(mixed), forAll, causal, bias).SwapAxes(-3, -2).Flatten(-2);
    }

    /// <summary>A mask for sequences of different lengths that were filled up to one: lengths [..] to bool [.., 1, keys], true before each length.</summary>
    /// <remarks>It takes one bool a key; attention repeats it for queries and heads without holding that in memory.</remarks>
    public static Expr LengthMask(Expr lengths, int keys) =>
        Tensors.Iota(lengths.DType, Shape.Of(keys), 0).Less(lengths.ExpandDims(-1)).ExpandDims(-2);

    private static bool HasManyScores(Expr query, int queries, int keys) =>
        query.DType.IsFloating() && (keys == 0 || (queries >= 16 && (long)queries * keys > ManyScores));

    /// <summary>
    /// Queries [.., T, N, d], keys [.., S, H, d], values [.., S, H, e], a mask that broadcasts to [.., T, S] and a bias that broadcasts to
    /// [.., N, T, S], to [.., T, N, e].
    /// </summary>
    private static Expr InBlocks(Expr query, Expr key, Expr value, Expr? mask, Expr? bias, bool causal)
    {
        Broadcasting.SameDType("attention", query, key);
        Broadcasting.SameDType("attention", query, value);
        Shape lead = Broadcasting.Common("attention", Broadcasting.Common("attention", LeadOf(query, 3), LeadOf(key, 3)), LeadOf(value, 3));
        Expr? given = mask is null ? bias : AtLeast(mask, 2).ExpandDims(-3);
        if (mask is not null && bias is not null)
        {
            given = given!.Where(bias, double.NegativeInfinity);
        }

        if (given is not null)
        {
            _ = Broadcasting.Common("attention", given.Shape, Shape.Of(query.Shape[^2].Value, query.Shape[^3].Value, key.Shape[^3].Value));
            lead = Broadcasting.Common("attention", lead, LeadOf(given, 3));
            given = AtLeast(given, lead.Rank + 3);
            given = given.DType == DType.Bool ? given : Optimizer.Wide(given);
        }

        Expr Repeated(Expr x) =>
            Optimizer.Wide(Broadcasting.To("attention", x, lead.Concat(x.Shape.Select(Enumerable.Range(x.Rank - 3, 3)))));
        double scale = 1.0 / Math.Sqrt(Math.Max(query.Shape[^1].Value, 1));
        Expr[] operands = [Repeated(query), Repeated(key), Repeated(value)];
        Expr[] both = Building.Apply(
            new Primitives.Attention(causal, Scalar.Of(DType.F64, scale)), given is null ? operands : [.. operands, given]);
        return both[0].Cast(query.DType);
    }

    /// <summary>With so many axes, further ones of extent 1 ahead.</summary>
    private static Expr AtLeast(Expr x, int rank) =>
        x.Rank >= rank ? x : x.Reshape([.. Enumerable.Repeat(1, rank - x.Rank), .. x.Shape.ToArray()]);

    private static Shape LeadOf(Expr x, int last) => x.Shape.Select(Enumerable.Range(0, Math.Max(0, x.Rank - last)));

    private static void CheckMask(Expr? mask)
    {
        if (mask is not null && mask.DType != DType.Bool)
        {
            throw new DTypeException($"attention: the mask is {mask.Type}, not bool. Compare it with something?").Here();
        }
    }

    private static void CheckBias(Expr query, Expr? bias)
    {
        if (bias is not null && bias.DType != query.DType)
        {
            throw new DTypeException($"attention: the bias is {bias.Type}, the query {query.Type} ({bias.DType.Name()} against {query.DType.Name()}). Cast it?").Here();
        }
    }

    private static Expr? Seen(Expr? mask, bool causal, int queries, int keys)
    {
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
        Expr shown = seen is null ? scores : seen.Where(scores, double.NegativeInfinity);
        Expr top = shown.StopGradient().Max([-1], true);
        Expr parts = (shown - top.IsFinite().Where(top, 0.0)).Exp();
        Expr sum = parts.Sum(-1, true);
        return parts / sum.Equal(0).Where(1.0, sum);
    }
}
