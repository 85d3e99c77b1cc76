using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>Random bits from a key: element i is the exclusive or of the two words of Threefry-2x32 at counter (0, i).</summary>
/// <remarks>
/// <para>Shape: keys u32[.., 2] give u32[.., shape], each key its own bits. An element depends on the key and its place alone,
/// as in JAX's partitionable threefry, whose bits these are.</para>
/// <para>Source: Salmon, Moraes, Dror and Shaw 2011, Parallel random numbers: as easy as 1, 2, 3. Derivative: none.</para>
/// </remarks>
/// <param name="Shape">The shape of the bits of one key.</param>
public sealed partial record RandomBits(Shape Shape) : UnaryPrimitive
{
    /// <inheritdoc/>
    public override string Name => "random_bits";

    /// <summary>Draws keys and a shape.</summary>
    public static Sample Draw(SampleSource source)
    {
        Shape keys = source.Shape(maxRank: 1).Concat(Shape.Of(2));
        return new(new RandomBits(source.Shape(minExtent: 0)), source.Integers(DType.U32, keys, 0, uint.MaxValue));
    }

    /// <inheritdoc/>
    public override TensorType Infer(TensorType x) => x.DType == DType.U32 && x.Rank > 0 && x.Shape[^1].Value == 2
        ? x with { Shape = x.Shape.Remove(x.Rank - 1).Concat(Shape) }
        : throw new TypeRuleException($"{Name}: takes keys u32[.., 2], not {x}.");

    /// <inheritdoc/>
    public override ElementRule? LowerElement(ImmutableArray<ValueType> operands)
    {
        int rank = ((TensorType)operands[0]).Rank - 1;
        return (builder, keys, index) =>
        {
            LoopValue counter = builder.Convert(LoopIndices.Flat(builder, [.. index.Skip(rank)], Shape), DType.U32);
            LoopValue Key(int word) => keys[0]([.. index.Take(rank), builder.Index(word)]);
            (LoopValue first, LoopValue second) = ThreefryHash.Words(builder, Key(0), Key(1), LoopNumbers.Zero(builder, DType.U32), counter);
            return builder.Xor(first, second);
        };
    }

    /// <inheritdoc/>
    public override NDArray Evaluate(NDArray x)
    {
        ReadOnlySpan<uint> keys = x.Span<uint>();
        NDArray result = NDArray.New(DType.U32, x.Shape.Remove(x.Shape.Rank - 1).Concat(Shape));
        Span<uint> bits = result.Data<uint>();
        int size = Shape.Size;
        for (int i = 0; i < bits.Length; i++)
        {
            int key = i / size * 2;
            (uint first, uint second) = ThreefryHash.Words(keys[key], keys[key + 1], 0, (uint)(i % size));
            bits[i] = first ^ second;
        }

        return result;
    }

    /// <inheritdoc/>
    public override Value? Jvp(Node node, Value tangent) => null;

    /// <inheritdoc/>
    public override Batched Batch(Batched x, Extent size) => new(Ops.RandomBits(BatchAxes.At(x, 0, size), Shape), 0);
}

public static partial class Ops
{
    /// <summary>Random bits, u32 of a shape, from a key u32[2]; from keys u32[.., 2], each key's behind its axes.</summary>
    public static Value RandomBits(Value key, Shape shape) => Apply(new RandomBits(shape), key);
}
