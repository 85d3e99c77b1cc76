using System.Collections.Immutable;
using Adjoint.Core;

namespace Adjoint.Loops;

/// <summary>A function of numbers written in the loop language: engines expand it, or run its precompiled form.</summary>
/// <param name="Name">As the primitive's: exp, tanh, pow.</param>
/// <param name="Type">The type of its operands and its result: f32 or f64.</param>
/// <param name="Arity">How many operands.</param>
/// <param name="Define">Builds it from operands; branch-free but for rare paths, the same for every number of lanes.</param>
public sealed record LoopFunction(string Name, DType Type, int Arity, Func<LoopBuilder, ImmutableArray<LoopValue>, LoopValue> Define)
{
    /// <summary>Name and type.</summary>
    public override string ToString() => $"{Name}.{Type.Name()}";
}
