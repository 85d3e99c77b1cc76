using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Front;

/// <summary>
/// Random numbers from explicit keys: the same key gives the same numbers, on every machine, for any number of threads, traced or not.
/// </summary>
/// <remarks>
/// <para>A key is u32[2]. Use each once: split it, or fold a number into it, for more.</para>
/// <para>Bits are JAX's, Threefry-2x32 with 20 rounds (Salmon, Moraes, Dror and Shaw 2011) at a counter for each element
/// (jax_threefry_partitionable), and so are the ways from bits to numbers unless a function says otherwise. Shapes are last but for
/// options; numbers have a derivative in whatever shifts or scales them.</para>
/// </remarks>
public static partial class Rng
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

    /// <summary>Random bits: u8, u16, u32 or u64 of a shape.</summary>
    /// <exception cref="DTypeException">It is another dtype.</exception>
    public static Expr Bits(Expr key, Shape shape, DType type = DType.U32)
    {
        CheckKey("bits", key);
        switch (type)
        {
            case DType.U32:
                return Building.Make(key, value => Ops.RandomBits(value, shape));
            case DType.U8 or DType.U16:
                return Bits(key, shape).Cast(type);
            case DType.U64:
                Expr words = Words(key, Tensors.Iota(DType.U32, shape.Size)).Cast(DType.U64);
                Expr high = words[Slice.All, 0];
                return high.ShiftLeft(Literals.Like("bits", high, 32L)).Or(words[Slice.All, 1]).Reshape(shape);
            default:
                throw new DTypeException($"bits: {type.Name()} is none of u8, u16, u32, u64.").Here();
        }
    }

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

    private static void CheckFloating(string operation, DType type)
    {
        if (!type.IsFloating())
        {
            throw new DTypeException($"{operation}: {type.Name()} is no floating dtype.").Here();
        }
    }

    /// <summary>What a function gives in a dtype; f16 and bf16 are rounded from f32.</summary>
    private static Expr Rounded(string operation, DType type, Func<DType, Expr> draw)
    {
        CheckFloating(operation, type);
        return type is DType.F16 or DType.BF16 ? draw(DType.F32).Cast(type) : draw(type);
    }
}
