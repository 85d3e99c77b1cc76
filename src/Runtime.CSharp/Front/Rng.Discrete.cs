using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Front;

/// <content>Distributions of bools and whole numbers. They have no derivative.</content>
public static partial class Rng
{
    /// <summary>True with a probability, for each element.</summary>
    public static Expr Bernoulli(Expr key, Shape shape, double probability = 0.5) => Uniform(key, shape).Less(probability);

    /// <summary>True with a probability of its own, f32 or f64, for each element; the probabilities broadcast to the shape.</summary>
    public static Expr Bernoulli(Expr key, Expr probability, Shape? shape = null)
    {
        CheckFloating("bernoulli", probability.DType);
        return Uniform(key, shape ?? probability.Shape, probability.DType).Less(probability);
    }

    /// <summary>−1 or 1, each with probability ½.</summary>
    public static Expr Rademacher(Expr key, Shape shape, DType type = DType.F32) => (Bernoulli(key, shape).Cast(type) * 2) - 1;

    /// <summary>Whole numbers spread evenly over low … high, which is excluded, of any integer dtype.</summary>
    /// <remarks>
    /// Two words are drawn and reduced modulo the range. A range past the root of the dtype's number of values is uneven by at
    /// most its share of them.
    /// </remarks>
    /// <exception cref="DTypeException">The dtype is no integer.</exception>
    /// <exception cref="DomainException">The range is empty or past the dtype.</exception>
    public static Expr Integers(Expr key, Shape shape, long low, long high, DType type = DType.I32)
    {
        (DType word, int width) = WordOf(type);
        bool signed = type is DType.I8 or DType.I16 or DType.I32 or DType.I64;
        Int128 least = signed ? -(Int128.One << (width - 1)) : 0;
        Int128 end = least + (Int128.One << width);
        if (low >= high || low < least || high > end)
        {
            throw new DomainException($"integers: {low} to {high} is no range of {type.Name()}; low must be below high, and both its own.");
        }

        ulong span = (ulong)high - (ulong)low;
        ulong all = width == 64 ? ulong.MaxValue : (1UL << width) - 1;
        Expr Number(ulong number) => Tensors.Full(shape, Scalar.Of(number)).Cast(word);
        Expr[] keys = Split(key);
        Expr first = Bits(keys[0], shape, word);
        Expr second = Bits(keys[1], shape, word);
        if (span > all)
        {
            return second.Bitcast(type);
        }

        ulong half = (1UL << (width / 2)) % span;
        Expr range = Number(span);
        Expr upper = first.Remainder(range) * Number((unchecked(half * half) & all) % span);
        Expr offset = (upper + second.Remainder(range)).Remainder(range);
        return (offset + Number(unchecked((ulong)low) & all)).Bitcast(type);
    }

    /// <summary>Indices along an axis, in i64, with probabilities in proportion to the exponentials of its elements.</summary>
    /// <param name="key">A key.</param>
    /// <param name="logits">Logarithms of weights; −∞ is never drawn.</param>
    /// <param name="axis">The axis of the choices, which goes.</param>
    /// <param name="draws">Independent draws, as leading axes of the result; one unless given.</param>
    public static Expr Categorical(Expr key, Expr logits, int axis = -1, Shape? draws = null)
    {
        CheckFloating("categorical", logits.DType);
        int at = Axis.Of("categorical", axis, logits.Rank, logits.Type.ToString());
        Shape all = (draws ?? Shape.Scalar).Concat(logits.Shape);
        return (logits + Gumbel(key, all, logits.DType)).ArgMax(at + all.Rank - logits.Rank);
    }

    private static (DType Word, int Width) WordOf(DType type) => type switch
    {
        DType.I8 or DType.U8 => (DType.U8, 8),
        DType.I16 or DType.U16 => (DType.U16, 16),
        DType.I32 or DType.U32 => (DType.U32, 32),
        DType.I64 or DType.U64 => (DType.U64, 64),
        _ => throw new DTypeException($"integers: {type.Name()} is no integer dtype.").Here(),
    };
}
