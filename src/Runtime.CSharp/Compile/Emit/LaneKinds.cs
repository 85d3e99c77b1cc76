using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Loops;

namespace Adjoint.Compile.Emit;

/// <summary>How a value depends on the lane, inside a loop over lanes.</summary>
/// <param name="Varies">Whether lanes differ.</param>
/// <param name="IsAffine">Whether it grows by <paramref name="Stride"/> from lane to lane; with stride 0 it is the same for all.</param>
/// <param name="Stride">What it grows by.</param>
internal readonly record struct LaneKind(bool Varies, bool IsAffine, long Stride)
{
    internal static LaneKind Uniform => new(false, true, 0);

    internal static LaneKind Varying => new(true, false, 0);

    internal static LaneKind Affine(long stride) => stride == 0 ? Uniform : new(true, true, stride);
}

/// <summary>The kind of every value of a phase.</summary>
internal sealed class LaneKinds
{
    private readonly LaneKind[] kinds;

    /// <summary>Finds the kinds; without lanes, every value is the same for all.</summary>
    internal LaneKinds(LoopProgram program, LoopPhase phase, bool hasLanes)
    {
        kinds = new LaneKind[program.ValueCount];
        Array.Fill(kinds, LaneKind.Uniform);
        if (hasLanes)
        {
            Visit(phase.Body, isInLanes: false);
        }
    }

    internal LaneKind this[LoopValue value] => kinds[value.Id];

    private void Visit(LoopBlock block, bool isInLanes)
    {
        foreach (LoopItem item in block.Items)
        {
            switch (item)
            {
                case LoopValue value when isInLanes:
                    kinds[value.Id] = Of(value);
                    break;
                case ForItem { Form: LoopForm.Lanes } loop:
                    kinds[loop.Index.Id] = LaneKind.Affine(1);
                    Visit(loop.Body, isInLanes: true);
                    break;
                case ForItem loop:
                    VisitSerial(loop, isInLanes);
                    break;
                case WhileItem loop:
                    Visit(loop.Condition, isInLanes);
                    Visit(loop.Body, isInLanes);
                    break;
                case IfItem branch:
                    Visit(branch.Then, isInLanes);
                    Visit(branch.Else, isInLanes);
                    Join(branch.Choices, this[branch.Test].Varies);
                    break;
                case RareItem rare:
                    Visit(rare.Block, isInLanes);
                    Join(rare.Choices, this[rare.Test].Varies);
                    break;
            }
        }
    }

    /// <summary>What is carried varies as soon as it does in one iteration.</summary>
    private void VisitSerial(ForItem loop, bool isInLanes)
    {
        foreach (LoopCarry carry in loop.Carries)
        {
            kinds[carry.Parameter.Id] = this[carry.Initial].Varies ? LaneKind.Varying : LaneKind.Uniform;
        }

        bool changed;
        do
        {
            changed = false;
            Visit(loop.Body, isInLanes);
            foreach (LoopCarry carry in loop.Carries)
            {
                if (this[carry.Next].Varies && !this[carry.Parameter].Varies)
                {
                    kinds[carry.Parameter.Id] = LaneKind.Varying;
                    changed = true;
                }
            }
        }
        while (changed);
        foreach (LoopCarry carry in loop.Carries)
        {
            kinds[carry.Result.Id] = this[carry.Parameter];
        }
    }

    private void Join(ImmutableArray<LoopChoice> choices, bool varies)
    {
        foreach (LoopChoice choice in choices)
        {
            kinds[choice.Result.Id] =
                varies || this[choice.Then].Varies || this[choice.Else].Varies ? LaneKind.Varying : LaneKind.Uniform;
        }
    }

    private LaneKind Of(LoopValue value)
    {
        bool varies = false;
        foreach (LoopValue operand in value.Operands)
        {
            varies |= this[operand].Varies;
        }

        return !varies ? LaneKind.Uniform : value.Type == DType.I64 ? OfIndex(value) : LaneKind.Varying;
    }

    private LaneKind OfIndex(LoopValue value)
    {
        LaneKind x = this[value.Operands[0]];
        LaneKind y = value.Operands.Length > 1 ? this[value.Operands[1]] : LaneKind.Uniform;
        if (!x.IsAffine || !y.IsAffine)
        {
            return LaneKind.Varying;
        }

        return value.Op switch
        {
            LoopOp.Add => Moved(x.Stride + y.Stride),
            LoopOp.Subtract => Moved(x.Stride - y.Stride),
            LoopOp.Multiply when value.Operands[1].IsConstant => Moved(unchecked(x.Stride * value.Operands[1].Constant.AsLong)),
            LoopOp.Multiply when value.Operands[0].IsConstant => Moved(unchecked(y.Stride * value.Operands[0].Constant.AsLong)),
            LoopOp.Negate => Moved(-x.Stride),
            _ => LaneKind.Varying,
        };
    }

    private static LaneKind Moved(long stride) => LaneKind.Affine(stride);
}
