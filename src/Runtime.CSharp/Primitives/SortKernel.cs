using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Adjoint.Core;
using Adjoint.Kernels;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>Sorts along an axis, by words that stand in the order of the keys; payload of any dtype goes along.</summary>
internal sealed class SortKernel<T>(Lines lines, bool descending) : Kernel
    where T : unmanaged, INumber<T>
{
    /// <inheritdoc/>
    public override IEnumerable<ScratchNeed> ScratchNeeds => [new(0, DType.U64, Space)];

    private int Space => lines.Tasks * LineSort<T>.Space(lines.Extent);

    /// <inheritdoc/>
    public override void Run(ReadOnlySpan<NDArray> operands, ReadOnlySpan<NDArray> results, KernelContext context)
    {
        if (operands[0].Size == 0)
        {
            return;
        }

        NDArray space = context.Scratch(0, DType.U64, Space);
        NDArray[] from = operands.ToArray(), to = results.ToArray();
        context.Parallel.For(lines.Tasks, task => Run(from, to, task, space, context));
    }

    private void Run(NDArray[] operands, NDArray[] results, int task, NDArray space, KernelContext context)
    {
        int length = LineSort<T>.Space(lines.Extent);
        Span<ulong> own = space.Memory<ulong>().AsSpan(space.Start + (task * length), length);
        var sort = new LineSort<T>(new(descending), lines.Stride, WordSort.Default);
        ReadOnlySpan<T> keys = operands[0].Span<T>();
        int last = Math.Min(lines.Count, (task + 1) * lines.Each);
        for (int line = task * lines.Each; line < last; line++)
        {
            context.ThrowIfCancelled();
            int start = lines.Start(line);
            if (operands.Length == 1)
            {
                Span<T> sorted = results[0].Memory<T>().AsSpan(results[0].Start, results[0].Size);
                sort.Values(keys[start..], sorted[start..], lines.Extent, own);
                continue;
            }

            Span<int> places = sort.Places(keys[start..], lines.Extent, own);
            for (int i = 0; i < operands.Length; i++)
            {
                Move(operands[i], results[i], start, places);
            }
        }
    }

    private void Move(NDArray from, NDArray to, int start, ReadOnlySpan<int> places)
    {
        switch (from.Type.Size())
        {
            case 1: Move<byte>(from, to, start, places); break;
            case 2: Move<ushort>(from, to, start, places); break;
            case 4: Move<uint>(from, to, start, places); break;
            case 8: Move<ulong>(from, to, start, places); break;
            default: Move<UInt128>(from, to, start, places); break;
        }
    }

    private void Move<TPayload>(NDArray from, NDArray to, int start, ReadOnlySpan<int> places)
        where TPayload : unmanaged
    {
        Span<TPayload> source = Raw<TPayload>(from)[start..];
        Span<TPayload> target = Raw<TPayload>(to)[start..];
        for (int i = 0; i < places.Length; i++)
        {
            target[i * lines.Stride] = source[places[i] * lines.Stride];
        }
    }

    private static Span<TPayload> Raw<TPayload>(NDArray array)
        where TPayload : unmanaged =>
        MemoryMarshal.CreateSpan(ref Unsafe.As<byte, TPayload>(ref array.FirstByte), array.Size);
}
