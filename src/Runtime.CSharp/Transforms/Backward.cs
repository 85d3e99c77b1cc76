using System.Collections.Immutable;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Transforms;

/// <summary>Reverse mode: linearize, then transpose, in one graph: x → y becomes (x, ȳ) → (y, x̄) with x̄ = J(x)ᵀ ȳ.</summary>
public static class Backward
{
    /// <summary>The graph that gives values and cotangents.</summary>
    /// <param name="f">x → y.</param>
    /// <param name="active">The parameters whose cotangents are wanted.</param>
    /// <param name="given">The results whose cotangents are given: all that have tangents unless said otherwise.</param>
    /// <exception cref="Core.DerivativeException">An active parameter has no tangent.</exception>
    public static BackwardBody Apply(Graph f, ParameterMask active, ParameterMask? given = null)
    {
        given ??= new(f.Results.Select(y => y.Type.HasTangent));
        var context = new Rules();
        Linearization.Split split = Linearization.At(f, active, null, context);
        ImmutableArray<Value> cotangents = [.. given.Choose(f.Results).Select(y => Value.Parameter(y.Type))];
        Value?[] spread = given.Spread(cotangents);
        int[] reached = [.. Enumerable.Range(0, spread.Length).Where(i => split.Tangents[i] is not null && spread[i] is not null)];
        Value?[] gathered = Transposition.Pull(
            [.. reached.Select(i => split.Tangents[i]!)],
            [.. split.Parameters],
            [.. reached.Select(i => spread[i])],
            new Value?[split.Parameters.Length],
            context);
        return new(
            new(
                [.. f.Parameters, .. cotangents],
                [.. split.Primals, .. gathered.Select((value, i) => value ?? Ops.Zeros(split.Parameters[i].Type))]),
            ParameterMask.Present(gathered));
    }
}

/// <summary>What <see cref="Backward.Apply"/> gives.</summary>
/// <param name="Graph">(x, given ȳ) → (y, x̄ of active).</param>
/// <param name="NonZero">Those of the active parameters whose cotangent is not identically zero.</param>
public sealed record BackwardBody(Graph Graph, ParameterMask NonZero);
