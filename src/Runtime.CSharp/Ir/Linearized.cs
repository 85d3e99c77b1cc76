using System.Collections.Immutable;

namespace Adjoint.Ir;

/// <summary>What linearizing one node gives.</summary>
/// <param name="Primals">What stands for the node's results; a loop also keeps residuals, and so is another node.</param>
/// <param name="Tangents">The results' tangents, by nodes that are linear in the operands' tangents; null is identically zero.</param>
public readonly record struct Linearized(ImmutableArray<Value> Primals, Value?[] Tangents);
