using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using Adjoint.Core;
using Adjoint.Loops;

namespace Adjoint.Compile.Emit;

/// <summary>Writes one method: the values that it holds, as numbers and as vectors, and where they are.</summary>
internal sealed partial class MethodWriter
{
    private readonly ILGenerator il;
    private readonly LoopProgram program;
    private readonly LaneKinds kinds;
    private readonly Demands demands;
    private readonly FrameLayout frame;
    private readonly IlTarget target;
    private readonly MethodCut cut;
    private readonly int bufferTable;
    private readonly Dictionary<LoopValue, LocalBuilder> numbers = [];
    private readonly Dictionary<(LoopValue Value, int Size), LocalBuilder[]> vectors = [];
    private readonly Dictionary<int, LocalBuilder> addresses = [];
    private readonly Dictionary<int, LocalBuilder> capacities = [];
    private readonly Dictionary<StoreItem, StoreBlock> storeBlocks = new(ReferenceEqualityComparer.Instance);
    private LocalBuilder? polls;
    private Lanes? lanes;
    private VectorTable? narrow;

    internal MethodWriter(ILGenerator il, LoopProgram program, LoopPhase phase, IlTarget target, FrameLayout frame)
    {
        this.il = il;
        this.program = program;
        this.target = target;
        this.frame = frame;
        kinds = new LaneKinds(program, phase, target.Vectors is not null);
        demands = new Demands(program, phase, kinds);
        cut = new MethodCut(program, phase, kinds, demands, frame, target.Vectors?.Bytes ?? 0);
        bufferTable = cut.IsCut ? frame.Take(2 * sizeof(long) * program.Buffers.Length) : -1;
    }

    /// <summary>A method of its own for some of the items.</summary>
    private MethodWriter(ILGenerator il, MethodWriter outer)
    {
        this.il = il;
        (program, target, frame, kinds, demands, cut, bufferTable, storeBlocks) =
            (outer.program, outer.target, outer.frame, outer.kinds, outer.demands, outer.cut, outer.bufferTable, outer.storeBlocks);
    }

    /// <summary>The widest vectors, or those that the lanes of a short loop fill.</summary>
    private VectorTable Vectors => narrow ?? target.Vectors!;

    /// <summary>The method of a phase: its body for each tile from the first on.</summary>
    internal void WritePhase(LoopPhase phase)
    {
        if (cut.IsCut)
        {
            AlignStack(il);
        }

        PinBuffers(phase);
        LocalBuilder tile = il.DeclareLocal(typeof(long));
        numbers[phase.Tile] = tile;
        Label body = il.DefineLabel();
        Label check = il.DefineLabel();
        il.Emit(OpCodes.Ldarg_1);
        il.Emit(OpCodes.Stloc, tile);
        il.Emit(OpCodes.Br, check);
        il.MarkLabel(body);
        Settle(phase.Tile);
        WriteBlock(phase.Body);
        il.Emit(OpCodes.Ldloc, tile);
        il.Emit(OpCodes.Ldc_I8, 1L);
        il.Emit(OpCodes.Add);
        il.Emit(OpCodes.Stloc, tile);
        il.MarkLabel(check);
        il.Emit(OpCodes.Ldloc, tile);
        il.Emit(OpCodes.Ldarg_2);
        il.Emit(OpCodes.Blt, body);
        il.Emit(OpCodes.Ldc_I4, LoopCode.Done);
        il.Emit(OpCodes.Ret);
    }

    /// <summary>Holds every buffer that is used where it lies, and keeps its address.</summary>
    private void PinBuffers(LoopPhase phase)
    {
        MethodInfo first = typeof(NDArray).GetMethod(nameof(NDArray.FirstByteOf), BindingFlags.NonPublic | BindingFlags.Instance)!;
        foreach (LoopBuffer buffer in BufferUse.Of(phase.Body))
        {
            LocalBuilder pin = il.DeclareLocal(typeof(byte).MakeByRefType(), pinned: true);
            LocalBuilder address = il.DeclareLocal(typeof(nint));
            PushBuffer(buffer.Number);
            il.Emit(OpCodes.Ldc_I4, buffer.Type.Size());
            il.Emit(OpCodes.Call, first);
            il.Emit(OpCodes.Stloc, pin);
            il.Emit(OpCodes.Ldloc, pin);
            il.Emit(OpCodes.Conv_U);
            il.Emit(OpCodes.Stloc, address);
            addresses[buffer.Number] = address;
            if (buffer.Kind == LoopBufferKind.Stack)
            {
                capacities[buffer.Number] = il.DeclareLocal(typeof(long));
                StoreCapacity(buffer.Number);
            }

            ShareBuffer(buffer.Number);
        }
    }

    private void PushBuffer(int number)
    {
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldc_I4, number);
        il.Emit(OpCodes.Ldelem_Ref);
    }

    private void StoreCapacity(int number)
    {
        PushBuffer(number);
        il.Emit(OpCodes.Call, typeof(NDArray).GetProperty(nameof(NDArray.Size))!.GetMethod!);
        il.Emit(OpCodes.Conv_I8);
        il.Emit(OpCodes.Stloc, capacities[number]);
    }

    /// <summary>The address in the frame of some bytes.</summary>
    private void PushFrame(int offset)
    {
        il.Emit(OpCodes.Ldarg_3);
        PushOffset(offset);
    }

    private void PushOffset(long offset)
    {
        if (offset != 0)
        {
            il.Emit(OpCodes.Ldc_I8, offset);
            il.Emit(OpCodes.Conv_I);
            il.Emit(OpCodes.Add);
        }
    }

    private void Call(MethodInfo method) => il.Emit(OpCodes.Call, method);

    /// <summary>The value as a number; of an affine one, in the first lane.</summary>
    private void PushNumber(LoopValue value)
    {
        if (value.IsConstant)
        {
            PushConstant(value.Type, value.Constant);
        }
        else if (numbers.TryGetValue(value, out LocalBuilder? local))
        {
            il.Emit(OpCodes.Ldloc, local);
        }
        else
        {
            PushFromFrame(value);
        }
    }

    private void PushConstant(DType type, Scalar constant)
    {
        switch (type)
        {
            case DType.F32:
                il.Emit(OpCodes.Ldc_R4, (float)constant.AsDouble);
                break;
            case DType.F64:
                il.Emit(OpCodes.Ldc_R8, constant.AsDouble);
                break;
            case DType.I64 or DType.U64:
                il.Emit(OpCodes.Ldc_I8, constant.AsLong);
                break;
            default:
                il.Emit(OpCodes.Ldc_I4, unchecked((int)constant.AsLong));
                break;
        }
    }

    /// <summary>Gives a value the number on the stack.</summary>
    private void StoreNumber(LoopValue value) => il.Emit(OpCodes.Stloc, NumberOf(value));

    private LocalBuilder NumberOf(LoopValue value)
    {
        if (!numbers.TryGetValue(value, out LocalBuilder? local))
        {
            numbers[value] = local = il.DeclareLocal(HostTypes.Number(value.Type));
        }

        return local;
    }

    private LocalBuilder[] PartsOf(LoopValue value, int size)
    {
        if (!vectors.TryGetValue((value, size), out LocalBuilder[]? parts) || parts.Length != lanes!.Parts(size))
        {
            Type type = Vectors.Of(HostTypes.Lane(value.Type, size));
            vectors[(value, size)] = parts = Declare(type, lanes!.Parts(size));
        }

        return parts;
    }

    private LocalBuilder[] Declare(Type type, int count)
    {
        var locals = new LocalBuilder[count];
        for (int i = 0; i < count; i++)
        {
            locals[i] = il.DeclareLocal(type);
        }

        return locals;
    }

    /// <summary>One vector of a value; what is the same for all lanes has one for all parts.</summary>
    private void PushPart(LoopValue value, int size, int part)
    {
        if (value.IsConstant)
        {
            PushConstantVector(value.Type, size, value.Constant);
        }
        else if (vectors.TryGetValue((value, size), out LocalBuilder[]? parts))
        {
            il.Emit(OpCodes.Ldloc, parts.Length == 1 ? parts[0] : parts[part]);
        }
        else if (kinds[value].Varies)
        {
            PushFromFrame(value, size, part);
        }
        else
        {
            PushBroadcast(value, size);
        }
    }

    private void PushConstantVector(DType type, int size, Scalar constant)
    {
        Type element = HostTypes.Lane(type, size);
        if (type == DType.Bool)
        {
            il.Emit(OpCodes.Ldc_I4, constant.AsLong != 0 ? -1 : 0);
            if (size == 8)
            {
                il.Emit(OpCodes.Conv_I8);
            }
        }
        else
        {
            PushConstant(type, constant);
        }

        Call(Vectors.Method("Create", element, element));
    }

    /// <summary>After a number has been made: for other methods it is put into the frame, and spread over vectors where those are needed.</summary>
    private void Settle(LoopValue value)
    {
        Publish(value);
        Broadcast(value);
    }

    private void Broadcast(LoopValue value)
    {
        if (lanes is null || value.IsConstant || kinds[value].Varies)
        {
            return;
        }

        foreach (int size in (ReadOnlySpan<int>)[4, 8])
        {
            if (demands.AsVector(value, size))
            {
                Type element = HostTypes.Lane(value.Type, size);
                if (!vectors.TryGetValue((value, size), out LocalBuilder[]? parts))
                {
                    vectors[(value, size)] = parts = [il.DeclareLocal(Vectors.Of(element))];
                }

                PushBroadcast(value, size);
                il.Emit(OpCodes.Stloc, parts[0]);
            }
        }
    }

    private void PushBroadcast(LoopValue value, int size)
    {
        Type element = HostTypes.Lane(value.Type, size);
        PushNumber(value);
        if (value.Type == DType.Bool)
        {
            il.Emit(OpCodes.Neg);
            if (size == 8)
            {
                il.Emit(OpCodes.Conv_I8);
            }
        }

        Call(Vectors.Method("Create", element, element));
    }

    /// <summary>How many lanes run at a time.</summary>
    /// <param name="Count">How many.</param>
    /// <param name="Bytes">Bytes of a vector.</param>
    /// <param name="Active">How many of them count, an i32; null: all.</param>
    private sealed record Lanes(int Count, int Bytes, LocalBuilder? Active)
    {
        /// <summary>Masks of the lanes that count, by size.</summary>
        internal Dictionary<int, LocalBuilder[]> Masks { get; } = [];

        internal int Parts(int size) => Count * size / Bytes;
    }
}
