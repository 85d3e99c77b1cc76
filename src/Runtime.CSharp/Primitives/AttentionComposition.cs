using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Primitives;

/// <summary>Attention written out in other primitives, with the scores as a whole: what it means, and what higher derivatives go through.</summary>
internal sealed class AttentionComposition(AttentionSizes sizes, bool causal, double scale, Value? mask)
{
    private readonly int lead = sizes.Lead.Rank;

    private Axes Leading => Axes.All(lead);

    /// <summary>The result, and the logarithm of each query's sum of exponentials.</summary>
    internal Value[] Forward(Value query, Value key, Value value)
    {
        if (sizes.Keys == 0)
        {
            return [Ops.Zeros(sizes.Output), Ops.Full(sizes.Sums, double.NegativeInfinity)];
        }

        Value shown = Shown(Scores(query, key));
        Value shift = Finite(Ops.ReduceMax(shown, Last));
        Value parts = Ops.Exp(shown - Along(shift));
        Value sum = Ops.ReduceSum(parts, Last);
        Value safe = Ops.Select(Ops.Equal(sum, Ops.Like(sum, 0)), Ops.OnesLike(sum), sum);
        Value output = Mix(parts / Along(safe), value);
        return [output, shift + Ops.Log(sum)];
    }

    /// <summary>The tangents of both, from results that are known.</summary>
    internal Value[] Tangent(IReadOnlyList<Value> primals, Value query, Value key, Value value)
    {
        (Value q, Value k, Value v, Value output) = (primals[0], primals[1], primals[2], primals[3]);
        Value weights = Weights(q, k, primals[4]);
        Value slope = Hide(Scores(query, k) + Scores(q, key));
        Value parts = weights * slope;
        Value sum = Ops.ReduceSum(parts, Last);
        Value mixed = Mix(parts, v) + Mix(weights, value) - (output * OfQueries(sum));
        return [mixed, sum];
    }

    /// <summary>The cotangents of queries, keys and values from those of both results.</summary>
    internal Value[] Pullback(IReadOnlyList<Value> primals, Value cotangent, Value ofSums)
    {
        (Value q, Value k, Value v, Value output) = (primals[0], primals[1], primals[2], primals[3]);
        Value weights = Weights(q, k, primals[4]);
        Value mean = Ops.Permute(Ops.ReduceSum(output * cotangent, new Axes(lead + 2)), new Axes([.. Leading, lead + 1, lead])) - ofSums;
        Value slope = Ops.Scale(Hide(weights * (Products(cotangent, v) - Along(mean))), scale);
        return
        [
            Mix(slope, k),
            Gather(slope, q),
            Gather(weights, cotangent),
        ];
    }

    private Axes Last => new(lead + 2);

    /// <summary>exp of the scores less the logarithms of the sums; zero where nothing is seen.</summary>
    private Value Weights(Value query, Value key, Value sums) => Ops.Exp(Shown(Scores(query, key)) - Along(Finite(sums)));

    /// <summary>Minus infinity, which says that there was nothing, as zero.</summary>
    private static Value Finite(Value x) =>
        Ops.Select(Ops.Equal(x, Ops.Like(x, double.NegativeInfinity)), Ops.Zeros(x.Tensor), x);

    private Value Scores(Value query, Value key) => Products(Ops.Scale(query, scale), key);

    /// <summary>[.., T, N, d] and [.., S, H, d] to [.., N, T, S].</summary>
    private Value Products(Value left, Value right)
    {
        int width = left.Tensor.Shape[^1].Value;
        Value grouped = Ops.Reshape(left, sizes.Lead.Concat(Shape.Of(sizes.Queries, sizes.KeyHeads, sizes.Group, width)));
        var heads = new Axes([.. Leading, lead + 1]);
        Value product = Ops.Dot(grouped, right, heads, heads, new Axes(lead + 3), new Axes(lead + 2));
        return Ops.Reshape(Ops.Permute(product, new Axes([.. Leading, lead, lead + 2, lead + 1, lead + 3])), sizes.Scores);
    }

    /// <summary>[.., N, T, S] and [.., S, H, e] to [.., T, N, e].</summary>
    private Value Mix(Value weights, Value right)
    {
        int width = right.Tensor.Shape[^1].Value;
        Value product = Ops.Dot(
            Grouped(weights), right, new Axes([.. Leading, lead]), new Axes([.. Leading, lead + 1]), new Axes(lead + 3), new Axes(lead));
        Value ordered = Ops.Permute(product, new Axes([.. Leading, lead + 2, lead, lead + 1, lead + 3]));
        return Ops.Reshape(ordered, sizes.Lead.Concat(Shape.Of(sizes.Queries, sizes.Heads, width)));
    }

    /// <summary>[.., N, T, S] and [.., T, N, d] to [.., S, H, d]: summed over queries and the heads of a group.</summary>
    private Value Gather(Value weights, Value right)
    {
        int width = right.Tensor.Shape[^1].Value;
        Value grouped = Ops.Reshape(right, sizes.Lead.Concat(Shape.Of(sizes.Queries, sizes.KeyHeads, sizes.Group, width)));
        Value product = Ops.Dot(
            Grouped(weights),
            grouped,
            new Axes([.. Leading, lead]),
            new Axes([.. Leading, lead + 1]),
            new Axes([lead + 1, lead + 2]),
            new Axes([lead + 2, lead]));
        return Ops.Permute(product, new Axes([.. Leading, lead + 1, lead, lead + 2]));
    }

    private Value Grouped(Value weights) =>
        Ops.Reshape(weights, sizes.Lead.Concat(Shape.Of(sizes.KeyHeads, sizes.Group, sizes.Queries, sizes.Keys)));

    /// <summary>[.., N, T] repeated along the keys.</summary>
    private Value Along(Value x) => Ops.Broadcast(x, sizes.Scores, Axes.All(lead + 2));

    /// <summary>[.., N, T] as [.., T, N, e].</summary>
    private Value OfQueries(Value x) => Ops.Broadcast(x, sizes.Output.Shape, new Axes([.. Leading, lead + 1, lead]));

    private Value Shown(Value scores)
    {
        Value all = mask is { Tensor.DType: not DType.Bool } added ? scores + Everywhere(added) : scores;
        return Seen() is { } seen ? Ops.Select(seen, all, Ops.Like(all, double.NegativeInfinity)) : all;
    }

    private Value Hide(Value x) => Seen() is { } seen ? Ops.Select(seen, x, Ops.Zeros(x.Tensor)) : x;

    /// <summary>Which scores count, or null for all.</summary>
    private Value? Seen()
    {
        Value? given = mask is { Tensor.DType: DType.Bool } hiding ? Everywhere(hiding) : null;
        if (!causal)
        {
            return given;
        }

        Value last = Ops.Iota(DType.I64, sizes.Scores, lead + 1) + Ops.Full(sizes.Scores, Scalar.Of(DType.I64, (long)(sizes.Keys - sizes.Queries)));
        Value past = Ops.Compare(Direction.Le, Ops.Iota(DType.I64, sizes.Scores, lead + 2), last);
        return given is null ? past : Ops.And(past, given);
    }

    /// <summary>An array of the scores' axes, repeated along those that are one long.</summary>
    private Value Everywhere(Value x)
    {
        int[] kept = [.. Enumerable.Range(0, sizes.Scores.Rank).Where(axis => x.Tensor.Shape[axis] == sizes.Scores[axis])];
        return Ops.Broadcast(Ops.Reshape(x, x.Tensor.Shape.Select(kept)), sizes.Scores, new Axes(kept));
    }
}
