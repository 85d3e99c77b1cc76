using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Transforms;

/// <summary>The tangents of a graph's values while its nodes are walked; a value without one has a tangent identically zero.</summary>
internal sealed class TangentTable
{
    private readonly Dictionary<Value, Value> tangents = new(ReferenceEqualityComparer.Instance);

    /// <summary>New parameters for the tangents of the active parameters.</summary>
    /// <exception cref="DerivativeException">An active parameter has no tangent.</exception>
    internal TangentTable(Graph f, ParameterMask active)
    {
        if (active.Count != f.Parameters.Length)
        {
            throw new DerivativeException($"derivative: a mask of {active.Count} for {f.Parameters.Length} parameters.");
        }

        var parameters = ImmutableArray.CreateBuilder<Value>();
        foreach (int i in active.Indices)
        {
            Value x = f.Parameters[i];
            if (!x.Type.HasTangent)
            {
                throw new DerivativeException($"derivative: parameter {i} is {x.Type}, which has no tangent. Leave it constant.");
            }

            Value tangent = Value.Parameter(x.Type, x.Name is null ? null : $"d{x.Name}");
            tangents[x] = tangent;
            parameters.Add(tangent);
        }

        Parameters = parameters.ToImmutable();
    }

    /// <summary>The tangents' parameters, one for each active parameter.</summary>
    internal ImmutableArray<Value> Parameters { get; }

    /// <summary>The tangents of some values; null where there is none.</summary>
    internal Value?[] Of(ImmutableArray<Value> values) => [.. values.Select(value => tangents.GetValueOrDefault(value))];

    /// <summary>The tangents of a graph's results, with zeros where they must be there.</summary>
    internal Value?[] OfResults(Graph f, ParameterMask? required) =>
        [.. f.Results.Select((y, i) => tangents.GetValueOrDefault(y) ?? (required is not null && required[i] ? Ops.Zeros(y.Type) : null))];

    /// <summary>Sets the tangents of a node's results.</summary>
    internal void Set(Node node, Value?[] results)
    {
        for (int i = 0; i < results.Length; i++)
        {
            Value y = node.Results[i];
            if (results[i] is not { } tangent)
            {
                continue;
            }

            if (!tangent.Type.Equals(y.Type) || !y.Type.HasTangent)
            {
                throw new InvalidOperationException($"{node.Primitive.Name}: its rule gave {y.Type} a tangent of {tangent.Type}.");
            }

            tangents[y] = tangent;
        }
    }

    /// <summary>Walks a graph, asking a rule for each node that an active parameter reaches. Gives what stands for its values.</summary>
    internal Substitution Walk(Graph f, Func<Node, Value?[], Dual> rule)
    {
        var primals = new Substitution();
        foreach (Node original in f.Nodes)
        {
            Node node = primals.Apply(original);
            Value?[] incoming = Of(original.Operands);
            if (Array.TrueForAll(incoming, tangent => tangent is null))
            {
                continue;
            }

            Dual dual = rule(node, incoming);
            Node.SettleOrigin(dual.Primals.Concat(dual.Tangents), original.Origin);
            Set(original, dual.Tangents);
            for (int i = 0; i < original.Results.Length; i++)
            {
                primals[original.Results[i]] = dual.Primals[i];
            }
        }

        return primals;
    }
}
