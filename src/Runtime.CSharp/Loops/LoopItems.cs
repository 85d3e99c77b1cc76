using System.Collections.Immutable;

namespace Adjoint.Loops;

/// <summary>How the iterations of a <see cref="ForItem"/> relate.</summary>
public enum LoopForm
{
    /// <summary>One after another; values may be carried.</summary>
    Serial,

    /// <summary>Independent of each other, but for reductions: an engine runs as many at a time as it likes.</summary>
    Lanes,
}

/// <summary>Writes an element; in a loop over lanes each writes its own.</summary>
/// <param name="Buffer">Not an input.</param>
/// <param name="Offset">Where, an i64 inside the buffer.</param>
/// <param name="Value">What, of the type in which the buffer's dtype is computed.</param>
public sealed class StoreItem(LoopBuffer Buffer, LoopValue Offset, LoopValue Value) : LoopItem
{
    /// <summary>Not an input.</summary>
    public LoopBuffer Buffer { get; } = Buffer;

    /// <summary>Where, an i64 inside the buffer.</summary>
    public LoopValue Offset { get; } = Offset;

    /// <summary>What.</summary>
    public LoopValue Value { get; } = Value;
}

/// <summary>Copies a block of a matrix, rows becoming columns: element j · ToStride + i from ToOffset on becomes element i · FromStride + j from FromOffset on. Not inside lanes.</summary>
public sealed class TransposeItem : LoopItem
{
    /// <summary>What is read.</summary>
    public required LoopBuffer From { get; init; }

    /// <summary>Where the block begins there, an i64.</summary>
    public required LoopValue FromOffset { get; init; }

    /// <summary>From one row to the next there.</summary>
    public required long FromStride { get; init; }

    /// <summary>What is written: another buffer of the same dtype, no input.</summary>
    public required LoopBuffer To { get; init; }

    /// <summary>Where the block begins there, an i64.</summary>
    public required LoopValue ToOffset { get; init; }

    /// <summary>From one row to the next there.</summary>
    public required long ToStride { get; init; }

    /// <summary>How many rows are read, an i64.</summary>
    public required LoopValue Rows { get; init; }

    /// <summary>How many columns are read, an i64.</summary>
    public required LoopValue Columns { get; init; }
}

/// <summary>A value that goes from one iteration to the next.</summary>
/// <param name="Parameter">The value in an iteration.</param>
/// <param name="Initial">Before the first.</param>
/// <param name="Next">For the one after.</param>
/// <param name="Result">After the last.</param>
public sealed record LoopCarry(LoopValue Parameter, LoopValue Initial, LoopValue Next, LoopValue Result);

/// <summary>An element of each iteration, joined over all of them in an order that is fixed.</summary>
/// <remarks>
/// The order, for every engine: P = <see cref="LoopTypes.Partials"/> partial results start from the identity (−0 for sums);
/// element i joins partial i mod P as right operand, in order of i; then, for h = P/2, P/4, … 1, partial j joins partial j + h
/// as left operand, for j &lt; h. The result is partial 0. A sum of nothing is 0.
/// </remarks>
/// <param name="Op">Add, Multiply, Minimum, Maximum, And, Or, Xor.</param>
/// <param name="Element">The iteration's element.</param>
/// <param name="Result">After the last.</param>
public sealed record LoopReduction(LoopOp Op, LoopValue Element, LoopValue Result);

/// <summary>Runs its body for index = 0, 1, … count − 1.</summary>
public sealed class ForItem : LoopItem
{
    /// <summary>How the iterations relate.</summary>
    public required LoopForm Form { get; init; }

    /// <summary>How many, an i64 that is the same for all lanes.</summary>
    public required LoopValue Count { get; init; }

    /// <summary>The iteration's number, an i64.</summary>
    public required LoopValue Index { get; init; }

    /// <summary>What happens in an iteration.</summary>
    public required LoopBlock Body { get; init; }

    /// <summary>What is carried; none over lanes.</summary>
    public required ImmutableArray<LoopCarry> Carries { get; init; }

    /// <summary>What is joined; over lanes alone.</summary>
    public required ImmutableArray<LoopReduction> Reductions { get; init; }
}

/// <summary>Runs its body while its test holds. Not inside lanes.</summary>
public sealed class WhileItem : LoopItem
{
    /// <summary>What is carried: its parameters are seen by both blocks.</summary>
    public required ImmutableArray<LoopCarry> Carries { get; init; }

    /// <summary>Computes the test; its values are seen by the body too.</summary>
    public required LoopBlock Condition { get; init; }

    /// <summary>A bool of the condition's block.</summary>
    public required LoopValue Test { get; init; }

    /// <summary>Lies inside the condition's block.</summary>
    public required LoopBlock Body { get; init; }
}

/// <summary>One result of a branch.</summary>
/// <param name="Result">What comes out.</param>
/// <param name="Then">Where the test holds.</param>
/// <param name="Else">Where it does not.</param>
public sealed record LoopChoice(LoopValue Result, LoopValue Then, LoopValue Else);

/// <summary>Runs one of two blocks. Its test is the same for all lanes.</summary>
public sealed class IfItem : LoopItem
{
    /// <summary>A bool, the same for all lanes.</summary>
    public required LoopValue Test { get; init; }

    /// <summary>Where the test holds.</summary>
    public required LoopBlock Then { get; init; }

    /// <summary>Where it does not.</summary>
    public required LoopBlock Else { get; init; }

    /// <summary>What comes out.</summary>
    public required ImmutableArray<LoopChoice> Choices { get; init; }
}

/// <summary>
/// Results that a block gives where a test holds, and that are known already where it does not. The block is skipped when no lane needs it;
/// it stores nothing and must be harmless in lanes that do not need it.
/// </summary>
public sealed class RareItem : LoopItem
{
    /// <summary>A bool for each lane.</summary>
    public required LoopValue Test { get; init; }

    /// <summary>Computes the rare values.</summary>
    public required LoopBlock Block { get; init; }

    /// <summary>Then is of the block, Else is known before.</summary>
    public required ImmutableArray<LoopChoice> Choices { get; init; }
}

/// <summary>Makes sure that a stack has room for so many elements. Not inside lanes.</summary>
/// <param name="Buffer">A stack.</param>
/// <param name="Needed">How many elements, an i64.</param>
public sealed class GrowItem(LoopBuffer Buffer, LoopValue Needed) : LoopItem
{
    /// <summary>A stack.</summary>
    public LoopBuffer Buffer { get; } = Buffer;

    /// <summary>How many elements, an i64.</summary>
    public LoopValue Needed { get; } = Needed;
}

/// <summary>Ends the run with one of the program's failures if a test holds (in any lane).</summary>
/// <param name="Test">A bool.</param>
/// <param name="Failure">Its place among the program's failures.</param>
public sealed class FailItem(LoopValue Test, int Failure) : LoopItem
{
    /// <summary>A bool.</summary>
    public LoopValue Test { get; } = Test;

    /// <summary>Its place among the program's failures.</summary>
    public int Failure { get; } = Failure;
}
