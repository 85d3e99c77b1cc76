using Adjoint.Core;
using Adjoint.Loops;

namespace Adjoint.Compile.Emit;

/// <summary>In which forms each value is needed: as one number, or as vectors with lanes of 4 or of 8 bytes (bools have both).</summary>
/// <remarks>What is needed in no form is left out. An affine value as a number is its value in the first lane.</remarks>
internal sealed class Demands
{
    private readonly LaneKinds kinds;
    private readonly Needed[] needed;
    private readonly LoopCarry?[] carries;
    private readonly LoopChoice?[] choices;
    private readonly LoopValue?[] tests;
    private readonly (LoopReduction Reduction, bool IsInLanes)?[] reductions;
    private readonly Stack<(LoopValue Value, Needed Form)> pending = [];

    internal Demands(LoopProgram program, LoopPhase phase, LaneKinds kinds)
    {
        this.kinds = kinds;
        needed = new Needed[program.ValueCount];
        carries = new LoopCarry?[program.ValueCount];
        choices = new LoopChoice?[program.ValueCount];
        tests = new LoopValue?[program.ValueCount];
        reductions = new (LoopReduction, bool)?[program.ValueCount];
        Visit(phase.Body);
        while (pending.TryPop(out (LoopValue Value, Needed Form) next))
        {
            Follow(next.Value, next.Form);
        }
    }

    [Flags]
    private enum Needed : byte
    {
        None = 0,
        Number = 1,
        Lanes4 = 2,
        Lanes8 = 4,
    }

    internal bool AsNumber(LoopValue value) => (needed[value.Id] & Needed.Number) != Needed.None;

    internal bool AsVector(LoopValue value, int size) => (needed[value.Id] & Lanes(size)) != Needed.None;

    internal bool IsNeeded(LoopValue value) => needed[value.Id] != Needed.None;

    /// <summary>Bytes a lane of a vector of these values; of bools, as they come without being converted.</summary>
    internal static int NaturalSize(LoopValue value)
    {
        while (value.Type == DType.Bool && value.Operands.Length > 0 && value.Op != LoopOp.Load)
        {
            value = value.Operands[value.Op == LoopOp.Select ? 1 : 0];
        }

        return Math.Max(value.Type.Size(), 4);
    }

    /// <summary>Bytes a lane in which an instruction of lanes of some size takes an operand.</summary>
    internal static int OperandSize(LoopValue value, LoopValue operand, int size) =>
        operand.Type != DType.Bool ? operand.Type.Size()
        : KeepsSize(value.Op) || value.Op == LoopOp.Convert ? size
        : value.Op == LoopOp.Call ? NaturalSize(operand)
        : NaturalSize(value);

    /// <summary>Whether a bool comes in the size that its operands have.</summary>
    internal static bool KeepsSize(LoopOp op) =>
        op is LoopOp.And or LoopOp.Or or LoopOp.Xor or LoopOp.Not or LoopOp.Select or LoopOp.Minimum or LoopOp.Maximum;

    internal static bool IsShift(LoopOp op) => op is LoopOp.ShiftLeft or LoopOp.ShiftRight or LoopOp.ShiftRightLogical;

    private static Needed Lanes(int size) => size == 4 ? Needed.Lanes4 : Needed.Lanes8;

    private void Visit(LoopBlock block)
    {
        foreach (LoopItem item in block.Items)
        {
            switch (item)
            {
                case StoreItem store:
                    Offset(store.Offset);
                    Demand(
                        store.Value,
                        kinds[store.Offset].Varies || kinds[store.Value].Varies ? Lanes(NaturalSize(store.Value)) : Needed.Number);
                    break;
                case TransposeItem turned:
                    foreach (LoopValue read in BlockWalk.Read(turned))
                    {
                        Demand(read, Needed.Number);
                    }

                    break;
                case GrowItem grow:
                    Demand(grow.Needed, Needed.Number);
                    break;
                case FailItem fail:
                    Natural(fail.Test);
                    break;
                case ForItem loop:
                    Demand(loop.Count, Needed.Number);
                    Register(loop.Carries);
                    Visit(loop.Body);
                    foreach (LoopReduction reduction in loop.Reductions)
                    {
                        reductions[reduction.Result.Id] = (reduction, kinds[loop.Index].Varies);
                    }

                    if (kinds[loop.Index].Varies)
                    {
                        Demand(loop.Index, Needed.Number);
                    }

                    break;
                case WhileItem loop:
                    Demand(loop.Test, Needed.Number);
                    Register(loop.Carries);
                    Visit(loop.Condition);
                    Visit(loop.Body);
                    break;
                case IfItem branch:
                    Demand(branch.Test, Needed.Number);
                    Register(branch.Choices);
                    Visit(branch.Then);
                    Visit(branch.Else);
                    break;
                case RareItem rare:
                    Natural(rare.Test);
                    Register(rare.Choices);
                    foreach (LoopChoice choice in rare.Choices)
                    {
                        tests[choice.Result.Id] = rare.Test;
                    }

                    Visit(rare.Block);
                    break;
            }
        }
    }

    private void Register(IEnumerable<LoopCarry> loop)
    {
        foreach (LoopCarry carry in loop)
        {
            carries[carry.Parameter.Id] = carry;
            carries[carry.Result.Id] = carry;
        }
    }

    private void Register(IEnumerable<LoopChoice> branch)
    {
        foreach (LoopChoice choice in branch)
        {
            choices[choice.Result.Id] = choice;
        }
    }

    private void Demand(LoopValue value, Needed form)
    {
        if ((needed[value.Id] & form) == Needed.None)
        {
            needed[value.Id] |= form;
            pending.Push((value, form));
        }
    }

    /// <summary>In the form that it has without being converted.</summary>
    private void Natural(LoopValue value) => Demand(value, kinds[value].Varies ? Lanes(NaturalSize(value)) : Needed.Number);

    /// <summary>As a place in a buffer: steps from lane to lane need the first alone.</summary>
    private void Offset(LoopValue value) => Demand(value, kinds[value].IsAffine ? Needed.Number : Needed.Lanes8);

    private void Follow(LoopValue value, Needed form)
    {
        if (!kinds[value].Varies)
        {
            Demand(value, Needed.Number);
        }

        if (carries[value.Id] is { } carry)
        {
            Follow(carry, form);
        }
        else if (choices[value.Id] is { } choice)
        {
            Follow(choice, form);
        }
        else if (reductions[value.Id] is { } join)
        {
            LoopValue element = join.Reduction.Element;
            Demand(element, join.IsInLanes ? Lanes(Math.Max(element.Type.Size(), 4)) : Needed.Number);
        }
        else if (form == Needed.Number)
        {
            foreach (LoopValue operand in value.Operands)
            {
                Demand(operand, Needed.Number);
            }
        }
        else if (kinds[value].IsAffine)
        {
            Demand(value, Needed.Number);
        }
        else
        {
            FollowVector(value, form == Needed.Lanes4 ? 4 : 8);
        }
    }

    private void Follow(LoopChoice choice, Needed form)
    {
        if (!kinds[choice.Result].Varies)
        {
            form = Needed.Number;
        }
        else if (tests[choice.Result.Id] is { } test && kinds[test].Varies)
        {
            Demand(test, form);
        }

        Demand(choice.Result, form);
        Demand(choice.Then, form);
        Demand(choice.Else, form);
    }

    /// <summary>A carried value and its parameter and result take one form.</summary>
    private void Follow(LoopCarry carry, Needed form)
    {
        if (!kinds[carry.Parameter].Varies)
        {
            Demand(carry.Parameter, Needed.Number);
            form = Needed.Number;
        }

        Demand(carry.Parameter, form);
        Demand(carry.Initial, form);
        Demand(carry.Next, form);
    }

    private void FollowVector(LoopValue value, int size)
    {
        if (value.Op == LoopOp.Load)
        {
            Offset(value.Operands[0]);
            if (value.Type == DType.Bool && !kinds[value.Operands[0]].IsAffine)
            {
                Demand(value, Lanes(NaturalSize(value)));
            }

            return;
        }

        foreach (LoopValue operand in value.Operands)
        {
            bool isCount = IsShift(value.Op) && ReferenceEquals(operand, value.Operands[1]) && !kinds[operand].Varies;
            Demand(operand, isCount && !ReferenceEquals(operand, value.Operands[0]) ? Needed.Number : Lanes(OperandSize(value, operand, size)));
        }

        if (value.Type == DType.Bool && !KeepsSize(value.Op))
        {
            Demand(value, Lanes(NaturalSize(value)));
        }
    }
}
