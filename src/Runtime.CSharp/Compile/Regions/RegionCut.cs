using System.Collections.Immutable;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Compile.Regions;

/// <summary>Cuts nodes out of a graph as a body, and puts one node for it.</summary>
internal static class RegionCut
{
    /// <summary>Replaces nodes by one that runs them; what stands for their results is set.</summary>
    /// <param name="nodes">In order.</param>
    /// <param name="seen">Which of their results are read elsewhere.</param>
    /// <param name="substitution">What stands for values of the graph.</param>
    internal static void Replace(ImmutableArray<Node> nodes, Func<Value, bool> seen, Substitution substitution)
    {
        var inner = new Substitution();
        var made = new HashSet<Value>(ReferenceEqualityComparer.Instance);
        var parameters = ImmutableArray.CreateBuilder<Value>();
        var operands = ImmutableArray.CreateBuilder<Value>();
        foreach (Node node in nodes)
        {
            foreach (Value operand in node.Operands)
            {
                Enter(operand, inner, made, parameters, operands);
            }

            Node copy = Node.Make(node.Primitive, inner.Of(node.Operands), node.Origin);
            for (int i = 0; i < copy.Results.Length; i++)
            {
                inner[node.Results[i]] = copy.Results[i];
                made.Add(node.Results[i]);
            }
        }

        ImmutableArray<Value> results = [.. nodes.SelectMany(node => node.Results).Where(seen)];
        var body = new Graph(parameters.ToImmutable(), inner.Of(results));
        Node fused = Node.Make(new Fused(body), substitution.Of(operands.ToImmutable()), nodes[^1].Origin);
        for (int i = 0; i < results.Length; i++)
        {
            substitution[results[i]] = fused.Results[i];
        }
    }

    /// <summary>A value from outside becomes a parameter; what is free is made again inside.</summary>
    private static void Enter(
        Value value, Substitution inner, HashSet<Value> made, ImmutableArray<Value>.Builder parameters, ImmutableArray<Value>.Builder operands)
    {
        if (!made.Add(value))
        {
            return;
        }

        if (value.Producer is { } producer && SmallWork.IsFree(producer))
        {
            foreach (Value operand in producer.Operands)
            {
                Enter(operand, inner, made, parameters, operands);
            }

            inner[value] = Node.Make(producer.Primitive, inner.Of(producer.Operands), producer.Origin).Result;
            return;
        }

        var parameter = Value.Parameter(value.Type);
        inner[value] = parameter;
        parameters.Add(parameter);
        operands.Add(value);
    }
}
