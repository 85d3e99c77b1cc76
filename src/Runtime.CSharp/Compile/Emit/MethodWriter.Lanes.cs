using System.Reflection.Emit;
using Adjoint.Core;
using Adjoint.Loops;

namespace Adjoint.Compile.Emit;

/// <summary>Loops over lanes: a main loop of several vectors a step, and one of a vector a step, masked, for what is left.</summary>
internal sealed partial class MethodWriter
{
    private void WriteLanes(ForItem loop)
    {
        LaneWidths widths = LaneWidths.Of(loop, demands, kinds, Vectors.Bytes);
        LocalBuilder index = il.DeclareLocal(typeof(long));
        numbers[loop.Index] = index;
        int mark = frame.Mark();
        List<Accumulator> accumulators = PrepareReductions(loop);
        if (widths.Main > 0)
        {
            lanes = new Lanes(widths.Main, Vectors.Bytes, null);
            BroadcastOuter(loop);
        }

        il.Emit(OpCodes.Ldc_I8, 0L);
        il.Emit(OpCodes.Stloc, index);
        long? count = loop.Count.IsConstant ? loop.Count.Constant.AsLong : null;
        if (widths.Main > 0 && (count is null || count >= widths.Main))
        {
            WriteMain(loop, index, accumulators);
        }

        if (count is null || widths.Main == 0 || count % widths.Main != 0)
        {
            WriteRest(loop, index, widths.Rest, accumulators);
        }

        lanes = null;
        FinishReductions(loop, accumulators);
        frame.Release(mark);
    }

    /// <summary>Numbers from outside that vectors are made of.</summary>
    private void BroadcastOuter(ForItem loop)
    {
        HashSet<LoopBlock> inner = [loop.Body];
        foreach (LoopItem item in BlockWalk.All(loop.Body))
        {
            inner.UnionWith(BlockWalk.Inside(item));
        }

        HashSet<LoopValue> seen = [];
        foreach (LoopValue value in BlockWalk.All(loop.Body).SelectMany(BlockWalk.Read).Concat(loop.Reductions.Select(reduction => reduction.Element)))
        {
            if (!inner.Contains(value.Home) && seen.Add(value))
            {
                Broadcast(value);
            }
        }
    }

    private void WriteMain(ForItem loop, LocalBuilder index, List<Accumulator> accumulators)
    {
        LocalBuilder last = il.DeclareLocal(typeof(long));
        Label body = il.DefineLabel();
        Label check = il.DefineLabel();
        int step = lanes!.Count;
        PushNumber(loop.Count);
        il.Emit(OpCodes.Ldc_I8, (long)step);
        il.Emit(OpCodes.Sub);
        il.Emit(OpCodes.Stloc, last);
        HoldAccumulators(accumulators);
        il.Emit(OpCodes.Br, check);
        il.MarkLabel(body);
        WriteStep(loop, accumulators);
        Advance(index, step);
        il.MarkLabel(check);
        il.Emit(OpCodes.Ldloc, index);
        il.Emit(OpCodes.Ldloc, last);
        il.Emit(OpCodes.Ble, body);
        DropAccumulators(accumulators);
    }

    private void WriteRest(ForItem loop, LocalBuilder index, int step, List<Accumulator> accumulators)
    {
        LocalBuilder active = il.DeclareLocal(typeof(int));
        lanes = new Lanes(step, Vectors.Bytes, active);
        Label body = il.DefineLabel();
        Label check = il.DefineLabel();
        il.Emit(OpCodes.Br, check);
        il.MarkLabel(body);
        PushNumber(loop.Count);
        il.Emit(OpCodes.Ldloc, index);
        il.Emit(OpCodes.Sub);
        il.Emit(OpCodes.Ldc_I8, (long)step);
        Call(typeof(Math).GetMethod(nameof(System.Math.Min), [typeof(long), typeof(long)])!);
        il.Emit(OpCodes.Conv_I4);
        il.Emit(OpCodes.Stloc, active);
        if (cut.PiecesOf(loop.Body) is not null)
        {
            PushFrame(cut.ActivePlace);
            il.Emit(OpCodes.Ldloc, active);
            il.Emit(OpCodes.Stind_I4);
        }

        WriteMasks();
        WriteStep(loop, accumulators);
        Advance(index, step);
        il.MarkLabel(check);
        il.Emit(OpCodes.Ldloc, index);
        PushNumber(loop.Count);
        il.Emit(OpCodes.Blt, body);
    }

    private void WriteStep(ForItem loop, List<Accumulator> accumulators)
    {
        if (demands.AsVector(loop.Index, 8))
        {
            WriteSteps(loop.Index);
        }

        Publish(loop.Index);

        WriteBlock(loop.Body);
        JoinElements(accumulators, numbers[loop.Index]);
    }

    private void Advance(LocalBuilder index, int step)
    {
        il.Emit(OpCodes.Ldloc, index);
        il.Emit(OpCodes.Ldc_I8, (long)step);
        il.Emit(OpCodes.Add);
        il.Emit(OpCodes.Stloc, index);
    }

    /// <summary>Masks of the lanes that count.</summary>
    private void WriteMasks()
    {
        foreach (int size in (ReadOnlySpan<int>)[4, 8])
        {
            if (lanes!.Parts(size) == 0)
            {
                continue;
            }

            Type mask = HostTypes.Mask(size);
            Type vector = Vectors.Of(mask);
            LocalBuilder[] masks = [.. Enumerable.Range(0, lanes.Parts(size)).Select(_ => il.DeclareLocal(vector))];
            for (int part = 0; part < masks.Length; part++)
            {
                PushLaneNumber(size, (long)part * Vectors.Bytes / size);
                PushLaneNumber(size, 1);
                Call(Vectors.Method("CreateSequence", mask, mask, mask));
                il.Emit(OpCodes.Ldloc, lanes.Active!);
                if (size == 8)
                {
                    il.Emit(OpCodes.Conv_I8);
                }

                Call(Vectors.Method("Create", mask, mask));
                Call(Vectors.Method("LessThan", mask, vector, vector));
                il.Emit(OpCodes.Stloc, masks[part]);
            }

            lanes.Masks[size] = masks;
        }
    }

    private void PushLaneNumber(int size, long number)
    {
        if (size == 8)
        {
            il.Emit(OpCodes.Ldc_I8, number);
        }
        else
        {
            il.Emit(OpCodes.Ldc_I4, (int)number);
        }
    }
}
