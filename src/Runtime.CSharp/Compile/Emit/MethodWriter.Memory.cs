using System.Reflection.Emit;
using Adjoint.Core;
using Adjoint.Loops;

namespace Adjoint.Compile.Emit;

/// <summary>Loads and stores.</summary>
internal sealed partial class MethodWriter
{
    /// <summary>The address of an element.</summary>
    private void PushAddress(LoopBuffer buffer, LoopValue offset, Action<LoopValue> push)
    {
        int size = buffer.Type.Size();
        il.Emit(OpCodes.Ldloc, addresses[buffer.Number]);
        if (offset.IsConstant)
        {
            PushOffset(offset.Constant.AsLong * size);
            return;
        }

        push(offset);
        il.Emit(OpCodes.Conv_I);
        if (size > 1)
        {
            il.Emit(OpCodes.Ldc_I4, size);
            il.Emit(OpCodes.Conv_I);
            il.Emit(OpCodes.Mul);
        }

        il.Emit(OpCodes.Add);
    }

    /// <summary>The number of a dtype at the address on the stack.</summary>
    private void LoadStored(DType type) => il.Emit(type switch
    {
        DType.F32 => OpCodes.Ldind_R4,
        DType.F64 => OpCodes.Ldind_R8,
        DType.I64 or DType.U64 => OpCodes.Ldind_I8,
        DType.I32 => OpCodes.Ldind_I4,
        DType.U32 => OpCodes.Ldind_U4,
        DType.U16 => OpCodes.Ldind_U2,
        DType.I16 => OpCodes.Ldind_I2,
        DType.I8 => OpCodes.Ldind_I1,
        _ => OpCodes.Ldind_U1,
    });

    /// <summary>Stores the number on the stack at the address below it.</summary>
    private void StoreStored(DType type) => il.Emit(type switch
    {
        DType.F32 => OpCodes.Stind_R4,
        DType.F64 => OpCodes.Stind_R8,
        DType.I64 or DType.U64 => OpCodes.Stind_I8,
        DType.I32 or DType.U32 => OpCodes.Stind_I4,
        DType.I16 or DType.U16 => OpCodes.Stind_I2,
        _ => OpCodes.Stind_I1,
    });

    private void WriteStore(StoreItem store)
    {
        if (lanes is null || !(kinds[store.Offset].Varies || kinds[store.Value].Varies))
        {
            PushAddress(store.Buffer, store.Offset, PushNumber);
            PushNumber(store.Value);
            StoreStored(store.Buffer.Type);
            return;
        }

        int mark = frame.Mark();
        int size = Demands.NaturalSize(store.Value);
        if (storeBlocks.TryGetValue(store, out StoreBlock? block))
        {
            StoreInBlock(block, store, size);
        }
        else if (kinds[store.Offset] is { IsAffine: true, Stride: 1 })
        {
            StoreNeighbours(store, size);
        }
        else if (kinds[store.Offset] is { IsAffine: true, Stride: > 1 and <= LongestStride } && lanes.Active is null
            && Vectors.Bytes == 64 && IsDirect(store.Buffer.Type))
        {
            StoreStrided(store, size, (int)kinds[store.Offset].Stride);
        }
        else
        {
            StoreEach(store, size);
        }

        frame.Release(mark);
    }

    /// <summary>Lanes that lie side by side, vector by vector.</summary>
    private void StoreNeighbours(StoreItem store, int size)
    {
        LocalBuilder address = il.DeclareLocal(typeof(nint));
        PushAddress(store.Buffer, store.Offset, PushNumber);
        il.Emit(OpCodes.Stloc, address);
        DType type = store.Buffer.Type;
        int step = type.Size() * Vectors.Bytes / size;
        Type lane = HostTypes.Lane(store.Value.Type, size);
        bool isMasked = lanes!.Active is not null && IsDirect(type) && Vectors.MaskedStore(lane) is not null;
        int temporary = lanes.Active is null || isMasked ? -1 : frame.Take(lanes.Count * type.Size());
        for (int part = 0; part < lanes.Parts(size); part++)
        {
            PushPlace(address, temporary, part * step);
            if (isMasked)
            {
                PushMask(size, part, lane);
                PushPart(store.Value, size, part);
                Call(Vectors.MaskedStore(lane)!);
            }
            else
            {
                PushPart(store.Value, size, part);
                StoreVector(type, lane, size);
            }
        }

        if (temporary >= 0)
        {
            PushFrame(temporary);
            il.Emit(OpCodes.Ldloc, address);
            PushActiveBytes(type);
            Call(typeof(Numbers).GetMethod(nameof(Numbers.Copy), Internal)!);
        }
    }

    private static bool IsDirect(DType type) => type.Size() >= 4;

    private void PushPlace(LocalBuilder address, int temporary, int offset)
    {
        if (temporary >= 0)
        {
            PushFrame(temporary + offset);
        }
        else
        {
            il.Emit(OpCodes.Ldloc, address);
            PushOffset(offset);
        }
    }

    private void PushActiveBytes(DType type)
    {
        il.Emit(OpCodes.Ldloc, lanes!.Active!);
        il.Emit(OpCodes.Ldc_I4, type.Size());
        il.Emit(OpCodes.Mul);
    }

    /// <summary>Address and vector are on the stack.</summary>
    private void StoreVector(DType type, Type lane, int size)
    {
        switch (type)
        {
            case DType.Bool:
                Call(Vectors.Method("StoreBool" + size, lane, typeof(byte*), Vectors.Of(lane)));
                break;
            case DType.U8 or DType.I8 or DType.U16 or DType.I16:
                Reinterpret(lane, typeof(uint));
                Call(Vectors.Method("Store" + (8 * type.Size()), typeof(uint), typeof(byte*), Vectors.Of(typeof(uint))));
                break;
            default:
                PushVectorStore(lane);
                break;
        }
    }

    private void PushVectorStore(Type lane)
    {
        il.Emit(OpCodes.Unaligned, (byte)1);
        il.Emit(OpCodes.Stobj, Vectors.Of(lane));
    }

    private void PushVectorLoad(Type lane)
    {
        il.Emit(OpCodes.Unaligned, (byte)1);
        il.Emit(OpCodes.Ldobj, Vectors.Of(lane));
    }

    /// <summary>Lane by lane in their order, the last where all lie in one place.</summary>
    private void StoreEach(StoreItem store, int size)
    {
        Action<LoopValue> value = Spilled(store.Value, size);
        Action<LoopValue> offset = Spilled(store.Offset, 8);
        ForEachLane(true, () =>
        {
            PushAddress(store.Buffer, store.Offset, offset);
            value(store.Value);
            StoreStored(store.Buffer.Type);
        });
    }

    private void WriteTranspose(TransposeItem block)
    {
        PushAddress(block.From, block.FromOffset, PushNumber);
        il.Emit(OpCodes.Ldc_I8, block.FromStride);
        PushAddress(block.To, block.ToOffset, PushNumber);
        il.Emit(OpCodes.Ldc_I8, block.ToStride);
        PushNumber(block.Rows);
        PushNumber(block.Columns);
        il.Emit(OpCodes.Ldc_I4, block.From.Type.Size());
        Call(typeof(Transposing).GetMethod(nameof(Transposing.Copy), Internal)!);
    }

    private void WriteLoad(LoopValue value, int size)
    {
        LaneKind kind = kinds[value.Operands[0]];
        int mark = frame.Mark();
        if (kind is { IsAffine: true, Stride: 1 })
        {
            LoadNeighbours(value, size);
        }
        else if (kind.IsAffine && lanes!.Active is null && IsDirect(value.Buffer!.Type) && HasStridedForm(kind.Stride))
        {
            LoadStrided(value, size, kind.Stride);
        }
        else if (HasGather(value))
        {
            LoadGathered(value, size);
        }
        else
        {
            WriteEach(value, size);
        }

        frame.Release(mark);
    }

    private void LoadNeighbours(LoopValue value, int size)
    {
        LocalBuilder address = il.DeclareLocal(typeof(nint));
        PushAddress(value.Buffer!, value.Operands[0], PushNumber);
        il.Emit(OpCodes.Stloc, address);
        DType type = value.Buffer!.Type;
        Type lane = HostTypes.Lane(value.Type, size);
        bool isMasked = lanes!.Active is not null && IsDirect(type) && Vectors.MaskedLoad(lane) is not null;
        int temporary = -1;
        if (lanes.Active is not null && !isMasked)
        {
            temporary = frame.Take(lanes.Count * type.Size());
            il.Emit(OpCodes.Ldloc, address);
            PushFrame(temporary);
            PushActiveBytes(type);
            Call(typeof(Numbers).GetMethod(nameof(Numbers.Copy), Internal)!);
        }

        LocalBuilder[] parts = PartsOf(value, size);
        for (int part = 0; part < parts.Length; part++)
        {
            PushPlace(address, temporary, part * type.Size() * Vectors.Bytes / size);
            if (isMasked)
            {
                PushMask(size, part, lane);
                if (Vectors.MaskedLoad(lane)!.GetParameters().Length == 3)
                {
                    PushZero(lane);
                }

                Call(Vectors.MaskedLoad(lane)!);
            }
            else
            {
                LoadVector(type, lane, size);
            }

            il.Emit(OpCodes.Stloc, parts[part]);
        }
    }

    private void LoadVector(DType type, Type lane, int size)
    {
        if (type == DType.Bool)
        {
            Call(Vectors.Method("LoadBool" + size, lane, typeof(byte*)));
        }
        else if (!IsDirect(type))
        {
            Call(Vectors.Method("Load" + type, lane, typeof(byte*)));
        }
        else
        {
            PushVectorLoad(lane);
        }
    }

    private void PushZero(Type lane) => Call(Vectors.Zero(lane));

    /// <summary>The mask of lanes that count, as a vector of a type of lane.</summary>
    private void PushMask(int size, int part, Type lane)
    {
        Type mask = HostTypes.Mask(size);
        if (!lanes!.Masks.TryGetValue(size, out LocalBuilder[]? masks))
        {
            throw new InvalidOperationException("Lanes have no masks.");
        }

        il.Emit(OpCodes.Ldloc, masks[part]);
        Reinterpret(mask, lane);
    }

    private void Reinterpret(Type from, Type to)
    {
        if (from != to)
        {
            Call(VectorAs(from, to));
        }
    }

    private System.Reflection.MethodInfo VectorAs(Type from, Type to) => Vectors.Method("As" + to.Name, from, Vectors.Of(from));
}
