using System.Collections.Immutable;

namespace Adjoint.Loops;

/// <summary>An array as a function: its element at an index, one i64 an axis, each inside the extent. Asked twice, it gives the same value.</summary>
public delegate LoopValue ElementSource(ImmutableArray<LoopValue> index);

/// <summary>One element of a result, from elements of the operands.</summary>
/// <param name="builder">Where its instructions go.</param>
/// <param name="operands">The operands.</param>
/// <param name="index">Which element: one i64 an axis of the result.</param>
/// <remarks>
/// Values are in the type that <see cref="LoopTypes.Computed"/> gives for their dtype. A result of f16, bf16, or an integer of 8 or 16 bits has
/// passed <see cref="LoopBuilder.ThroughStorage"/>, so that it is what the dtype can hold.
/// </remarks>
public delegate LoopValue ElementRule(LoopBuilder builder, ImmutableArray<ElementSource> operands, ImmutableArray<LoopValue> index);
