using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Primitives;

/// <summary>The extents of an attention: queries [.., T, N, d], keys [.., S, H, d] and values [.., S, H, e], where H divides N.</summary>
/// <param name="Lead">The leading axes, which all operands share.</param>
/// <param name="Queries">T, the places that ask.</param>
/// <param name="Keys">S, the places that are asked.</param>
/// <param name="Heads">N, the heads of the queries.</param>
/// <param name="KeyHeads">H, the heads of keys and values; each serves N / H heads that lie side by side.</param>
/// <param name="Width">d, the elements that are compared.</param>
/// <param name="ValueWidth">e, the elements that are mixed.</param>
/// <param name="Type">The dtype of all of them.</param>
internal sealed record AttentionSizes(
    Shape Lead, int Queries, int Keys, int Heads, int KeyHeads, int Width, int ValueWidth, DType Type)
{
    /// <summary>Heads of queries for each head of keys.</summary>
    internal int Group => KeyHeads == 0 ? 0 : Heads / KeyHeads;

    internal TensorType Query => new(Type, Lead.Concat(Shape.Of(Queries, Heads, Width)));

    internal TensorType Key => new(Type, Lead.Concat(Shape.Of(Keys, KeyHeads, Width)));

    internal TensorType Value => new(Type, Lead.Concat(Shape.Of(Keys, KeyHeads, ValueWidth)));

    internal TensorType Output => new(Type, Lead.Concat(Shape.Of(Queries, Heads, ValueWidth)));

    /// <summary>One number for each query of each head.</summary>
    internal TensorType Sums => new(Type, Lead.Concat(Shape.Of(Heads, Queries)));

    /// <summary>The scores, which only the plain meaning holds at once.</summary>
    internal Shape Scores => Lead.Concat(Shape.Of(Heads, Queries, Keys));

    /// <summary>How many scores there are.</summary>
    internal double ScoreCount => Lead.Aggregate(1.0, (product, extent) => product * extent.Value) * Heads * Queries * Keys;

    /// <summary>Checks queries, keys and values, and a mask, or what is added to the scores, if there is one.</summary>
    /// <exception cref="TypeRuleException">They do not fit.</exception>
    internal static AttentionSizes Of(string name, ImmutableArray<TensorType> operands, TensorType? mask)
    {
        TensorType query = operands[0], key = operands[1], value = operands[2];
        int lead = query.Rank - 3;
        if (lead < 0 || key.Rank != query.Rank || value.Rank != query.Rank || query.DType is not (DType.F32 or DType.F64)
            || key.DType != query.DType || value.DType != query.DType)
        {
            throw new TypeRuleException($"{name}: takes queries [.., T, N, d], keys [.., S, H, d] and values [.., S, H, e], all of f32 or all of f64, "
                + $"not {query}, {key} and {value}.");
        }

        Shape all = query.Shape.Select(Enumerable.Range(0, lead));
        var sizes = new AttentionSizes(
            all,
            query.Shape[lead].Value,
            key.Shape[lead].Value,
            query.Shape[lead + 1].Value,
            key.Shape[lead + 1].Value,
            query.Shape[lead + 2].Value,
            value.Shape[lead + 2].Value,
            query.DType);
        if (!sizes.Key.Equals(key) || !sizes.Value.Equals(value))
        {
            throw new TypeRuleException($"{name}: queries {query}, keys {key} and values {value} differ in leading axes, places, heads or width.");
        }

        if (sizes.KeyHeads == 0 ? sizes.Heads != 0 : sizes.Heads % sizes.KeyHeads != 0)
        {
            throw new TypeRuleException($"{name}: {sizes.Heads} heads of queries {query} are no multiple of {sizes.KeyHeads} heads of keys {key}.");
        }

        sizes.CheckMask(name, mask);
        return sizes;
    }

    private void CheckMask(string name, TensorType? mask)
    {
        if (mask is null)
        {
            return;
        }

        bool fits = (mask.DType == DType.Bool || mask.DType == Type) && mask.Rank == Scores.Rank
            && mask.Shape.Zip(Scores).All(pair => pair.First == pair.Second || pair.First.Value == 1);
        if (!fits)
        {
            throw new TypeRuleException($"{name}: the mask is {mask}, not of bools, nor of {Type.Name()} to be added, whose axes are those of the scores {Scores} or have extent 1.");
        }
    }
}
