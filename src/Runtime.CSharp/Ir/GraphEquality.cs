using System.Collections.Immutable;

namespace Adjoint.Ir;

/// <summary>Equality of graphs up to the names of values. Nodes are numbered in the graph's order, so each is met once.</summary>
internal static class GraphEquality
{
    internal static bool Same(Graph left, Graph right)
    {
        if (!left.ParameterTypes.SequenceEqual(right.ParameterTypes)
            || left.Nodes.Length != right.Nodes.Length
            || left.Results.Length != right.Results.Length)
        {
            return false;
        }

        Dictionary<Value, int> leftNumbers = Numbers(left);
        Dictionary<Value, int> rightNumbers = Numbers(right);
        bool SameValues(ImmutableArray<Value> a, ImmutableArray<Value> b) =>
            a.Length == b.Length && a.Zip(b).All(pair => leftNumbers[pair.First] == rightNumbers[pair.Second]);

        return left.Nodes.Zip(right.Nodes).All(pair =>
                SameValues(pair.First.Operands, pair.Second.Operands) && pair.First.Primitive.Equals(pair.Second.Primitive))
            && SameValues(left.Results, right.Results);
    }

    internal static int Hash(Graph graph)
    {
        Dictionary<Value, int> numbers = Numbers(graph);
        HashCode hash = default;
        foreach (Value parameter in graph.Parameters)
        {
            hash.Add(parameter.Type);
        }

        foreach (Node node in graph.Nodes)
        {
            hash.Add(node.Primitive);
            foreach (Value operand in node.Operands)
            {
                hash.Add(numbers[operand]);
            }
        }

        foreach (Value result in graph.Results)
        {
            hash.Add(numbers[result]);
        }

        return hash.ToHashCode();
    }

    internal static Dictionary<Value, int> Numbers(Graph graph)
    {
        var numbers = new Dictionary<Value, int>(ReferenceEqualityComparer.Instance);
        foreach (Value parameter in graph.Parameters)
        {
            numbers.TryAdd(parameter, numbers.Count);
        }

        foreach (Node node in graph.Nodes)
        {
            foreach (Value result in node.Results)
            {
                numbers.Add(result, numbers.Count);
            }
        }

        return numbers;
    }
}
