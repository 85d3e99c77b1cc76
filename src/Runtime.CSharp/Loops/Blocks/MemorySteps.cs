using System.Runtime.CompilerServices;
using Adjoint.Core;

namespace Adjoint.Loops.Blocks;

/// <summary>Where elements of a buffer are: at an offset and a distance from lane to lane, or at an offset for each lane.</summary>
/// <param name="Buffer">The buffer's number.</param>
/// <param name="Offset">The first offset, or a block of them.</param>
/// <param name="Stride">The distance between lanes.</param>
internal readonly record struct Elements(int Buffer, Place Offset, long Stride);

/// <summary>Loads an element, or one for each lane.</summary>
internal sealed unsafe class LoadStep<TStored, TWork, TStorage>(Elements from, Place to) : BlockStep
    where TStored : unmanaged
    where TWork : unmanaged
    where TStorage : struct, IStorage<TStored, TWork>
{
    internal override bool Run(ref BlockFrame frame)
    {
        ref TStored data = ref Unsafe.As<byte, TStored>(ref frame.Buffers[from.Buffer].FirstByte);
        if (!to.IsBlock)
        {
            *(TWork*)(frame.Numbers + to.Offset) = TStorage.Load(Unsafe.Add(ref data, (nint)(*(long*)(frame.Numbers + from.Offset.Offset))));
            return true;
        }

        var target = (TWork*)(frame.Blocks + to.Offset);
        if (from.Offset.IsBlock)
        {
            var offsets = (long*)(frame.Blocks + from.Offset.Offset);
            for (int i = 0; i < frame.Count; i++)
            {
                target[i] = TStorage.Load(Unsafe.Add(ref data, (nint)offsets[i]));
            }

            return true;
        }

        nint first = (nint)(*(long*)(frame.Numbers + from.Offset.Offset));
        if (from.Stride == 1 && typeof(TStored) == typeof(TWork))
        {
            Unsafe.CopyBlockUnaligned(
                ref *(byte*)target, ref Unsafe.As<TStored, byte>(ref Unsafe.Add(ref data, first)), (uint)(frame.Count * sizeof(TWork)));
            return true;
        }

        for (int i = 0; i < frame.Count; i++)
        {
            target[i] = TStorage.Load(Unsafe.Add(ref data, first + (i * (nint)from.Stride)));
        }

        return true;
    }
}

/// <summary>Stores an element, or one for each lane.</summary>
internal sealed unsafe class StoreStep<TStored, TWork, TStorage>(Place from, Elements to) : BlockStep
    where TStored : unmanaged
    where TWork : unmanaged
    where TStorage : struct, IStorage<TStored, TWork>
{
    internal override bool Run(ref BlockFrame frame)
    {
        ref TStored data = ref Unsafe.As<byte, TStored>(ref frame.Buffers[to.Buffer].FirstByte);
        if (!from.IsBlock)
        {
            Unsafe.Add(ref data, (nint)(*(long*)(frame.Numbers + to.Offset.Offset))) = TStorage.Store(*(TWork*)(frame.Numbers + from.Offset));
            return true;
        }

        var source = (TWork*)(frame.Blocks + from.Offset);
        if (to.Offset.IsBlock)
        {
            var offsets = (long*)(frame.Blocks + to.Offset.Offset);
            for (int i = 0; i < frame.Count; i++)
            {
                Unsafe.Add(ref data, (nint)offsets[i]) = TStorage.Store(source[i]);
            }

            return true;
        }

        nint first = (nint)(*(long*)(frame.Numbers + to.Offset.Offset));
        if (to.Stride == 1 && typeof(TStored) == typeof(TWork))
        {
            Unsafe.CopyBlockUnaligned(
                ref Unsafe.As<TStored, byte>(ref Unsafe.Add(ref data, first)), ref *(byte*)source, (uint)(frame.Count * sizeof(TWork)));
            return true;
        }

        for (int i = 0; i < frame.Count; i++)
        {
            Unsafe.Add(ref data, first + (i * (nint)to.Stride)) = TStorage.Store(source[i]);
        }

        return true;
    }
}

/// <summary>Copies a block of a matrix, rows becoming columns.</summary>
internal sealed unsafe class TransposeStep(TransposeItem block, Place from, Place to, Place rows, Place columns) : BlockStep
{
    internal override bool Run(ref BlockFrame frame)
    {
        int size = block.From.Type.Size();
        fixed (byte* source = &frame.Buffers[block.From.Number].FirstByte)
        {
            fixed (byte* target = &frame.Buffers[block.To.Number].FirstByte)
            {
                Transposing.Copy(
                    source + (*(long*)(frame.Numbers + from.Offset) * size),
                    block.FromStride,
                    target + (*(long*)(frame.Numbers + to.Offset) * size),
                    block.ToStride,
                    *(long*)(frame.Numbers + rows.Offset),
                    *(long*)(frame.Numbers + columns.Offset),
                    size);
            }
        }

        return true;
    }
}

/// <summary>Makes room in a stack; new elements are zero.</summary>
internal sealed unsafe class GrowStep(int buffer, Place needed) : BlockStep
{
    internal override bool Run(ref BlockFrame frame)
    {
        NDArray old = frame.Buffers[buffer];
        long count = *(long*)(frame.Numbers + needed.Offset);
        if (count <= old.Size)
        {
            return true;
        }

        if (count > Array.MaxLength)
        {
            throw new AdjointException($"stack: {count} elements are more than an array can hold.");
        }

        int length = (int)Math.Max(count, Math.Min(2L * old.Size, Array.MaxLength));
        Array storage = old.Type.NewArray(length, pinned: true);
        Array.Copy(old.Storage, old.Start, storage, 0, old.Size);
        frame.Buffers[buffer] = new NDArray(old.Type, Shape.Of(length), storage);
        return true;
    }
}

/// <summary>A number for each lane: the first, and a distance further in each.</summary>
internal sealed unsafe class SpreadStep<T>(Place from, long stride, Place to) : BlockStep
    where T : unmanaged
{
    internal override bool Run(ref BlockFrame frame)
    {
        if (stride == 0)
        {
            new Span<T>(frame.Blocks + to.Offset, frame.Rounded).Fill(*(T*)(frame.Numbers + from.Offset));
            return true;
        }

        long start = *(long*)(frame.Numbers + from.Offset);
        var target = (long*)(frame.Blocks + to.Offset);
        for (int i = 0; i < frame.Count; i++)
        {
            target[i] = start + (i * stride);
        }

        return true;
    }
}
