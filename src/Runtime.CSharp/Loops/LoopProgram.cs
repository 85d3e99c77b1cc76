using System.Collections.Immutable;
using Adjoint.Core;

namespace Adjoint.Loops;

/// <summary>Part of a program: a block that runs for each of some tiles, in any order and at the same time. Phases run one after another.</summary>
public sealed class LoopPhase
{
    /// <summary>How many tiles, by shape alone.</summary>
    public required long Tiles { get; init; }

    /// <summary>The tile's number, an i64.</summary>
    public required LoopValue Tile { get; init; }

    /// <summary>What happens for a tile.</summary>
    public required LoopBlock Body { get; init; }

    /// <summary>How many tiles, and what happens for one.</summary>
    public override string ToString() => $"phase {Tile} < {Tiles}\n{Body}";
}

/// <summary>What a fused group of operations lowers to: loops over elements of buffers. Immutable; a <see cref="LoopBuilder"/> makes it.</summary>
public sealed class LoopProgram
{
    /// <summary>A name for readers.</summary>
    public required string Name { get; init; }

    /// <summary>All buffers by number: operands in order, results in order, then working memory.</summary>
    public required ImmutableArray<LoopBuffer> Buffers { get; init; }

    /// <summary>The phases, in order.</summary>
    public required ImmutableArray<LoopPhase> Phases { get; init; }

    /// <summary>What a <see cref="FailItem"/> throws.</summary>
    public required ImmutableArray<LoopFailure> Failures { get; init; }

    /// <summary>Where a program that fails says a number of its error: working memory of one i64; null where no failure has one.</summary>
    public LoopBuffer? Fault { get; init; }

    /// <summary>How many values were made: a bound for tables by <see cref="LoopValue.Id"/>.</summary>
    public required int ValueCount { get; init; }

    /// <summary>The program as text.</summary>
    public override string ToString() => LoopText.Write(this);
}
