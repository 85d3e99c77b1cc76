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
        writer.WritePiece(items);
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

    private void WritePiece(IReadOnlyList<LoopItem> items)
    {
        foreach (LoopBuffer buffer in BufferUse.Of(items))
        {
            addresses[buffer.Number] = il.DeclareLocal(typeof(nint));
            if (buffer.Kind == LoopBufferKind.Stack)
            {
                capacities[buffer.Number] = il.DeclareLocal(typeof(long));
            }

            LoadBuffer(buffer);
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
        HashSet<LoopValue> made = [.. all.SelectMany(BlockWalk.Made)];
        foreach (LoopValue value in all.SelectMany(BlockWalk.Read))
        {
            if (!value.IsConstant && cut.PlaceOf(value) is not null && made.Add(value))
            {
                PushFromFrame(value);
                il.Emit(OpCodes.Stloc, NumberOf(value));
            }
        }
    }

    private void PushFromFrame(LoopValue value)
    {
        PushFrame(cut.PlaceOf(value) ?? throw new InvalidOperationException($"{value} is read before it is made."));
        LoadStored(value.Type == DType.Bool ? DType.I32 : value.Type);
    }

    private void Publish(LoopValue value)
    {
        if (cut.PlaceOf(value) is { } place && demands.AsNumber(value))
        {
            PushFrame(place);
            il.Emit(OpCodes.Ldloc, numbers[value]);
            StoreStored(value.Type == DType.Bool ? DType.I32 : value.Type);
        }
    }

    /// <summary>Tells other methods where a buffer lies.</summary>
    private void ShareBuffer(int number)
    {
        if (cut.IsCut)
        {
            PushFrame(table + (2 * sizeof(long) * number));
            il.Emit(OpCodes.Ldloc, addresses[number]);
            il.Emit(OpCodes.Stind_I);
            if (capacities.TryGetValue(number, out LocalBuilder? capacity))
            {
                PushFrame(table + (2 * sizeof(long) * number) + sizeof(long));
                il.Emit(OpCodes.Ldloc, capacity);
                il.Emit(OpCodes.Stind_I8);
            }
        }
    }

    private void LoadBuffer(LoopBuffer buffer)
    {
        PushFrame(table + (2 * sizeof(long) * buffer.Number));
        il.Emit(OpCodes.Ldind_I);
        il.Emit(OpCodes.Stloc, addresses[buffer.Number]);
        if (capacities.TryGetValue(buffer.Number, out LocalBuilder? capacity))
        {
            PushFrame(table + (2 * sizeof(long) * buffer.Number) + sizeof(long));
            il.Emit(OpCodes.Ldind_I8);
            il.Emit(OpCodes.Stloc, capacity);
        }
    }
}
