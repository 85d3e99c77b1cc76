using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Transforms;

/// <summary>Turns a linear function around: dx → dy becomes ȳ → x̄, its adjoint without conjugation.</summary>
public static class Transposition
{
    /// <summary>The adjoint; see <see cref="RuleContext.Transpose"/>.</summary>
    /// <exception cref="DerivativeException">The graph is not linear in these parameters.</exception>
    public static TransposedBody Apply(
        Graph linear, ParameterMask linearMask, ParameterMask? given = null, ParameterMask? accumulated = null) =>
        Apply(linear, linearMask, given ?? TangentMask(linear.Results), accumulated, new Rules());

    internal static TransposedBody Apply(
        Graph f, ParameterMask linear, ParameterMask given, ParameterMask? accumulated, RuleContext context)
    {
        Value[] sources = [.. linear.Choose(f.Parameters)];
        Value[] cotangents = [.. given.Choose(f.Results).Select(y => Value.Parameter(y.Type))];
        accumulated ??= ParameterMask.None(sources.Length);
        Value[] starts = [.. accumulated.Choose(sources).Select(x => Value.Parameter(x.Type))];
        Value?[] gathered = Pull(f.Results, sources, given.Spread(cotangents), accumulated.Spread(starts), context);
        return new(
            Close(
                [.. f.Parameters.Where((_, i) => !linear[i]), .. cotangents, .. starts],
                [.. gathered.Select((value, i) => value ?? Ops.Zeros(sources[i].Type))]),
            ParameterMask.Present(gathered));
    }

    /// <summary>Pulls cotangents of results back to the linear sources that they depend on; null is identically zero.</summary>
    internal static Value?[] Pull(
        ImmutableArray<Value> results, Value[] sources, Value?[] cotangents, Value?[] starts, RuleContext context)
    {
        var dependence = new Dependence(results, sources);
        var gatherings = new Dictionary<Value, Gathering>(ReferenceEqualityComparer.Instance);
        for (int i = 0; i < sources.Length; i++)
        {
            gatherings[sources[i]] = new(sources[i].Type, starts[i]);
        }

        Gathering? Of(Value value) => !dependence.Reaches(value) || !value.Type.HasTangent ? null
            : gatherings.TryGetValue(value, out Gathering? known) ? known
            : gatherings[value] = new(value.Type);

        for (int i = 0; i < results.Length; i++)
        {
            Of(results[i])?.Add(cotangents[i]);
        }

        foreach (Node node in dependence.Nodes.Reverse())
        {
            Value?[] incoming = [.. node.Results.Select(y => gatherings.GetValueOrDefault(y)?.Current)];
            foreach (Value result in node.Results)
            {
                gatherings.Remove(result);
            }

            if (Array.TrueForAll(incoming, cotangent => cotangent is null))
            {
                continue;
            }

            if (node.Operands.Any(operand => dependence.Reaches(operand) && !operand.Type.HasTangent))
            {
                throw new DerivativeException(
                    $"{node.Primitive.Name}: what it chooses or counts by depends on a linear value, so the function is not linear.");
            }

            Gathering?[] into = [.. node.Operands.Select(Of)];
            foreach (Gathering gathering in into.OfType<Gathering>())
            {
                gathering.Origin = node.Origin;
            }

            node.Primitive.Transpose(node, incoming, into, context);
            Node.SettleOrigin(into.Select(gathering => gathering?.Whole), node.Origin);
        }

        return [.. sources.Select(source => gatherings[source].Current)];
    }

    private static Graph Close(ImmutableArray<Value> parameters, ImmutableArray<Value> results)
    {
        try
        {
            return new(parameters, results);
        }
        catch (TraceException)
        {
            throw new DerivativeException(
                "transpose: the adjoint reads a parameter that the function should be linear in, so the function is not linear.");
        }
    }

    private static ParameterMask TangentMask(ImmutableArray<Value> values) => new(values.Select(value => value.Type.HasTangent));
}
