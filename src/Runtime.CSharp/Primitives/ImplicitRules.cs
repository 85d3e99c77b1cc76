using System.Collections.Immutable;
using Adjoint.Ir;

namespace Adjoint.Primitives;

/// <summary>What implicit derivatives have in common: how a body (constants, x) → y changes with its constants at a solution x.</summary>
internal static class ImplicitRules
{
    /// <summary>dy along the constants' tangents, x held fixed; null where it is identically zero.</summary>
    internal static Value?[] Along(
        Graph body, ImmutableArray<Value> constants, ImmutableArray<Value> x, IReadOnlyList<Value?> tangents, RuleContext context)
    {
        Value[] directions = [.. tangents.Take(constants.Length).OfType<Value>()];
        if (directions.Length == 0)
        {
            return new Value?[body.Results.Length];
        }

        ParameterMask active = ParameterMask.Present(tangents.Take(constants.Length)).Concat(ParameterMask.None(x.Length));
        LinearizedBody split = context.Linearize(body, active, ParameterMask.None(body.Results.Length));
        ImmutableArray<Value> parameters = [.. constants, .. x];
        ImmutableArray<Value> primal = Ops.Call(split.Primal, parameters);
        return split.Tangents.Spread(
            Ops.Call(split.Linear, BodyRules.LinearArguments(split, parameters, primal.Skip(body.Results.Length), directions)));
    }
}
