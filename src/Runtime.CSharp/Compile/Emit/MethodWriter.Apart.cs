using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using Adjoint.Core;
using Adjoint.Loops;

namespace Adjoint.Compile.Emit;

/// <summary>Pieces of long blocks as methods of their own; buffers and values that cross lie in the frame.</summary>
internal sealed unsafe partial class MethodWriter
{
    /// <summary>The type of every method: a phase's, or a piece's, which looks at no tiles.</summary>
    internal static DynamicMethod NewMethod(string name) => new(
        name,
        typeof(int),
        [typeof(NDArray[]), typeof(long), typeof(long), typeof(byte*), typeof(CancellationToken)],
        typeof(MethodWriter).Module,
        skipVisibility: true)
    {
        InitLocals = false,
    };

    /// <summary>Makes a method of items and calls it.</summary>
    private void WriteApart(IReadOnlyList<LoopItem> items)
    {
        DynamicMethod method = NewMethod($"{program.Name} piece");
        var writer = new MethodWriter(method.GetILGenerator(), this);
        writer.WritePiece(items, lanes);
        RuntimeHelpers.PrepareDelegate(method.CreateDelegate<IlEntry>());
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldarg_1);
        il.Emit(OpCodes.Ldarg_2);
        il.Emit(OpCodes.Ldarg_3);
        il.Emit(OpCodes.Ldarg_S, (byte)4);
        Call(method);
        CheckStatus(items);
        foreach (LoopBuffer stack in BufferUse.Of(items).Where(buffer => buffer.Kind == LoopBufferKind.Stack && addresses.ContainsKey(buffer.Number)))
        {
            LoadBuffer(stack);
        }
    }

    /// <summary>Returns where a piece ended the run.</summary>
    private void CheckStatus(IReadOnlyList<LoopItem> items)
    {
        bool mayEnd = items.Concat(items.SelectMany(BlockWalk.Inside).SelectMany(BlockWalk.All))
            .Any(item => item is FailItem or WhileItem or ForItem { Form: LoopForm.Serial });
        if (!mayEnd)
        {
            il.Emit(OpCodes.Pop);
            return;
        }

        LocalBuilder status = il.DeclareLocal(typeof(int));
        Label well = il.DefineLabel();
        il.Emit(OpCodes.Stloc, status);
        il.Emit(OpCodes.Ldloc, status);
        il.Emit(OpCodes.Ldc_I4, LoopCode.Done);
        il.Emit(OpCodes.Beq, well);
        il.Emit(OpCodes.Ldloc, status);
        il.Emit(OpCodes.Ret);
        il.MarkLabel(well);
    }

    /// <summary>Lets the stack end at a multiple of a vector's length for the methods that this one calls; see <see cref="IlCode"/>.</summary>
    internal static void AlignStack(ILGenerator il)
    {
        il.Emit(OpCodes.Ldc_I4, IlCode.Probe);
        il.Emit(OpCodes.Conv_U);
        il.Emit(OpCodes.Localloc);
        il.Emit(OpCodes.Ldc_I4, IlCode.Alignment - 1);
        il.Emit(OpCodes.Conv_U);
        il.Emit(OpCodes.And);
        LocalBuilder above = il.DeclareLocal(typeof(nint));
        il.Emit(OpCodes.Stloc, above);
        il.Emit(OpCodes.Ldloc, above);
        il.Emit(OpCodes.Localloc);
        il.Emit(OpCodes.Pop);
    }

    private void WritePiece(IReadOnlyList<LoopItem> items, Lanes? outer)
    {
        bool callsOthers = items.Concat(items.SelectMany(BlockWalk.Inside).SelectMany(BlockWalk.All)).SelectMany(BlockWalk.Inside)
            .Any(block => cut.PiecesOf(block) is not null);
        if (callsOthers)
        {
            AlignStack(il);
        }

        foreach (LoopBuffer buffer in BufferUse.Of(items))
        {
            addresses[buffer.Number] = il.DeclareLocal(typeof(nint));
            if (buffer.Kind == LoopBufferKind.Stack)
            {
                capacities[buffer.Number] = il.DeclareLocal(typeof(long));
            }

            LoadBuffer(buffer);
        }

        if (outer is not null)
        {
            LocalBuilder active = il.DeclareLocal(typeof(int));
            PushFrame(cut.ActivePlace);
            il.Emit(OpCodes.Ldind_I4);
            il.Emit(OpCodes.Stloc, active);
            lanes = new Lanes(outer.Count, outer.Bytes, active);
            WriteMasks();
        }

        TakeFromFrame(items);
        WriteItems(items);
        il.Emit(OpCodes.Ldc_I4, LoopCode.Done);
        il.Emit(OpCodes.Ret);
    }

    /// <summary>Reads once what other methods have made before this one is called.</summary>
    private void TakeFromFrame(IReadOnlyList<LoopItem> items)
    {
        List<LoopItem> all = [.. items, .. items.SelectMany(BlockWalk.Inside).SelectMany(BlockWalk.All)];
        HashSet<LoopValue> made = [];
        foreach (LoopItem item in all)
        {
            foreach (LoopValue value in BlockWalk.Made(item))
            {
                made.Add(value);
            }
        }

        foreach (LoopItem item in all)
        {
            foreach (LoopValue value in BlockWalk.Read(item))
            {
                if (!value.IsConstant && made.Add(value))
                {
                    TakeFromFrame(value);
                }
            }
        }
    }

    private void TakeFromFrame(LoopValue value)
    {
        if (cut.PlaceOf(value) is not null)
        {
            PushFromFrame(value);
            il.Emit(OpCodes.Stloc, NumberOf(value));
            Broadcast(value);
        }

        foreach (int size in (ReadOnlySpan<int>)[4, 8])
        {
            if (lanes is not null && cut.PlaceOf(value, size) is not null)
            {
                TakeVectors(value, size);
            }
        }
    }

    private void TakeVectors(LoopValue value, int size)
    {
        LocalBuilder[] parts = Declare(Vectors.Of(HostTypes.Lane(value.Type, size)), lanes!.Parts(size));
        for (int part = 0; part < parts.Length; part++)
        {
            PushFromFrame(value, size, part);
            il.Emit(OpCodes.Stloc, parts[part]);
        }

        vectors[(value, size)] = parts;
    }

    private void PushFromFrame(LoopValue value)
    {
        PushFrame(cut.PlaceOf(value) ?? throw new InvalidOperationException($"{value} is read before it is made."));
        LoadStored(value.Type == DType.Bool ? DType.I32 : value.Type);
    }

    private void PushFromFrame(LoopValue value, int size, int part)
    {
        int place = cut.PlaceOf(value, size) ?? throw new InvalidOperationException($"Vectors of {value} are read before they are made.");
        PushFrame(place + (part * Vectors.Bytes));
        PushVectorLoad(HostTypes.Lane(value.Type, size));
    }

    private void Publish(LoopValue value)
    {
        if (cut.PlaceOf(value) is { } place && numbers.TryGetValue(value, out LocalBuilder? number))
        {
            PushFrame(place);
            il.Emit(OpCodes.Ldloc, number);
            StoreStored(value.Type == DType.Bool ? DType.I32 : value.Type);
        }

        if (value.Op == LoopOp.Parameter)
        {
            PublishVectors(value);
        }
    }

    private void PublishVectors(LoopValue value)
    {
        foreach (int size in (ReadOnlySpan<int>)[4, 8])
        {
            if (lanes is not null && cut.PlaceOf(value, size) is { } place)
            {
                for (int part = 0; part < lanes.Parts(size); part++)
                {
                    PushFrame(place + (part * Vectors.Bytes));
                    PushPart(value, size, part);
                    PushVectorStore(HostTypes.Lane(value.Type, size));
                }
            }
        }
    }

    /// <summary>Tells other methods where a buffer lies.</summary>
    private void ShareBuffer(int number)
    {
        if (cut.IsCut)
        {
            PushFrame(bufferTable + (2 * sizeof(long) * number));
            il.Emit(OpCodes.Ldloc, addresses[number]);
            il.Emit(OpCodes.Stind_I);
            if (capacities.TryGetValue(number, out LocalBuilder? capacity))
            {
                PushFrame(bufferTable + (2 * sizeof(long) * number) + sizeof(long));
                il.Emit(OpCodes.Ldloc, capacity);
                il.Emit(OpCodes.Stind_I8);
            }
        }
    }

    private void LoadBuffer(LoopBuffer buffer)
    {
        PushFrame(bufferTable + (2 * sizeof(long) * buffer.Number));
        il.Emit(OpCodes.Ldind_I);
        il.Emit(OpCodes.Stloc, addresses[buffer.Number]);
        if (capacities.TryGetValue(buffer.Number, out LocalBuilder? capacity))
        {
            PushFrame(bufferTable + (2 * sizeof(long) * buffer.Number) + sizeof(long));
            il.Emit(OpCodes.Ldind_I8);
            il.Emit(OpCodes.Stloc, capacity);
        }
    }
}
