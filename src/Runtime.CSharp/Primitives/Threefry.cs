using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>Threefry-2x32 with 20 rounds: a key and a counter, of two u32 each, give two words of random bits.</summary>
/// <remarks>
/// <para>Shape: keys and counters are u32[.., 2] of one shape, which the result has too. Splitting a key is this on counters
/// 0, 1, 2 …; folding data into a key is this on the data. The same bits as JAX's.</para>
/// <para>Source: Salmon, Moraes, Dror and Shaw 2011, Parallel random numbers: as easy as 1, 2, 3. Derivative: none.</para>
/// </remarks>
public sealed partial record Threefry : TensorPrimitive
{
    /// <inheritdoc/>
    public override string Name => "threefry";

    /// <summary>Draws keys and counters.</summary>
    public static Sample Draw(SampleSource source)
    {
        Shape shape = source.Shape(maxRank: 2, minExtent: 0).Concat(Shape.Of(2));
        return new(
            new Threefry(), source.Integers(DType.U32, shape, 0, uint.MaxValue), source.Integers(DType.U32, shape, 0, uint.MaxValue));
    }

    /// <inheritdoc/>
    public override ElementRule? LowerElement(ImmutableArray<ValueType> operands) => (builder, sources, index) =>
    {
        LoopValue Word(int operand, int word) => sources[operand](index.SetItem(index.Length - 1, builder.Index(word)));
        (LoopValue first, LoopValue second) = ThreefryHash.Words(builder, Word(0, 0), Word(0, 1), Word(1, 0), Word(1, 1));
        return builder.Select(builder.Equal(index[^1], builder.Index(0)), first, second);
    };

    /// <inheritdoc/>
    protected override TensorType InferTensor(ImmutableArray<TensorType> operands)
    {
        CheckCount(operands, 2);
        TensorType keys = operands[0];
        return keys.DType == DType.U32 && keys.Rank > 0 && keys.Shape[^1].Value == 2 && keys.Equals(operands[1])
            ? keys
            : throw new TypeRuleException($"{Name}: takes keys and counters u32[.., 2] of one shape, not {keys} and {operands[1]}.");
    }

    /// <inheritdoc/>
    protected override NDArray EvaluateTensor(NDArray[] operands, EvaluationContext context)
    {
        ReadOnlySpan<uint> keys = operands[0].Span<uint>();
        uint[] words = operands[1].ToArray<uint>();
        for (int i = 0; i < words.Length; i += 2)
        {
            (words[i], words[i + 1]) = ThreefryHash.Words(keys[i], keys[i + 1], words[i], words[i + 1]);
        }

        return NDArray.Own(operands[1].Shape, words);
    }

    /// <inheritdoc/>
    protected override Value? JvpTensor(Node node, IReadOnlyList<Value?> tangents) => null;

    /// <inheritdoc/>
    protected override Batched BatchTensor(Node node, IReadOnlyList<Batched> operands, Extent size) =>
        new(Ops.Threefry(BatchAxes.At(operands[0], 0, size), BatchAxes.At(operands[1], 0, size)), 0);
}

public static partial class Ops
{
    /// <summary>Two words of random bits for each key and counter, u32[.., 2] each.</summary>
    public static Value Threefry(Value keys, Value counters) => Apply(new Threefry(), keys, counters);
}
