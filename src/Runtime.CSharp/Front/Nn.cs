using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Front;

/// <summary>
/// Layers of neural networks as plain functions of their parameters. Nothing is remembered between calls: statistics, states and keys
/// are handed in and out.
/// </summary>
/// <remarks>Channels are axis 1 of images and features the last axis of all else. Sequences have time as axis 0, batches as axis 1.</remarks>
public static partial class Nn
{
    /// <summary>x W + b: x [.., inputs], weight [inputs, outputs], bias [outputs] or null, to [.., outputs].</summary>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public static Expr Dense(Expr x, Expr weight, Expr? bias = null)
    {
        if (weight.Rank != 2 || x.Rank == 0 || x.Shape[^1] != weight.Shape[0])
        {
            throw new ShapeException($"dense: input is {x.Type}, weight is {weight.Type}; "
                + "[.., inputs] and [inputs, outputs] are wanted. Flatten the input, or permute the weight?").Here();
        }

        return Biased("dense", x.MatMul(weight), bias, weight.Shape[1], 1);
    }

    /// <summary>Rows of a table [count, width] at integer indices: the indices' shape and then [width].</summary>
    /// <exception cref="DomainException">When it runs: an index is not in 0 … count − 1.</exception>
    /// <exception cref="ShapeException">The table is no matrix.</exception>
    public static Expr Embedding(Expr table, Expr indices) => table.Rank == 2
        ? table.Take(indices, 0, OutOfRange.Check)
        : throw new ShapeException($"embedding: the table is {table.Type}; [count, width] is wanted.").Here();

    /// <summary>Elements become 0 with a probability; the others are divided by 1 − rate, so that the mean stays (Srivastava et al. 2014).</summary>
    /// <param name="key">A key, for this layer and step alone.</param>
    /// <param name="x">The tensor.</param>
    /// <param name="rate">The probability of 0, from 0 to 1.</param>
    /// <param name="together">Axes whose elements are dropped together: the spatial ones to drop whole channels.</param>
    /// <exception cref="DomainException">The rate is no probability.</exception>
    public static Expr Dropout(Expr key, Expr x, double rate, params int[] together)
    {
        if (!(rate is >= 0 and <= 1))
        {
            throw new DomainException($"dropout: the rate {rate} is no probability.");
        }

        if (rate is 0 or 1)
        {
            return rate == 0 ? x : x.ZerosLike();
        }

        Axes shared = Axis.Of("dropout", together, x);
        Shape shape = new(x.Shape.Select((extent, axis) => shared.Contains(axis) ? new Extent(1) : extent));
        return Rng.Bernoulli(key, shape, 1.0 - rate).BroadcastTo(x.Shape).Where(x / (1.0 - rate), 0.0);
    }

    /// <summary>Sines and cosines of positions [length, width]: those of place t at 2i and 2i + 1 are of t / 10000^(2i / width).</summary>
    /// <remarks>Vaswani et al. 2017, section 3.5. To be added to embeddings.</remarks>
    public static Expr Positions(int length, int width, DType type = DType.F32)
    {
        Shape shape = Shape.Of(length, (width + 1) / 2);
        Expr place = Tensors.Iota(DType.F64, shape, 0);
        Expr angle = place * (Tensors.Iota(DType.F64, shape, 1) * (-2.0 * Math.Log(1e4) / Math.Max(width, 1))).Exp();
        Expr both = Tensors.Stack([angle.Sin(), angle.Cos()], 2).Reshape(Shape.Of(length, 2 * ((width + 1) / 2)));
        return both[Slice.All, Slice.Of(0, width)].Cast(type);
    }

    /// <summary>The result of a layer plus its bias, which has one number for each output.</summary>
    private static Expr Biased(string layer, Expr y, Expr? bias, Extent outputs, int trailing)
    {
        if (bias is null)
        {
            return y;
        }

        return bias.Rank == 1 && bias.Shape[0] == outputs
            ? y + bias.Reshape(Shape.Of([bias.Size, .. Enumerable.Repeat(1, trailing - 1)]))
            : throw new ShapeException($"{layer}: bias is {bias.Type}, but there are {outputs} outputs; [{outputs}] is wanted.").Here();
    }

    /// <summary>Computes in f32 what is stored as f16 or bf16, and rounds the result once.</summary>
    private static Expr Widely(Expr x, Func<Expr, Expr> f) => f(Optimizer.Wide(x)).Cast(x.DType);
}
