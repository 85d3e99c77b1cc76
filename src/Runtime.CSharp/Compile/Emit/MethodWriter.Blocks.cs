using System.Collections.Immutable;
using System.Reflection.Emit;
using Adjoint.Core;
using Adjoint.Loops;

namespace Adjoint.Compile.Emit;

/// <summary>Items: serial loops, branches, failures.</summary>
internal sealed partial class MethodWriter
{
    /// <summary>Between two looks at the token a loop makes so many steps.</summary>
    private const int StepsBetweenPolls = 1024;

    private void WriteBlock(LoopBlock block)
    {
        if (cut.PiecesOf(block) is not { } pieces)
        {
            WriteItems(block.Items);
            return;
        }

        foreach (MethodCut.Piece piece in pieces)
        {
            if (piece.IsApart)
            {
                WriteApart(piece.Items);
            }
            else
            {
                WriteItems(piece.Items);
            }
        }
    }

    private void WriteItems(IReadOnlyList<LoopItem> items)
    {
        foreach (LoopItem item in items)
        {
            WriteItem(item);
        }
    }

    private void WriteItem(LoopItem item)
    {
        switch (item)
        {
            case LoopValue value:
                WriteValue(value);
                break;
            case StoreItem store:
                WriteStore(store);
                break;
            case TransposeItem block:
                WriteTranspose(block);
                break;
            case GrowItem grow:
                WriteGrow(grow);
                break;
            case FailItem fail:
                WriteFail(fail);
                break;
            case ForItem { Form: LoopForm.Lanes } loop when target.Vectors is not null:
                WriteLanes(loop);
                break;
            case ForItem loop:
                WriteSerial(loop);
                break;
            case WhileItem loop:
                WriteWhile(loop);
                break;
            case IfItem branch:
                WriteIf(branch);
                break;
            case RareItem rare:
                WriteRare(rare);
                break;
        }
    }

    private void WriteValue(LoopValue value)
    {
        if (value.IsConstant || !demands.IsNeeded(value))
        {
            return;
        }

        if (demands.AsNumber(value))
        {
            WriteNumber(value, PushNumber);
            StoreNumber(value);
            Settle(value);
        }

        if (lanes is not null && kinds[value].Varies)
        {
            WriteVector(value);
            PublishVectors(value);
        }
    }

    private void WriteGrow(GrowItem grow)
    {
        int number = grow.Buffer.Number;
        Label enough = il.DefineLabel();
        PushNumber(grow.Needed);
        il.Emit(OpCodes.Ldloc, capacities[number]);
        il.Emit(OpCodes.Ble, enough);
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldc_I4, number);
        PushNumber(grow.Needed);
        Call(typeof(Numbers).GetMethod(nameof(Numbers.Grow), Internal)!);
        il.Emit(OpCodes.Stloc, addresses[number]);
        StoreCapacity(number);
        ShareBuffer(number);
        il.MarkLabel(enough);
    }

    private void WriteFail(FailItem fail)
    {
        Label well = il.DefineLabel();
        PushAny(fail.Test);
        il.Emit(OpCodes.Brfalse, well);
        il.Emit(OpCodes.Ldc_I4, fail.Failure);
        il.Emit(OpCodes.Ret);
        il.MarkLabel(well);
    }

    /// <summary>Whether a test holds, in any lane that counts.</summary>
    private void PushAny(LoopValue test)
    {
        if (lanes is null || !kinds[test].Varies)
        {
            PushNumber(test);
            return;
        }

        int size = Demands.NaturalSize(test);
        Type mask = HostTypes.Mask(size);
        Type vector = Vectors.Of(mask);
        for (int part = 0; part < lanes.Parts(size); part++)
        {
            PushPart(test, size, part);
            if (lanes.Active is not null)
            {
                PushMask(size, part, mask);
                Call(Vectors.Method("op_BitwiseAnd", mask, vector, vector));
            }

            if (part > 0)
            {
                Call(Vectors.Method("op_BitwiseOr", mask, vector, vector));
            }
        }

        PushZero(mask);
        Call(Vectors.Method("op_Inequality", mask, vector, vector));
    }

    private void WriteSerial(ForItem loop)
    {
        LocalBuilder index = il.DeclareLocal(typeof(long));
        LocalBuilder? partials = PrepareSerialReductions(loop);
        Label body = il.DefineLabel();
        Label check = il.DefineLabel();
        EnterLoop(loop.Carries);
        numbers[loop.Index] = index;
        il.Emit(OpCodes.Ldc_I8, 0L);
        il.Emit(OpCodes.Stloc, index);
        il.Emit(OpCodes.Br, check);
        il.MarkLabel(body);
        Settle(loop.Index);
        foreach (LoopCarry carry in loop.Carries)
        {
            Settle(carry.Parameter);
        }

        WriteBlock(loop.Body);
        NextStep(loop.Carries);
        JoinSerial(loop, partials);
        il.Emit(OpCodes.Ldloc, index);
        il.Emit(OpCodes.Ldc_I8, 1L);
        il.Emit(OpCodes.Add);
        il.Emit(OpCodes.Stloc, index);
        if (lanes is null && !(loop.Count.IsConstant && loop.Count.Constant.AsLong < StepsBetweenPolls))
        {
            WritePoll();
        }

        il.MarkLabel(check);
        il.Emit(OpCodes.Ldloc, index);
        PushNumber(loop.Count);
        il.Emit(OpCodes.Blt, body);
        LeaveLoop(loop.Carries);
        FinishSerialReductions(loop);
    }

    private void WriteWhile(WhileItem loop)
    {
        Label again = il.DefineLabel();
        Label end = il.DefineLabel();
        EnterLoop(loop.Carries);
        il.MarkLabel(again);
        foreach (LoopCarry carry in loop.Carries)
        {
            Settle(carry.Parameter);
        }

        WriteBlock(loop.Condition);
        PushNumber(loop.Test);
        il.Emit(OpCodes.Brfalse, end);
        WriteBlock(loop.Body);
        NextStep(loop.Carries);
        WritePoll();
        il.Emit(OpCodes.Br, again);
        il.MarkLabel(end);
        LeaveLoop(loop.Carries);
    }

    private void EnterLoop(ImmutableArray<LoopCarry> carries) =>
        MoveAll([.. carries.Select(carry => (carry.Initial, carry.Parameter))]);

    private void NextStep(ImmutableArray<LoopCarry> carries) =>
        MoveAll([.. carries.Select(carry => (carry.Next, carry.Parameter))]);

    private void LeaveLoop(ImmutableArray<LoopCarry> carries)
    {
        MoveAll([.. carries.Select(carry => (carry.Parameter, carry.Result))]);
        foreach (LoopCarry carry in carries)
        {
            Settle(carry.Result);
        }
    }

    /// <summary>Gives places the values of others at the same time, in every form that the place has.</summary>
    private void MoveAll(IReadOnlyList<(LoopValue From, LoopValue To)> moves)
    {
        Stack<LocalBuilder> places = [];
        foreach ((LoopValue from, LoopValue to) in moves)
        {
            if (!demands.IsNeeded(to) || ReferenceEquals(from, to))
            {
                continue;
            }

            if (lanes is null || !kinds[to].Varies)
            {
                PushNumber(from);
                places.Push(NumberOf(to));
                continue;
            }

            foreach (int size in (ReadOnlySpan<int>)[4, 8])
            {
                if (demands.AsVector(to, size))
                {
                    LocalBuilder[] parts = PartsOf(to, size);
                    for (int part = 0; part < parts.Length; part++)
                    {
                        PushPart(from, size, part);
                        places.Push(parts[part]);
                    }
                }
            }
        }

        while (places.TryPop(out LocalBuilder? place))
        {
            il.Emit(OpCodes.Stloc, place);
        }
    }

    private void WriteIf(IfItem branch)
    {
        Label otherwise = il.DefineLabel();
        Label end = il.DefineLabel();
        PushNumber(branch.Test);
        il.Emit(OpCodes.Brfalse, otherwise);
        WriteBlock(branch.Then);
        MoveAll([.. branch.Choices.Select(choice => (choice.Then, choice.Result))]);
        il.Emit(OpCodes.Br, end);
        il.MarkLabel(otherwise);
        WriteBlock(branch.Else);
        MoveAll([.. branch.Choices.Select(choice => (choice.Else, choice.Result))]);
        il.MarkLabel(end);
        foreach (LoopChoice choice in branch.Choices)
        {
            Settle(choice.Result);
        }
    }

    private void WriteRare(RareItem rare)
    {
        if (!rare.Choices.Any(choice => demands.IsNeeded(choice.Result)))
        {
            return;
        }

        Label end = il.DefineLabel();
        MoveAll([.. rare.Choices.Select(choice => (choice.Else, choice.Result))]);
        PushAny(rare.Test);
        il.Emit(OpCodes.Brfalse, end);
        WriteBlock(rare.Block);
        if (lanes is null || !kinds[rare.Test].Varies)
        {
            MoveAll([.. rare.Choices.Select(choice => (choice.Then, choice.Result))]);
        }
        else
        {
            SelectAll(rare);
        }

        il.MarkLabel(end);
        foreach (LoopChoice choice in rare.Choices)
        {
            Settle(choice.Result);
        }
    }

    /// <summary>Rare values where the test holds, the common ones elsewhere.</summary>
    private void SelectAll(RareItem rare)
    {
        foreach (LoopChoice choice in rare.Choices)
        {
            foreach (int size in (ReadOnlySpan<int>)[4, 8])
            {
                if (!demands.AsVector(choice.Result, size))
                {
                    continue;
                }

                Type lane = HostTypes.Lane(choice.Result.Type, size);
                Type vector = Vectors.Of(lane);
                LocalBuilder[] parts = PartsOf(choice.Result, size);
                for (int part = 0; part < parts.Length; part++)
                {
                    PushPart(rare.Test, size, part);
                    Reinterpret(HostTypes.Mask(size), lane);
                    PushPart(choice.Then, size, part);
                    PushPart(choice.Else, size, part);
                    Call(Vectors.Method("ConditionalSelect", lane, vector, vector, vector));
                    il.Emit(OpCodes.Stloc, parts[part]);
                }
            }
        }
    }

    /// <summary>Looks at the token now and then.</summary>
    private void WritePoll()
    {
        if (polls is null)
        {
            polls = il.DeclareLocal(typeof(int));
        }

        Label on = il.DefineLabel();
        il.Emit(OpCodes.Ldloc, polls);
        il.Emit(OpCodes.Ldc_I4_1);
        il.Emit(OpCodes.Add);
        il.Emit(OpCodes.Dup);
        il.Emit(OpCodes.Stloc, polls);
        il.Emit(OpCodes.Ldc_I4, StepsBetweenPolls - 1);
        il.Emit(OpCodes.And);
        il.Emit(OpCodes.Brtrue, on);
        il.Emit(OpCodes.Ldarga_S, (byte)4);
        Call(typeof(CancellationToken).GetProperty(nameof(CancellationToken.IsCancellationRequested))!.GetMethod!);
        il.Emit(OpCodes.Brfalse, on);
        il.Emit(OpCodes.Ldc_I4, LoopCode.Cancelled);
        il.Emit(OpCodes.Ret);
        il.MarkLabel(on);
    }
}
