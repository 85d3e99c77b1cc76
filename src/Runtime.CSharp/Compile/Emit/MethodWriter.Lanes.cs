using System.Reflection.Emit;
using Adjoint.Core;
using Adjoint.Loops;

namespace Adjoint.Compile.Emit;

/// <summary>Loops over lanes: a main loop of several vectors a step, and one of a vector a step, masked, for what is left.</summary>
internal sealed partial class MethodWriter
{
    private void WriteLanes(ForItem loop)
    {
        if (NarrowLanes.Of(loop, target, demands, kinds) is not { } table || cut.PiecesOf(loop.Body) is not null)
        {
            WriteAll(loop);
            return;
        }

        KeyValuePair<(LoopValue Value, int Size), LocalBuilder[]>[] wide = [.. vectors];
        vectors.Clear();
        narrow = table;
        WriteAll(loop);
        narrow = null;
        vectors.Clear();
        foreach ((var key, LocalBuilder[] parts) in wide)
        {
            vectors.Add(key, parts);
        }
    }

    private void WriteAll(ForItem loop)
    {
        LaneWidths widths = LaneWidths.Of(loop, demands, kinds, Vectors.Bytes);
        LocalBuilder index = il.DeclareLocal(typeof(long));
        numbers[loop.Index] = index;
        int mark = frame.Mark();
        List<Accumulator> accumulators = PrepareReductions(loop);
        PrepareStores(loop, Math.Max(widths.Main, widths.Rest));
        long count = loop.Count.IsConstant ? loop.Count.Constant.AsLong : -1;
        if (count > 0 && count < widths.Main + widths.Rest)
        {
            WriteKnown(loop, widths, (int)count, index, accumulators);
        }
        else
        {
            WriteLoops(loop, widths, count, index, accumulators);
        }

        lanes = null;
        FinishReductions(loop, accumulators);
        frame.Release(mark);
    }

    private void WriteLoops(ForItem loop, LaneWidths widths, long count, LocalBuilder index, List<Accumulator> accumulators)
    {
        bool hasMain = widths.Main > 0 && (count < 0 || count >= widths.Step);
        ClearAccumulators(accumulators.Where(accumulator => !hasMain || !IsHeld(accumulator, widths.Step)));
        if (widths.Main > 0)
        {
            lanes = new Lanes(widths.Main, Vectors.Bytes, null);
            BroadcastOuter(loop);
        }

        il.Emit(OpCodes.Ldc_I8, 0L);
        il.Emit(OpCodes.Stloc, index);
        if (hasMain)
        {
            WriteMain(loop, widths, index, accumulators);
        }

        if (count >= widths.Step && widths.IsShort && accumulators.All(accumulator => accumulator.Held.Length > 0))
        {
            WriteKnownRest(loop, widths, count, index, accumulators);
            return;
        }

        DropAccumulators(accumulators);
        if (count < 0 || widths.Main == 0 || count % widths.Step != 0)
        {
            WriteRest(loop, index, widths.Rest, accumulators);
        }
    }

    /// <summary>What is left of a known number of lanes, with partial results in registers.</summary>
    private void WriteKnownRest(ForItem loop, LaneWidths widths, long count, LocalBuilder index, List<Accumulator> accumulators)
    {
        foreach (Accumulator accumulator in accumulators)
        {
            accumulator.Known = [.. accumulator.Held];
        }

        int left = (int)(count % widths.Step);
        while (left >= widths.Rest)
        {
            int whole = Math.Min(left / widths.Rest * widths.Rest, widths.Main);
            lanes = new Lanes(whole, Vectors.Bytes, null);
            WriteKnownStep(loop, index, count - left, accumulators);
            left -= whole;
        }

        WriteKnownEnd(loop, widths, left, index, count, accumulators);
    }

    /// <summary>A few lanes, known beforehand: one step of whole vectors and one of what is left, with no loop around.</summary>
    private void WriteKnown(ForItem loop, LaneWidths widths, int count, LocalBuilder index, List<Accumulator> accumulators)
    {
        foreach (Accumulator accumulator in accumulators)
        {
            accumulator.Known = new LocalBuilder?[PartialBytes / Vectors.Bytes];
        }

        int whole = count >= widths.Main ? widths.Main : 0;
        lanes = new Lanes(whole > 0 ? whole : widths.Rest, Vectors.Bytes, null);
        BroadcastOuter(loop);
        if (whole > 0)
        {
            WriteKnownStep(loop, index, 0, accumulators);
        }

        WriteKnownEnd(loop, widths, count - whole, index, count, accumulators);
    }

    /// <summary>The last lanes, fewer than a step has.</summary>
    private void WriteKnownEnd(ForItem loop, LaneWidths widths, int left, LocalBuilder index, long count, List<Accumulator> accumulators)
    {
        if (left == 0)
        {
            return;
        }

        LocalBuilder active = il.DeclareLocal(typeof(int));
        il.Emit(OpCodes.Ldc_I4, left);
        il.Emit(OpCodes.Stloc, active);
        lanes = new Lanes(widths.Rest, Vectors.Bytes, active);
        ShareActive(loop, active);
        WriteMasks(left);
        WriteKnownStep(loop, index, count - left, accumulators);
    }

    /// <summary>Tells the pieces of a long body how many lanes count.</summary>
    private void ShareActive(ForItem loop, LocalBuilder active)
    {
        if (cut.PiecesOf(loop.Body) is not null)
        {
            PushFrame(cut.ActivePlace);
            il.Emit(OpCodes.Ldloc, active);
            il.Emit(OpCodes.Stind_I4);
        }
    }

    private void WriteKnownStep(ForItem loop, LocalBuilder index, long start, List<Accumulator> accumulators)
    {
        il.Emit(OpCodes.Ldc_I8, start);
        il.Emit(OpCodes.Stloc, index);
        WriteBody(loop);
        foreach (Accumulator accumulator in accumulators)
        {
            JoinKnown(accumulator, start);
        }
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
        foreach (LoopItem item in BlockWalk.All(loop.Body))
        {
            foreach (LoopValue value in BlockWalk.Read(item))
            {
                BroadcastOnce(value);
            }
        }

        foreach (LoopReduction reduction in loop.Reductions)
        {
            BroadcastOnce(reduction.Element);
        }

        void BroadcastOnce(LoopValue value)
        {
            if (!inner.Contains(value.Home) && seen.Add(value))
            {
                Broadcast(value);
            }
        }
    }

    private void WriteMain(ForItem loop, LaneWidths widths, LocalBuilder index, List<Accumulator> accumulators)
    {
        LocalBuilder last = il.DeclareLocal(typeof(long));
        Label body = il.DefineLabel();
        Label check = il.DefineLabel();
        PushNumber(loop.Count);
        il.Emit(OpCodes.Ldc_I8, (long)widths.Step);
        il.Emit(OpCodes.Sub);
        il.Emit(OpCodes.Stloc, last);
        HoldAccumulators(accumulators, widths.Step);
        il.Emit(OpCodes.Br, check);
        il.MarkLabel(body);
        for (int repeat = 0; repeat < widths.Repeat; repeat++)
        {
            WriteStep(loop, accumulators, repeat);
            Advance(index, widths.Main);
        }

        il.MarkLabel(check);
        il.Emit(OpCodes.Ldloc, index);
        il.Emit(OpCodes.Ldloc, last);
        il.Emit(OpCodes.Ble, body);
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
        ShareActive(loop, active);
        WriteMasks();
        WriteStep(loop, accumulators, repeat: 0);
        Advance(index, step);
        il.MarkLabel(check);
        il.Emit(OpCodes.Ldloc, index);
        PushNumber(loop.Count);
        il.Emit(OpCodes.Blt, body);
    }

    private void WriteStep(ForItem loop, List<Accumulator> accumulators, int repeat)
    {
        WriteBody(loop);
        JoinElements(accumulators, numbers[loop.Index], repeat);
    }

    private void WriteBody(ForItem loop)
    {
        if (demands.AsVector(loop.Index, 8))
        {
            WriteSteps(loop.Index);
        }

        Publish(loop.Index);
        WriteBlock(loop.Body);
    }

    private void Advance(LocalBuilder index, int step)
    {
        il.Emit(OpCodes.Ldloc, index);
        il.Emit(OpCodes.Ldc_I8, (long)step);
        il.Emit(OpCodes.Add);
        il.Emit(OpCodes.Stloc, index);
    }

    /// <summary>Masks of the lanes that count; how many may be known.</summary>
    private void WriteMasks(int known = -1)
    {
        foreach (int size in (ReadOnlySpan<int>)[4, 8])
        {
            if (lanes!.Parts(size) == 0)
            {
                continue;
            }

            Type mask = HostTypes.Mask(size);
            Type vector = Vectors.Of(mask);
            LocalBuilder[] masks = Declare(vector, lanes.Parts(size));
            for (int part = 0; part < masks.Length; part++)
            {
                if (known >= 0)
                {
                    int start = part * Vectors.Bytes / size;
                    PushConstants(Vectors, mask, Vectors.Bytes / size, j => start + j < known ? -1 : 0);
                    il.Emit(OpCodes.Stloc, masks[part]);
                    continue;
                }

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
