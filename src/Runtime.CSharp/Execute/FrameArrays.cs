using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Adjoint.Core;

namespace Adjoint.Execute;

/// <summary>The planned arrays of a frame, and the blocks they lie in.</summary>
internal sealed class FrameArrays
{
    /// <summary>Blocks this large are told not to move, so that lines of the cache can be met.</summary>
    private const long Pinned = 4096;

    private const byte Rubbish = 0xCB;

    private readonly NDArray[] arrays;
    private readonly (NDArray View, Array Nothing)[] views;

    internal FrameArrays(Plan plan)
    {
        var blocks = new Dictionary<DType, (Array Storage, int First)>();
        foreach ((DType type, long bytes) in plan.Blocks)
        {
            blocks.Add(type, NewBlock(type, bytes));
        }

        Bytes = BytesOf(plan);
        arrays = new NDArray[plan.Arrays.Length];
        for (int i = 0; i < arrays.Length; i++)
        {
            PlannedArray planned = plan.Arrays[i];
            (Array storage, int first) = planned.IsView || planned.Constant is not null
                ? (planned.Type.DType.NewArray(0), 0)
                : blocks[planned.Type.DType];
            arrays[i] = planned.Constant ?? new(planned.Type.DType, planned.Type.Shape, storage, first + (int)planned.Start);
        }

        views = [.. Enumerable.Range(0, arrays.Length).Where(i => plan.Arrays[i].IsView).Select(i => (arrays[i], arrays[i].Storage))];
        Wires = new NDArray[plan.Wires.Length];
        for (int i = 0; i < Wires.Length; i++)
        {
            Wires[i] = plan.Wires[i] == Step.None ? null! : arrays[plan.Wires[i]];
        }
    }

    /// <summary>The operands and results of each kernel, step by step; those that stand in slots are put in before it runs.</summary>
    internal NDArray[] Wires { get; }

    /// <summary>The bytes of the blocks.</summary>
    internal long Bytes { get; }

    /// <summary>The bytes of the blocks that a plan needs.</summary>
    internal static long BytesOf(Plan plan) => plan.Blocks.Sum(block => block.Value + (block.Value < Pinned ? 0 : BlockLayout.Line));

    /// <summary>A planned array.</summary>
    internal NDArray this[int index] => arrays[index];

    /// <summary>Lets go of what views show.</summary>
    internal void Forget()
    {
        foreach ((NDArray view, Array nothing) in views)
        {
            view.Point(nothing, 0);
        }
    }

    /// <summary>Fills what results lie in with rubbish, unless an operand lies there.</summary>
    internal static void Spoil(ReadOnlySpan<NDArray> operands, ReadOnlySpan<NDArray> results)
    {
        foreach (NDArray result in results)
        {
            bool shared = false;
            foreach (NDArray operand in operands)
            {
                shared |= ReferenceEquals(operand.Storage, result.Storage)
                    && operand.Start < result.Start + result.Size
                    && result.Start < operand.Start + operand.Size;
            }

            if (!shared && result.Size > 0)
            {
                MemoryMarshal.CreateSpan(ref result.FirstByte, result.Size * result.Type.Size()).Fill(Rubbish);
            }
        }
    }

    /// <summary>Memory of so many bytes, and the first element in it that begins a line.</summary>
    private static (Array Storage, int First) NewBlock(DType type, long bytes)
    {
        int size = type.Size();
        int length = (int)(bytes / size);
        if (bytes < Pinned || length > Array.MaxLength - BlockLayout.Line)
        {
            return (type.NewArray(length, zero: false), 0);
        }

        Array storage = type.NewArray(length + (BlockLayout.Line / size), zero: false, pinned: true);
        nuint address = Address(storage);
        nuint gap = (BlockLayout.Line - (address % BlockLayout.Line)) % BlockLayout.Line;
        return (storage, gap % (nuint)size == 0 ? (int)(gap / (nuint)size) : 0);
    }

    private static unsafe nuint Address(Array storage) => (nuint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(storage));
}
