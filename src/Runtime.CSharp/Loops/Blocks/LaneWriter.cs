using Adjoint.Core;

namespace Adjoint.Loops.Blocks;

/// <summary>Makes the steps of a loop over lanes.</summary>
/// <remarks>
/// What is the same for all lanes, or an i64 that grows evenly from lane to lane (the offsets of most loads), stays one number for a block of
/// lanes; the rest lies in blocks. A number that is asked for in a block is spread, once for the whole loop where it comes from outside.
/// </remarks>
internal sealed class LaneWriter(BlockWriter outside, ForItem loop)
{
    private readonly LanePlan plan = new(loop);
    private readonly Dictionary<LoopValue, Place> places = [];
    private readonly Dictionary<LoopValue, long> strides = [];
    private readonly Dictionary<LoopValue, Place> spread = [];
    private readonly List<BlockStep> enter = [];
    private List<BlockStep> steps = [];

    /// <summary>The loop's step.</summary>
    internal BlockStep Write()
    {
        Place count = outside.Number(loop.Count);
        Place index = DefineNumber(loop.Index, 1);
        List<ReductionStep> reductions = [];
        BlockStep[] body = Write(loop.Body, () =>
        {
            foreach (LoopReduction reduction in loop.Reductions)
            {
                Place element = Block(reduction.Element);
                Place partials = outside.Memory.TakeUnused(8);
                reductions.Add(MemoryTable.Reduce(reduction, element, partials, outside.Define(reduction.Result)));
            }
        });
        outside.Memory.Clear();
        return new LanesStep(outside.Memory.Lanes, count, index, [.. enter], body, [.. reductions]);
    }

    private BlockStep[] Write(LoopBlock block, Action last)
    {
        List<BlockStep> outer = steps;
        LoopValue[] known = [.. spread.Keys];
        steps = [];
        foreach (LoopItem item in block.Items)
        {
            Write(item);
            foreach (LoopValue value in plan.EndingAt(item))
            {
                if (places.TryGetValue(value, out Place place) && place.IsBlock)
                {
                    outside.Memory.Give(place, value.Type.Size());
                }
            }
        }

        last();
        foreach (LoopValue value in spread.Keys.Except(known).Where(IsInside).ToArray())
        {
            outside.Memory.Give(spread[value], value.Type.Size());
            spread.Remove(value);
        }

        BlockStep[] written = [.. steps];
        steps = outer;
        return written;
    }

    private void Write(LoopItem item)
    {
        switch (item)
        {
            case LoopValue { IsConstant: true }:
                break;
            case LoopValue value:
                WriteValue(value);
                break;
            case StoreItem store:
                steps.Add(MemoryTable.Store(store.Buffer.Type, Block(store.Value), Elements(store.Buffer, store.Offset)));
                break;
            case FailItem fail:
                steps.Add(new FailStep(IsBlock(fail.Test) ? places[fail.Test] : Number(fail.Test), fail.Failure));
                break;
            case ForItem serial:
                WriteSerial(serial);
                break;
            case IfItem branch:
                WriteBranch(Number(branch.Test), branch.Then, branch.Else, branch.Choices);
                break;
            case RareItem rare when IsBlock(rare.Test):
                WriteRare(rare);
                break;
            case RareItem rare:
                WriteBranch(Number(rare.Test), rare.Block, null, rare.Choices);
                break;
            default:
                throw new InvalidOperationException($"{item} does not stand in lanes.");
        }
    }

    private void WriteValue(LoopValue value)
    {
        if (Stride(value) is { } stride)
        {
            Place[] numbers = [.. value.Operands.Select(Number)];
            steps.Add(value.Op == LoopOp.Load
                ? MemoryTable.Load(value.Buffer!.Type, new(value.Buffer.Number, numbers[0], 0), DefineNumber(value, 0))
                : StepTable.Of(value, numbers, DefineNumber(value, stride)));
        }
        else if (value.Op == LoopOp.Load)
        {
            Elements from = Elements(value.Buffer!, value.Operands[0]);
            steps.Add(MemoryTable.Load(value.Buffer!.Type, from, DefineBlock(value)));
        }
        else
        {
            bool takesSame = value.Operands.Length == 2 && StepTable.TakesSame(value.Op, value.Operands[0].Type);
            Place[] operands = [.. value.Operands.Select(operand => takesSame && IsSame(operand) ? Number(operand) : Block(operand))];
            steps.Add(StepTable.Of(value, operands, DefineBlock(value)));
        }
    }

    /// <summary>How much an instruction's value grows from lane to lane, where that is known.</summary>
    private long? Stride(LoopValue value)
    {
        if (value.Operands.All(IsSame))
        {
            return 0;
        }

        if (value.Type != DType.I64 || value.Operands.Length != 2 || value.Operands.Any(IsBlock))
        {
            return null;
        }

        (long x, long y) = (strides.GetValueOrDefault(value.Operands[0]), strides.GetValueOrDefault(value.Operands[1]));
        return value.Op switch
        {
            LoopOp.Add => unchecked(x + y),
            LoopOp.Subtract => unchecked(x - y),
            LoopOp.Multiply when value.Operands[1].IsConstant => unchecked(x * value.Operands[1].Constant.AsLong),
            LoopOp.Multiply when value.Operands[0].IsConstant => unchecked(y * value.Operands[0].Constant.AsLong),
            _ => null,
        };
    }

    private void WriteSerial(ForItem serial)
    {
        Place count = Number(serial.Count);
        Place index = DefineNumber(serial.Index, 0);
        Place[] initial = [.. serial.Carries.Select(carry => Block(carry.Initial))];
        BlockStep[] start =
            [.. serial.Carries.Select((carry, i) => new MoveStep(initial[i], DefineBlock(carry.Parameter), carry.Parameter.Type.Size()))];
        BlockStep[] body = Write(serial.Body, () =>
        {
            (Place, Place, int)[] moves =
                [.. serial.Carries.Select(carry => (Block(carry.Next), places[carry.Parameter], carry.Parameter.Type.Size()))];
            steps.AddRange(BlockWriter.AllAtOnce(moves, outside.Memory.Take));
        });
        foreach (LoopCarry carry in serial.Carries)
        {
            places[carry.Result] = places[carry.Parameter];
        }

        steps.Add(new SerialStep(count, index, start, body));
    }

    private void WriteBranch(Place test, LoopBlock then, LoopBlock? otherwise, IReadOnlyList<LoopChoice> choices)
    {
        foreach (LoopChoice choice in choices)
        {
            DefineBlock(choice.Result);
        }

        BlockStep[] yes = Write(then, () => steps.AddRange(choices.Select(choice => Move(choice.Then, choice.Result)).ToArray()));
        BlockStep[] no = Write(
            otherwise ?? new LoopBlock(null, mayNotRun: true),
            () => steps.AddRange(choices.Select(choice => Move(choice.Else, choice.Result)).ToArray()));
        steps.Add(new BranchStep(test, yes, no));
    }

    private void WriteRare(RareItem rare)
    {
        foreach (LoopChoice choice in rare.Choices)
        {
            MoveStep common = Move(choice.Else, choice.Result, define: true);
            steps.Add(common);
        }

        Place test = places[rare.Test];
        BlockStep[] block = Write(rare.Block, () =>
        {
            foreach (LoopChoice choice in rare.Choices)
            {
                Place result = places[choice.Result];
                Place then = Block(choice.Then);
                steps.Add(StepTable.Select(choice.Result.Type, test, then, result, result));
            }
        });
        steps.Add(new RareStep(test, block));
    }

    private MoveStep Move(LoopValue from, LoopValue to, bool define = false)
    {
        Place source = Block(from);
        return new(source, define ? DefineBlock(to) : places[to], to.Type.Size());
    }

    private Elements Elements(LoopBuffer buffer, LoopValue offset) => IsBlock(offset)
        ? new(buffer.Number, places[offset], 0)
        : new(buffer.Number, Number(offset), strides.GetValueOrDefault(offset));

    private Place DefineNumber(LoopValue value, long stride)
    {
        Place place = outside.Define(value);
        places[value] = place;
        strides[value] = stride;
        return place;
    }

    private Place DefineBlock(LoopValue value) => places[value] = outside.Memory.Take(value.Type.Size());

    private bool IsInside(LoopValue value) => places.ContainsKey(value);

    private bool IsBlock(LoopValue value) => places.TryGetValue(value, out Place place) && place.IsBlock;

    private bool IsSame(LoopValue value) => !IsBlock(value) && strides.GetValueOrDefault(value) == 0;

    /// <summary>The number that a value is for all lanes; of one in a block, that of the first lane.</summary>
    private Place Number(LoopValue value)
    {
        if (!IsBlock(value))
        {
            return outside.Number(value);
        }

        Place first = outside.NewNumber();
        steps.Add(new FirstLaneStep(places[value], first, value.Type.Size()));
        return first;
    }

    /// <summary>The block that a value lies in, spread if it is one number.</summary>
    private Place Block(LoopValue value)
    {
        if (IsBlock(value))
        {
            return places[value];
        }

        if (!spread.TryGetValue(value, out Place place))
        {
            int size = value.Type.Size();
            spread[value] = place = IsInside(value) ? outside.Memory.Take(size) : outside.Memory.TakeUnused(size);
            BlockStep step = MemoryTable.Spread(value.Type, outside.Number(value), strides.GetValueOrDefault(value), place);
            (IsInside(value) ? steps : enter).Add(step);
        }

        return place;
    }
}
