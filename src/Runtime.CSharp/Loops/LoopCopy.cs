using System.Collections.Immutable;
using Adjoint.Core;

namespace Adjoint.Loops;

/// <summary>Builds a program once more, item by item, so that what derives from it may put something else in an instruction's place.</summary>
internal abstract class LoopCopy
{
    private readonly LoopProgram program;
    private readonly LoopValue?[] copies;

    private protected LoopCopy(LoopProgram program)
    {
        this.program = program;
        copies = new LoopValue?[program.ValueCount];
        Builder = LoopBuilder.Like(program);
    }

    /// <summary>Where the copy is built.</summary>
    protected LoopBuilder Builder { get; }

    /// <summary>The copy.</summary>
    internal LoopProgram Run()
    {
        foreach (LoopPhase phase in program.Phases)
        {
            Builder.Phase(phase.Tiles, tile =>
            {
                copies[phase.Tile.Id] = tile;
                Copy(phase.Body);
            });
        }

        return Builder.Build();
    }

    /// <summary>What stands in an instruction's place.</summary>
    protected virtual LoopValue Instruction(LoopValue value, ImmutableArray<LoopValue> operands) => Builder.Again(value, operands);

    /// <summary>What stands in a store's place.</summary>
    protected virtual void Store(StoreItem store, LoopValue offset, LoopValue value) => Builder.Store(store.Buffer, offset, value);

    private LoopValue Of(LoopValue value) =>
        copies[value.Id] ?? throw new InvalidOperationException($"{value} is used before it is made.");

    private ImmutableArray<LoopValue> Of(IEnumerable<LoopValue> values) => [.. values.Select(Of)];

    private void Copy(LoopBlock block)
    {
        foreach (LoopItem item in block.Items)
        {
            Copy(item);
        }
    }

    private void Copy(LoopItem item)
    {
        switch (item)
        {
            case LoopValue value:
                copies[value.Id] = Instruction(value, Of(value.Operands));
                break;
            case StoreItem store:
                Store(store, Of(store.Offset), Of(store.Value));
                break;
            case TransposeItem block:
                Builder.Transpose(
                    (block.From, Of(block.FromOffset), block.FromStride), (block.To, Of(block.ToOffset), block.ToStride), Of(block.Rows), Of(block.Columns));
                break;
            case GrowItem grow:
                Builder.Grow(grow.Buffer, Of(grow.Needed));
                break;
            case FailItem fail:
                Builder.Fail(Of(fail.Test), fail.Failure);
                break;
            case ForItem { Form: LoopForm.Serial } loop:
                CopySerial(loop);
                break;
            case ForItem loop:
                CopyLanes(loop);
                break;
            case WhileItem loop:
                CopyWhile(loop);
                break;
            case IfItem branch:
                Set(branch.Choices, Builder.If(
                    Of(branch.Test),
                    () => Inside(branch.Then, branch.Choices.Select(choice => choice.Then)),
                    () => Inside(branch.Else, branch.Choices.Select(choice => choice.Else))));
                break;
            case RareItem rare:
                Set(rare.Choices, Builder.Rare(
                    Of(rare.Test),
                    Of(rare.Choices.Select(choice => choice.Else)),
                    () => Inside(rare.Block, rare.Choices.Select(choice => choice.Then))));
                break;
        }
    }

    private void CopySerial(ForItem loop) => Finish(loop.Carries, Builder.Serial(
        Of(loop.Count),
        Of(loop.Carries.Select(carry => carry.Initial)),
        (index, carried) =>
        {
            copies[loop.Index.Id] = index;
            Enter(loop.Carries, carried);
            return Inside(loop.Body, loop.Carries.Select(carry => carry.Next));
        }));

    private void CopyLanes(ForItem loop)
    {
        ImmutableArray<LoopValue> results = Builder.Reduce(
            Of(loop.Count),
            [.. loop.Reductions.Select(reduction => reduction.Op)],
            index =>
            {
                copies[loop.Index.Id] = index;
                return Inside(loop.Body, loop.Reductions.Select(reduction => reduction.Element));
            });
        for (int i = 0; i < results.Length; i++)
        {
            copies[loop.Reductions[i].Result.Id] = results[i];
        }
    }

    private void CopyWhile(WhileItem loop) => Finish(loop.Carries, Builder.While(
        Of(loop.Carries.Select(carry => carry.Initial)),
        carried =>
        {
            Enter(loop.Carries, carried);
            Copy(loop.Condition);
            return Of(loop.Test);
        },
        _ => Inside(loop.Body, loop.Carries.Select(carry => carry.Next))));

    private ImmutableArray<LoopValue> Inside(LoopBlock block, IEnumerable<LoopValue> values)
    {
        Copy(block);
        return Of(values);
    }

    private void Enter(ImmutableArray<LoopCarry> carries, ImmutableArray<LoopValue> carried)
    {
        for (int i = 0; i < carries.Length; i++)
        {
            copies[carries[i].Parameter.Id] = carried[i];
        }
    }

    private void Finish(ImmutableArray<LoopCarry> carries, ImmutableArray<LoopValue> results)
    {
        for (int i = 0; i < carries.Length; i++)
        {
            copies[carries[i].Result.Id] = results[i];
        }
    }

    private void Set(ImmutableArray<LoopChoice> choices, ImmutableArray<LoopValue> results)
    {
        for (int i = 0; i < choices.Length; i++)
        {
            copies[choices[i].Result.Id] = results[i];
        }
    }
}
