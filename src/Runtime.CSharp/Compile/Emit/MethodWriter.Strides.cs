using System.Reflection.Emit;
using System.Runtime.Intrinsics.X86;
using Adjoint.Core;
using Adjoint.Loops;

namespace Adjoint.Compile.Emit;

/// <summary>Lanes that lie apart by a few elements, or backwards: whole vectors and permutations, where all lanes count.</summary>
internal sealed partial class MethodWriter
{
    private const int LongestStride = 8;

    private bool HasStridedForm(long stride) => stride == -1 || (stride is > 1 and <= LongestStride && Vectors.Bytes == 64);

    private void LoadStrided(LoopValue value, int size, long stride)
    {
        LocalBuilder address = il.DeclareLocal(typeof(nint));
        PushAddress(value.Buffer!, value.Operands[0], PushNumber);
        il.Emit(OpCodes.Stloc, address);
        Type mask = HostTypes.Mask(size);
        LocalBuilder[] parts = PartsOf(value, size);
        for (int part = 0; part < parts.Length; part++)
        {
            if (stride == -1)
            {
                PushBackwards(address, part, size, mask);
            }
            else
            {
                PushApart(address, part, size, (int)stride, mask);
            }

            Reinterpret(mask, HostTypes.Lane(value.Type, size));
            il.Emit(OpCodes.Stloc, parts[part]);
        }
    }

    /// <summary>The vector that ends at the first lane's place, turned around.</summary>
    private void PushBackwards(LocalBuilder address, int part, int size, Type lane)
    {
        int count = Vectors.Bytes / size;
        il.Emit(OpCodes.Ldloc, address);
        PushOffset(-(((part + 1) * count) - 1) * size);
        PushVectorLoad(lane);
        PushLaneNumber(size, count - 1);
        PushLaneNumber(size, -1);
        Call(Vectors.Method("CreateSequence", lane, lane, lane));
        Call(Vectors.Method("Shuffle", lane, Vectors.Of(lane), Vectors.Of(lane)));
    }

    /// <summary>As many vectors as the stride holds all lanes between them; each gives those that lie in it.</summary>
    private void PushApart(LocalBuilder address, int part, int size, int stride, Type lane)
    {
        int count = Vectors.Bytes / size;
        for (int k = 0; k < stride; k++)
        {
            if (k > 0)
            {
                PushConstants(Vectors, lane, count, j => (j * stride) / count == k ? count + (j * stride % count) : k == 1 && j * stride < count ? j * stride : j);
            }

            il.Emit(OpCodes.Ldloc, address);
            PushOffset(((long)part * stride * Vectors.Bytes) + (k * Vectors.Bytes));
            if (k < stride - 1)
            {
                PushVectorLoad(lane);
            }
            else
            {
                // Nothing behind the last lane is read.
                PushConstants(Vectors, lane, count, j => j <= ((count - 1) * stride) - (count * k) ? -1 : 0);
                PushZero(lane);
                Call(Vectors.MaskedLoad(lane)!);
            }

            if (k > 0)
            {
                Call(typeof(Avx512F).GetMethod(
                    size == 4 ? nameof(Avx512F.PermuteVar16x32x2) : nameof(Avx512F.PermuteVar8x64x2),
                    [Vectors.Of(lane), Vectors.Of(lane), Vectors.Of(lane)])!);
            }
        }
    }

    /// <summary>Spreads lanes over as many vectors as the stride, and writes no element between.</summary>
    private void StoreStrided(StoreItem store, int size, int stride)
    {
        LocalBuilder address = il.DeclareLocal(typeof(nint));
        PushAddress(store.Buffer, store.Offset, PushNumber);
        il.Emit(OpCodes.Stloc, address);
        Type lane = HostTypes.Mask(size);
        int count = Vectors.Bytes / size;
        for (int part = 0; part < lanes!.Parts(size); part++)
        {
            for (int k = 0; k < stride; k++)
            {
                int start = k * count;
                il.Emit(OpCodes.Ldloc, address);
                PushOffset(((long)part * stride * Vectors.Bytes) + (k * Vectors.Bytes));
                PushConstants(Vectors, lane, count, j => (start + j) % stride == 0 ? -1 : 0);
                PushPart(store.Value, size, part);
                Reinterpret(HostTypes.Lane(store.Value.Type, size), lane);
                PushConstants(Vectors, lane, count, j => (start + j) / stride);
                Call(typeof(Avx512F).GetMethod(
                    size == 4 ? nameof(Avx512F.PermuteVar16x32) : nameof(Avx512F.PermuteVar8x64), [Vectors.Of(lane), Vectors.Of(lane)])!);
                Call(Vectors.MaskedStore(lane)!);
            }
        }
    }

    /// <summary>Takes places for the vectors of stores that are written together.</summary>
    private void PrepareStores(ForItem loop, int most)
    {
        foreach (StoreBlock block in StoreBlock.Of(loop, kinds))
        {
            int place = frame.Take(block.Stores.Count * most * block.Last.Buffer.Type.Size());
            foreach (StoreItem store in block.Stores)
            {
                storeBlocks[store] = block with { Place = place };
            }
        }
    }

    /// <summary>Keeps vectors in the frame; the last store of a block writes all of them to their places.</summary>
    private void StoreInBlock(StoreBlock block, StoreItem store, int size)
    {
        Type lane = HostTypes.Lane(store.Value.Type, size);
        int row = 0;
        while (!ReferenceEquals(block.Stores[row], store))
        {
            row++;
        }

        for (int part = 0; part < lanes!.Parts(size); part++)
        {
            PushFrame(block.Place + (row * lanes.Count * size) + (part * Vectors.Bytes));
            PushPart(store.Value, size, part);
            PushVectorStore(lane);
        }

        if (ReferenceEquals(block.Last, store))
        {
            WriteStoreBlock(block, size);
        }
    }

    private void WriteStoreBlock(StoreBlock block, int size)
    {
        PushFrame(block.Place);
        il.Emit(OpCodes.Ldc_I8, (long)lanes!.Count);
        PushAddress(block.Last.Buffer, block.Last.Offset, PushNumber);
        PushOffset(-block.BeforeLast(block.Stores[0]) * size);
        il.Emit(OpCodes.Ldc_I8, block.Stride);
        il.Emit(OpCodes.Ldc_I8, (long)block.Stores.Count);
        if (lanes.Active is { } active)
        {
            il.Emit(OpCodes.Ldloc, active);
            il.Emit(OpCodes.Conv_I8);
        }
        else
        {
            il.Emit(OpCodes.Ldc_I8, (long)lanes.Count);
        }

        il.Emit(OpCodes.Ldc_I4, size);
        Call(typeof(Transposing).GetMethod(nameof(Transposing.Copy), Internal)!);
    }

    /// <summary>A vector of known integers.</summary>
    private void PushConstants(VectorTable table, Type lane, int count, Func<int, int> number)
    {
        for (int j = 0; j < count; j++)
        {
            PushLaneNumber(lane == typeof(int) ? 4 : 8, number(j));
        }

        Call(table.CreateOfAll(lane));
    }
}
