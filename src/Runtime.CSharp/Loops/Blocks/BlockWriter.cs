using Adjoint.Core;

namespace Adjoint.Loops.Blocks;

/// <summary>Makes the steps of a phase: outside loops over lanes; those are written by <see cref="LaneWriter"/>.</summary>
internal sealed class BlockWriter(int lanes)
{
    private readonly Dictionary<LoopValue, Place> places = [];
    private readonly Dictionary<Scalar, Place> constants = [];

    /// <summary>Single numbers that are there before the first step: where, and their bits.</summary>
    internal IEnumerable<(int Offset, ulong Bits)> Constants => constants.Select(pair => (pair.Value.Offset, BitsOf(pair.Key)));

    /// <summary>How many bytes of single numbers there are.</summary>
    internal int Numbers { get; private set; }

    /// <summary>Where blocks lie.</summary>
    internal BlockMemory Memory { get; } = new(lanes);

    /// <summary>The steps of the block that is being written.</summary>
    private List<BlockStep> Steps { get; set; } = [];

    /// <summary>The place of a single number that is made here.</summary>
    internal Place Define(LoopValue value)
    {
        Place place = NewNumber();
        places[value] = place;
        return place;
    }

    /// <summary>The steps of a block.</summary>
    internal BlockStep[] Write(LoopBlock block, Action? last = null)
    {
        List<BlockStep> outer = Steps;
        Steps = [];
        foreach (LoopItem item in block.Items)
        {
            Write(item);
        }

        last?.Invoke();
        BlockStep[] written = [.. Steps];
        Steps = outer;
        return written;
    }

    /// <summary>Where the number lies that a value is outside loops over lanes.</summary>
    internal Place Number(LoopValue value)
    {
        if (!value.IsConstant)
        {
            return places[value];
        }

        if (!constants.TryGetValue(value.Constant, out Place place))
        {
            constants[value.Constant] = place = NewNumber();
        }

        return place;
    }

    /// <summary>A place for a single number.</summary>
    internal Place NewNumber()
    {
        Numbers += 8;
        return new(false, Numbers - 8);
    }

    private void Write(LoopItem item)
    {
        switch (item)
        {
            case LoopValue { IsConstant: true }:
                break;
            case LoopValue { Op: LoopOp.Load } load:
                Place offset = Number(load.Operands[0]);
                Steps.Add(MemoryTable.Load(load.Buffer!.Type, new(load.Buffer.Number, offset, 0), Define(load)));
                break;
            case LoopValue value:
                Place[] operands = [.. value.Operands.Select(Number)];
                Steps.Add(StepTable.Of(value, operands, Define(value)));
                break;
            case StoreItem store:
                Steps.Add(MemoryTable.Store(store.Buffer.Type, Number(store.Value), new(store.Buffer.Number, Number(store.Offset), 0)));
                break;
            case TransposeItem block:
                Steps.Add(new TransposeStep(block, Number(block.FromOffset), Number(block.ToOffset), Number(block.Rows), Number(block.Columns)));
                break;
            case GrowItem grow:
                Steps.Add(new GrowStep(grow.Buffer.Number, Number(grow.Needed)));
                break;
            case FailItem fail:
                Steps.Add(new FailStep(Number(fail.Test), fail.Failure));
                break;
            case ForItem { Form: LoopForm.Lanes } loop:
                Steps.Add(new LaneWriter(this, loop).Write());
                break;
            case ForItem loop:
                WriteSerial(loop);
                break;
            case WhileItem loop:
                WriteWhile(loop);
                break;
            case IfItem branch:
                WriteBranch(branch.Test, branch.Then, branch.Else, branch.Choices);
                break;
            case RareItem rare:
                WriteBranch(rare.Test, rare.Block, null, rare.Choices);
                break;
        }
    }

    private void WriteSerial(ForItem loop)
    {
        Place count = Number(loop.Count);
        Place index = Define(loop.Index);
        BlockStep[] enter = Enter(loop.Carries);
        Steps.Add(new SerialStep(count, index, enter, Write(loop.Body, () => Advance(loop.Carries))));
    }

    private void WriteWhile(WhileItem loop)
    {
        BlockStep[] enter = Enter(loop.Carries);
        BlockStep[] condition = Write(loop.Condition);
        Steps.Add(new WhileStep(Number(loop.Test), enter, condition, Write(loop.Body, () => Advance(loop.Carries))));
    }

    private void WriteBranch(LoopValue test, LoopBlock then, LoopBlock? otherwise, IReadOnlyList<LoopChoice> choices)
    {
        foreach (LoopChoice choice in choices)
        {
            Define(choice.Result);
        }

        BlockStep[] yes = Write(then, () => Steps.AddRange(choices.Select(choice => Move(choice.Then, choice.Result))));
        BlockStep[] no = Write(
            otherwise ?? new LoopBlock(null, mayNotRun: true),
            () => Steps.AddRange(choices.Select(choice => Move(choice.Else, choice.Result))));
        Steps.Add(new BranchStep(Number(test), yes, no));
    }

    private MoveStep Move(LoopValue from, LoopValue to) => new(Number(from), places[to], 8);

    /// <summary>What goes into a loop: the results lie where the parameters do.</summary>
    private BlockStep[] Enter(IReadOnlyList<LoopCarry> carries)
    {
        foreach (LoopCarry carry in carries)
        {
            places[carry.Result] = Define(carry.Parameter);
        }

        return [.. carries.Select(carry => Move(carry.Initial, carry.Parameter))];
    }

    /// <summary>What goes from one iteration to the next, all at once.</summary>
    private void Advance(IReadOnlyList<LoopCarry> carries) => Steps.AddRange(AllAtOnce(
        [.. carries.Select(carry => (Number(carry.Next), places[carry.Parameter], 8))], _ => NewNumber()));

    /// <summary>Moves of which none reads what another has written: by way of other places where that needs to be.</summary>
    internal static IEnumerable<BlockStep> AllAtOnce(IReadOnlyList<(Place From, Place To, int Size)> moves, Func<int, Place> other)
    {
        (Place From, Place To, int Size)[] some = [.. moves.Where(move => move.From != move.To)];
        if (!some.Any(move => some.Any(written => written.To == move.From)))
        {
            return some.Select(move => new MoveStep(move.From, move.To, move.Size));
        }

        Place[] between = [.. some.Select(move => other(move.Size))];
        return
        [
            .. some.Select((move, i) => new MoveStep(move.From, between[i], move.Size)),
            .. some.Select((move, i) => new MoveStep(between[i], move.To, move.Size)),
        ];
    }

    private static ulong BitsOf(Scalar number) =>
        number.Type == DType.F32 ? BitConverter.SingleToUInt32Bits((float)number.AsDouble) : number.Bits;
}
