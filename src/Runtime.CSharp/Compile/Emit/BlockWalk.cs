using System.Collections.Immutable;
using Adjoint.Loops;

namespace Adjoint.Compile.Emit;

/// <summary>Walks over blocks and the blocks inside.</summary>
internal static class BlockWalk
{
    /// <summary>The blocks right inside an item.</summary>
    internal static IReadOnlyList<LoopBlock> Inside(LoopItem item) => item switch
    {
        ForItem loop => [loop.Body],
        WhileItem loop => [loop.Condition, loop.Body],
        IfItem branch => [branch.Then, branch.Else],
        RareItem rare => [rare.Block],
        _ => [],
    };

    /// <summary>Every item of a block, and of the blocks inside.</summary>
    internal static IEnumerable<LoopItem> All(LoopBlock block)
    {
        Stack<LoopBlock> blocks = new([block]);
        while (blocks.TryPop(out LoopBlock? next))
        {
            foreach (LoopItem item in next.Items)
            {
                yield return item;
                foreach (LoopBlock inner in Inside(item))
                {
                    blocks.Push(inner);
                }
            }
        }
    }

    /// <summary>The values that an item itself reads.</summary>
    internal static ImmutableArray<LoopValue> Read(LoopItem item) => item switch
    {
        LoopValue value => value.Operands,
        StoreItem store => [store.Offset, store.Value],
        TransposeItem block => [block.FromOffset, block.ToOffset, block.Rows, block.Columns],
        GrowItem grow => [grow.Needed],
        FailItem fail => [fail.Test],
        ForItem loop =>
            [loop.Count, .. Read(loop.Carries), .. loop.Reductions.Select(reduction => reduction.Element)],
        WhileItem loop => [loop.Test, .. Read(loop.Carries)],
        IfItem branch => [branch.Test, .. Read(branch.Choices)],
        RareItem rare => [rare.Test, .. Read(rare.Choices)],
        _ => [],
    };

    /// <summary>The values that an item itself makes: its own, and parameters and results.</summary>
    internal static ImmutableArray<LoopValue> Made(LoopItem item) => item switch
    {
        LoopValue value => [value],
        ForItem loop => [loop.Index, .. Made(loop.Carries), .. loop.Reductions.Select(reduction => reduction.Result)],
        WhileItem loop => [.. Made(loop.Carries)],
        IfItem branch => [.. branch.Choices.Select(choice => choice.Result)],
        RareItem rare => [.. rare.Choices.Select(choice => choice.Result)],
        _ => [],
    };

    private static IEnumerable<LoopValue> Made(IEnumerable<LoopCarry> carries) =>
        carries.SelectMany(carry => new[] { carry.Parameter, carry.Result });

    private static IEnumerable<LoopValue> Read(IEnumerable<LoopCarry> carries) =>
        carries.SelectMany(carry => new[] { carry.Initial, carry.Next });

    private static IEnumerable<LoopValue> Read(IEnumerable<LoopChoice> choices) =>
        choices.SelectMany(choice => new[] { choice.Then, choice.Else });
}
