using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Front;

/// <summary>The nodes that lead to some values and have not run: from leaves whose values are known, or are parameters'.</summary>
/// <remarks>Constants count as leaves, so that a program run again with other numbers is the same program.</remarks>
internal sealed class Cone
{
    private readonly Dictionary<Value, int> numbers = new(ReferenceEqualityComparer.Instance);
    private readonly List<Value> leaves = [];
    private readonly List<Node> nodes = [];
    private int results;

    internal Cone(IReadOnlyList<Value> wanted)
    {
        var pending = new Stack<(Node Node, int Next)>();
        var seen = new HashSet<Node>(ReferenceEqualityComparer.Instance);
        foreach (Value value in wanted)
        {
            Enter(value, seen, pending);
            while (pending.TryPop(out (Node Node, int Next) top))
            {
                if (top.Next == top.Node.Operands.Length)
                {
                    Add(top.Node);
                    continue;
                }

                pending.Push((top.Node, top.Next + 1));
                Enter(top.Node.Operands[top.Next], seen, pending);
            }
        }

        Results = [.. wanted.Concat(Revisited()).Distinct<Value>(ReferenceEqualityComparer.Instance)];
    }

    /// <summary>Values that are known, parameters and constants, in the order in which they are met.</summary>
    internal IReadOnlyList<Value> Leaves => leaves;

    /// <summary>The nodes, operands before users.</summary>
    internal IReadOnlyList<Node> Nodes => nodes;

    /// <summary>What is wanted, and what had run before without being kept and now turns out to be used again.</summary>
    internal ImmutableArray<Value> Results { get; }

    /// <summary>A leaf's number is below zero, a node's result counts from zero.</summary>
    internal int NumberOf(Value value) => numbers[value];

    /// <summary>What a leaf is known to be; null for a parameter that nobody has looked at.</summary>
    internal static HostValue? KnownOf(Value leaf) =>
        leaf.Known ?? (leaf.Producer?.Primitive is Constant constant ? NDArray.Full(Shape.Scalar, constant.Value) : null);

    /// <summary>The same nodes as a closed graph, which holds on to no value.</summary>
    internal Graph ToGraph()
    {
        Value[] parameters = [.. leaves.Select(leaf => Value.Parameter(leaf.Type, leaf.Name))];
        var made = new List<Value>(results);
        Value Of(Value value) => numbers[value] is var number && number < 0 ? parameters[~number] : made[number];
        foreach (Node node in nodes)
        {
            made.AddRange(Node.Make(node.Primitive, [.. node.Operands.Select(Of)], node.Origin).Results);
        }

        return new([.. parameters], [.. Results.Select(Of)]);
    }

    private void Enter(Value value, HashSet<Node> seen, Stack<(Node Node, int Next)> pending)
    {
        if (value.Known is null && value.Producer is { } node && !IsLifted(node.Primitive))
        {
            if (seen.Add(node))
            {
                pending.Push((node, 0));
            }
        }
        else if (numbers.TryAdd(value, ~leaves.Count))
        {
            leaves.Add(value);
        }
    }

    private void Add(Node node)
    {
        nodes.Add(node);
        foreach (Value result in node.Results)
        {
            // A result known already is a leaf to its users; a sibling may be why the node is here.
            numbers.TryAdd(result, results);
            results++;
        }
    }

    /// <summary>0, 1 and −1 stay constants: they are part of a formula's structure, and simplify it.</summary>
    private static bool IsLifted(Primitive primitive) => primitive is Constant constant
        && constant.Value.AsComplex is var number
        && (number.Imaginary != 0 || number.Real is not (0 or 1 or -1));

    private IEnumerable<Value> Revisited() => nodes
        .Where(node => !node.Results[0].Passed)
        .SelectMany(node => node.Operands)
        .Where(operand => operand is { Passed: true, Known: null, Producer.Operands.Length: > 0 });
}
