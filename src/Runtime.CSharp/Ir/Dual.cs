using System.Collections.Immutable;

namespace Adjoint.Ir;

/// <summary>What stands for one node once tangents are carried along.</summary>
/// <param name="Primals">What stands for the node's results; a loop that also carries tangents or residuals is another node.</param>
/// <param name="Tangents">The results' tangents; null is identically zero.</param>
public readonly record struct Dual(ImmutableArray<Value> Primals, Value?[] Tangents);
