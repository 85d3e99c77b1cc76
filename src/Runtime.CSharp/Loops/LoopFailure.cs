using Adjoint.Core;

namespace Adjoint.Loops;

/// <summary>What a <see cref="FailItem"/> throws.</summary>
/// <param name="Error">The error, from the number that belongs to it, or from null where it has none.</param>
/// <param name="IsTold">Whether the program writes a number into <see cref="LoopProgram.Fault"/> before it fails.</param>
public sealed record LoopFailure(Func<long?, AdjointException> Error, bool IsTold);
