using System.Collections.Immutable;
using Adjoint.Core;

namespace Adjoint.Ir;

/// <summary>Checks that a graph is what it claims to be. What it finds is a bug of a rule or a pass, not of a user.</summary>
public static class Verifier
{
    /// <summary>Infers every node's types anew, in bodies too, and checks that the graph is closed and in order.</summary>
    /// <exception cref="InvalidOperationException">It is not; the message names the node.</exception>
    public static void Check(Graph graph)
    {
        var seen = new HashSet<Body>(ReferenceEqualityComparer.Instance);
        var pending = new Stack<Graph>([graph]);
        while (pending.TryPop(out Graph? next))
        {
            CheckNodes(next, body =>
            {
                if (seen.Add(body))
                {
                    pending.Push(body.Graph);
                }

                return body;
            });
        }
    }

    private static void CheckNodes(Graph graph, Func<Body, Body> visit)
    {
        var defined = new HashSet<Value>(ReferenceEqualityComparer.Instance);
        foreach (Value parameter in graph.Parameters)
        {
            if (parameter.Producer is not null || !defined.Add(parameter))
            {
                throw new InvalidOperationException($"verifier: {parameter} is no parameter, or stands twice among the parameters.");
            }
        }

        for (int i = 0; i < graph.Nodes.Length; i++)
        {
            Node node = graph.Nodes[i];
            if (!node.Operands.All(defined.Contains))
            {
                throw Broken(node, i, "an operand is not defined before it");
            }

            CheckTypes(node, i);
            defined.UnionWith(node.Results);
            node.Primitive.MapBodies(visit);
        }

        if (graph.Results.FirstOrDefault(result => !defined.Contains(result)) is { } unknown)
        {
            throw new InvalidOperationException($"verifier: the result {unknown} is not defined in the graph.");
        }
    }

    private static void CheckTypes(Node node, int place)
    {
        ImmutableArray<ValueType> inferred;
        try
        {
            inferred = node.Primitive.Infer([.. node.Operands.Select(operand => operand.Type)]);
        }
        catch (AdjointException error)
        {
            throw Broken(node, place, error.Message);
        }

        if (!inferred.SequenceEqual(node.Results.Select(result => result.Type)))
        {
            throw Broken(node, place, $"its types are {string.Join(", ", inferred)}");
        }
    }

    private static InvalidOperationException Broken(Node node, int place, string fault) => new(
        $"verifier: node {place}, {node.Primitive.Name}({string.Join(", ", node.Operands.Select(operand => operand.Type))})"
        + $" -> {string.Join(", ", node.Results.Select(result => result.Type))}: {fault}.");
}
