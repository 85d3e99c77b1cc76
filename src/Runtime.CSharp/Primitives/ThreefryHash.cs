using System.Numerics;
using Adjoint.Core;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>The function behind random bits: Threefry-2x32 with 20 rounds (Salmon, Moraes, Dror and Shaw 2011, SC '11).</summary>
internal static class ThreefryHash
{
    /// <summary>The two words for a key and a counter.</summary>
    internal static (uint First, uint Second) Words(uint firstKey, uint secondKey, uint high, uint low)
    {
        ReadOnlySpan<int> rotations = [13, 15, 26, 6, 17, 29, 16, 24];
        ReadOnlySpan<uint> keys = [firstKey, secondKey, firstKey ^ secondKey ^ 0x1BD11BDA];
        uint first = high + keys[0];
        uint second = low + keys[1];
        for (int round = 0; round < 20; round++)
        {
            first += second;
            second = BitOperations.RotateLeft(second, rotations[round % 8]) ^ first;
            if (round % 4 == 3)
            {
                int group = (round / 4) + 1;
                first += keys[group % 3];
                second += keys[(group + 1) % 3] + (uint)group;
            }
        }

        return (first, second);
    }

    /// <summary>The same in the loop language.</summary>
    internal static (LoopValue First, LoopValue Second) Words(
        LoopBuilder builder, LoopValue firstKey, LoopValue secondKey, LoopValue high, LoopValue low)
    {
        int[] rotations = [13, 15, 26, 6, 17, 29, 16, 24];
        LoopValue third = builder.Xor(builder.Xor(firstKey, secondKey), LoopNumbers.Whole(builder, DType.U32, 0x1BD11BDA));
        LoopValue[] keys = [firstKey, secondKey, third];
        LoopValue first = high + keys[0];
        LoopValue second = low + keys[1];
        for (int round = 0; round < 20; round++)
        {
            first += second;
            int left = rotations[round % 8];
            second = builder.Xor(builder.Or(builder.ShiftLeft(second, left), builder.ShiftRight(second, 32 - left)), first);
            if (round % 4 == 3)
            {
                int group = (round / 4) + 1;
                first += keys[group % 3];
                second += keys[(group + 1) % 3] + LoopNumbers.Whole(builder, DType.U32, (ulong)group);
            }
        }

        return (first, second);
    }
}
