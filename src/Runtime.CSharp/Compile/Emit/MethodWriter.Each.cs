using System.Reflection;
using System.Reflection.Emit;
using Adjoint.Core;
using Adjoint.Loops;

namespace Adjoint.Compile.Emit;

/// <summary>What has no vector form: lane by lane, through the frame.</summary>
internal sealed partial class MethodWriter
{
    private const BindingFlags Internal = BindingFlags.NonPublic | BindingFlags.Static;

    /// <summary>The most lanes whose loads and stores are written one after another.</summary>
    private const int MostUnrolled = 16;

    private LocalBuilder? laneNumber;
    private int? knownLane;

    /// <summary>An instruction lane by lane.</summary>
    private void WriteEach(LoopValue value, int size)
    {
        int mark = frame.Mark();
        Dictionary<LoopValue, Action<LoopValue>> operands = [];
        foreach (LoopValue operand in value.Operands.Distinct())
        {
            operands[operand] = Spilled(operand, value.Op == LoopOp.Load ? 8 : Demands.OperandSize(value, operand, size));
        }

        DType type = value.Type == DType.Bool ? size == 4 ? DType.I32 : DType.I64 : value.Type;
        int result = frame.Take(lanes!.Count * size);
        ForEachLane(value.Op == LoopOp.Load, () =>
        {
            PushLane(result, size);
            WriteNumber(value, operand => operands[operand](operand));
            if (value.Type == DType.Bool)
            {
                il.Emit(OpCodes.Neg);
                if (size == 8)
                {
                    il.Emit(OpCodes.Conv_I8);
                }
            }

            StoreStored(type);
        });
        LocalBuilder[] parts = PartsOf(value, size);
        for (int part = 0; part < parts.Length; part++)
        {
            PushFrame(result + (part * Vectors.Bytes));
            PushVectorLoad(HostTypes.Lane(value.Type, size));
            il.Emit(OpCodes.Stloc, parts[part]);
        }

        frame.Release(mark);
    }

    /// <summary>A way to push the value of the lane that <see cref="ForEachLane"/> has come to.</summary>
    private Action<LoopValue> Spilled(LoopValue value, int size)
    {
        if (!kinds[value].Varies)
        {
            return PushNumber;
        }

        if (kinds[value].IsAffine && value.Type == DType.I64 && demands.AsNumber(value))
        {
            return PushAffineLane;
        }

        int place = frame.Take(lanes!.Count * size);
        for (int part = 0; part < lanes.Parts(size); part++)
        {
            PushFrame(place + (part * Vectors.Bytes));
            PushPart(value, size, part);
            PushVectorStore(HostTypes.Lane(value.Type, size));
        }

        return x =>
        {
            PushLane(place, size);
            if (x.Type == DType.Bool)
            {
                LoadStored(size == 4 ? DType.I32 : DType.I64);
                il.Emit(OpCodes.Conv_I4);
                il.Emit(OpCodes.Neg);
            }
            else
            {
                LoadStored(x.Type);
            }
        };
    }

    private void PushAffineLane(LoopValue value)
    {
        PushNumber(value);
        if (knownLane is { } known)
        {
            il.Emit(OpCodes.Ldc_I8, unchecked(known * kinds[value].Stride));
            il.Emit(OpCodes.Add);
            return;
        }

        il.Emit(OpCodes.Ldloc, laneNumber!);
        il.Emit(OpCodes.Conv_I8);
        il.Emit(OpCodes.Ldc_I8, kinds[value].Stride);
        il.Emit(OpCodes.Mul);
        il.Emit(OpCodes.Add);
    }

    private void PushLane(int place, int size)
    {
        if (knownLane is { } known)
        {
            PushFrame(place + (known * size));
            return;
        }

        PushFrame(place);
        il.Emit(OpCodes.Ldloc, laneNumber!);
        il.Emit(OpCodes.Conv_I);
        il.Emit(OpCodes.Ldc_I4, size);
        il.Emit(OpCodes.Conv_I);
        il.Emit(OpCodes.Mul);
        il.Emit(OpCodes.Add);
    }

    /// <summary>Code for each lane that counts.</summary>
    private void ForEachLane(bool isShort, Action body)
    {
        if (isShort && lanes!.Active is null && lanes.Count <= MostUnrolled)
        {
            for (int i = 0; i < lanes.Count; i++)
            {
                knownLane = i;
                body();
            }

            knownLane = null;
            return;
        }

        laneNumber ??= il.DeclareLocal(typeof(int));
        Label again = il.DefineLabel();
        il.Emit(OpCodes.Ldc_I4_0);
        il.Emit(OpCodes.Stloc, laneNumber);
        il.MarkLabel(again);
        body();
        il.Emit(OpCodes.Ldloc, laneNumber);
        il.Emit(OpCodes.Ldc_I4_1);
        il.Emit(OpCodes.Add);
        il.Emit(OpCodes.Dup);
        il.Emit(OpCodes.Stloc, laneNumber);
        if (lanes!.Active is { } active)
        {
            il.Emit(OpCodes.Ldloc, active);
        }
        else
        {
            il.Emit(OpCodes.Ldc_I4, lanes.Count);
        }

        il.Emit(OpCodes.Blt, again);
    }
}
