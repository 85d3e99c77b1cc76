using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Loops;
using Adjoint.Primitives;

namespace Adjoint.Compile.Methods;

/// <summary>The rule for an element of a node's result: the primitive's own, or one from here for what only regions compute.</summary>
internal static class Rules
{
    internal static ElementRule? Of(Node node) => node.Primitive switch
    {
        DebugPrint => null,
        Threefry => Words,
        RandomBits bits => Bits(bits, node.Operands[0].Tensor.Rank - 1),
        _ => node.Primitive.LowerElement([.. node.Operands.Select(operand => operand.Type)]),
    };

    /// <summary>A word of a key and a counter.</summary>
    private static LoopValue Words(LoopBuilder builder, ImmutableArray<ElementSource> operands, ImmutableArray<LoopValue> index)
    {
        ImmutableArray<LoopValue> first = index.SetItem(index.Length - 1, builder.Index(0));
        ImmutableArray<LoopValue> second = index.SetItem(index.Length - 1, builder.Index(1));
        (LoopValue low, LoopValue high) = Hash(builder, operands[0](first), operands[0](second), operands[1](first), operands[1](second));
        return builder.Select(builder.Equal(index[^1], builder.Index(0)), low, high);
    }

    /// <summary>The bits at a place, the counter, from the key at the axes before.</summary>
    private static ElementRule Bits(RandomBits bits, int keyRank)
    {
        int[] extents = bits.Shape.ToArray();
        return (builder, operands, index) =>
        {
            ImmutableArray<LoopValue> key = index[..keyRank];
            LoopValue counter = builder.Convert(Places.Of(builder, extents, index[keyRank..]), DType.U32);
            LoopValue zero = builder.Constant(Scalar.Zero(DType.U32));
            (LoopValue first, LoopValue second) = Hash(
                builder, operands[0](key.Add(builder.Index(0))), operands[0](key.Add(builder.Index(1))), zero, counter);
            return builder.Xor(first, second);
        };
    }

    /// <summary>Threefry-2x32 with 20 rounds (Salmon, Moraes, Dror and Shaw 2011, SC '11), as <see cref="ThreefryHash"/>.</summary>
    private static (LoopValue First, LoopValue Second) Hash(
        LoopBuilder builder, LoopValue firstKey, LoopValue secondKey, LoopValue high, LoopValue low)
    {
        ReadOnlySpan<int> rotations = [13, 15, 26, 6, 17, 29, 16, 24];
        LoopValue parity = builder.Xor(builder.Xor(firstKey, secondKey), builder.Constant(Scalar.Of(DType.U32, 0x1BD11BDAL)));
        LoopValue[] keys = [firstKey, secondKey, parity];
        LoopValue first = high + firstKey;
        LoopValue second = low + secondKey;
        for (int round = 0; round < 20; round++)
        {
            first += second;
            int turn = rotations[round % 8];
            second = builder.Xor(builder.Or(builder.ShiftLeft(second, turn), builder.ShiftRightLogical(second, 32 - turn)), first);
            if (round % 4 == 3)
            {
                int group = (round / 4) + 1;
                first += keys[group % 3];
                second += keys[(group + 1) % 3] + builder.Constant(Scalar.Of(DType.U32, (long)group));
            }
        }

        return (first, second);
    }
}
