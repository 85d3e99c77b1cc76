using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Front;

/// <summary>
/// Random numbers from explicit keys: the same key gives the same numbers, on every machine. Bits are JAX's (partitionable Threefry).
/// </summary>
/// <remarks>A key is u32[2]. Use each once: split it, or fold a number into it, for more.</remarks>
public static class Rng
{
    /// <summary>The key of a seed.</summary>
    public static Expr Key(long seed) => Expr.Of((uint)((ulong)seed >> 32), (uint)(ulong)seed);

    /// <summary>So many new keys, u32[count, 2]; the old one is not used again.</summary>
    public static Expr SplitMany(Expr key, int count) => Words(key, Tensors.Iota(DType.U32, count));

    /// <summary>So many new keys; the old one is not used again.</summary>
    public static Expr[] Split(Expr key, int count = 2)
    {
        Expr keys = SplitMany(key, count);
        return [.. Enumerable.Range(0, count).Select(i => keys[i])];
    }

    /// <summary>A new key from a key and an integer of rank 0, such as a step's number.</summary>
    public static Expr FoldIn(Expr key, Expr number) => Words(key, number.Cast(DType.U32));

    /// <summary>A new key from a key and a number.</summary>
    public static Expr FoldIn(Expr key, int number) => FoldIn(key, Expr.Scalar(unchecked((uint)number)));

    /// <summary>Random bits: u32 or u64 of a shape.</summary>
    public static Expr Bits(Expr key, Shape shape, DType type = DType.U32)
    {
        CheckKey("bits", key);
        if (type == DType.U32)
        {
            return Building.Make(key, value => Ops.RandomBits(value, shape));
        }

        if (type != DType.U64)
        {
            throw new DTypeException($"bits: {type.Name()} is neither u32 nor u64.").Here();
        }

        Expr words = Words(key, Tensors.Iota(DType.U32, shape.Size)).Cast(DType.U64);
        return words[Slice.All, 0].ShiftLeft(Literals.Like("bits", words[Slice.All, 0], 32L)).Or(words[Slice.All, 1]).Reshape(shape);
    }

    /// <summary>Numbers spread evenly over low … high, which is excluded. f16 and bf16 are rounded from f32.</summary>
    public static Expr Uniform(Expr key, Shape shape, DType type = DType.F32, double low = 0.0, double high = 1.0)
    {
        if (type is DType.F16 or DType.BF16)
        {
            return Uniform(key, shape, DType.F32, low, high).Cast(type);
        }

        (DType word, long one, long drop) = type switch
        {
            DType.F32 => (DType.U32, 0x3F800000L, 9L),
            DType.F64 => (DType.U64, 0x3FF0000000000000L, 12L),
            _ => throw new DTypeException($"uniform: {type.Name()} is no floating dtype.").Here(),
        };
        Expr bits = Bits(key, shape, word);
        Expr mantissa = bits.ShiftRightLogical(Literals.Like("uniform", bits, drop)).Or(Literals.Like("uniform", bits, one));
        Expr unit = mantissa.Bitcast(type) - 1.0;
        return low == 0 && high == 1 ? unit : ((unit * (high - low)) + low).Maximum(low);
    }

    /// <summary>Normally distributed numbers of mean 0 and variance 1: √2 erfInv u.</summary>
    public static Expr Normal(Expr key, Shape shape, DType type = DType.F32)
    {
        if (type is DType.F16 or DType.BF16)
        {
            return Normal(key, shape, DType.F32).Cast(type);
        }

        double low = type == DType.F32 ? MathF.BitIncrement(-1f) : Math.BitIncrement(-1.0);
        return Uniform(key, shape, type, low).ErfInv() * Math.Sqrt(2.0);
    }

    /// <summary>True with a probability, for each element.</summary>
    public static Expr Bernoulli(Expr key, Shape shape, double probability = 0.5) => Uniform(key, shape).Less(probability);

    /// <summary>Whole numbers spread evenly over low … high, which is excluded: i32 or i64.</summary>
    public static Expr Integers(Expr key, Shape shape, long low, long high, DType type = DType.I32)
    {
        if (type is not (DType.I32 or DType.I64) || low >= high)
        {
            throw new DomainException($"integers: {low} to {high} in {type.Name()}; a range that is not empty, in i32 or i64, is wanted.");
        }

        (DType word, int width) = type == DType.I32 ? (DType.U32, 32) : (DType.U64, 64);
        Expr[] keys = Split(key);
        ulong span = (ulong)high - (ulong)low;
        ulong half = (1UL << (width / 2)) % span;
        Expr Number(ulong number) => Tensors.Full(shape, Scalar.Of(number)).Cast(word);
        Expr range = Number(span);
        Expr upper = Bits(keys[0], shape, word).Remainder(range) * Number(unchecked(half * half) % span);
        Expr offset = (upper + Bits(keys[1], shape, word).Remainder(range)).Remainder(range);
        return offset.Cast(type) + low;
    }

    /// <summary>0 … count − 1 in random order, in i64.</summary>
    public static Expr Permutation(Expr key, int count)
    {
        Expr order = Tensors.Iota(DType.I64, count);
        int rounds = (int)Math.Ceiling(3 * Math.Log(Math.Max(count, 1)) / Math.Log(uint.MaxValue));
        for (int i = 0; i < rounds; i++)
        {
            Expr[] keys = Split(key);
            key = keys[0];
            order = Tensors.Sort([Bits(keys[1], order.Shape), order], 0)[1];
        }

        return order;
    }

    /// <summary>Numbers of the standard Gumbel distribution: −ln(−ln u).</summary>
    public static Expr Gumbel(Expr key, Shape shape, DType type = DType.F32)
    {
        double tiny = type == DType.F64 ? 2.2250738585072014e-308 : 1.17549435e-38;
        return -(-Uniform(key, shape, type, tiny).Log()).Log();
    }

    /// <summary>An index along an axis, in i64, with probabilities in proportion to the exponentials of its elements.</summary>
    public static Expr Categorical(Expr key, Expr logits, int axis = -1) => (logits + Gumbel(key, logits.Shape, logits.DType)).ArgMax(axis);

    /// <summary>Both words of the bits at counters (0, number): a new last axis of 2.</summary>
    private static Expr Words(Expr key, Expr numbers)
    {
        CheckKey("key", key);
        Expr low = numbers.ExpandDims(numbers.Rank);
        Expr counters = Tensors.Concat([low.ZerosLike(), low], low.Rank - 1);
        Expr keys = key.BroadcastTo(counters.Shape);
        return Building.Make(keys, counters, Ops.Threefry);
    }

    private static void CheckKey(string operation, Expr key)
    {
        if (key.DType != DType.U32 || key.Rank != 1 || key.Shape[0].Value != 2)
        {
            throw new ShapeException($"{operation}: {key.Type} is no key; a key is u32[2]. "
                + "Make one of a seed with Key, and take one of several.").Here();
        }
    }
}
