using System.Collections.Immutable;
using Adjoint.Compile.Methods;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Compile.Memory;

/// <summary>What one result of a fused node takes, from its operands and from other results that are there.</summary>
internal sealed class Cones
{
    private const int MostResults = 64;

    private readonly Dictionary<(Primitive Primitive, int Result, ulong There), Cone?> known = [];

    /// <summary>What a result takes; null where only the whole node gives it: where it joins elements, whose order a smaller node may change.</summary>
    /// <param name="primitive">The node's primitive.</param>
    /// <param name="result">The result.</param>
    /// <param name="there">The other results that are there, as bits.</param>
    internal Cone? Of(Primitive primitive, int result, ulong there)
    {
        if (primitive is not Fused fused || fused.Body.Graph.Results.Length > MostResults)
        {
            return null;
        }

        if (!known.TryGetValue((primitive, result, there), out Cone? cone))
        {
            cone = Find(fused.Body.Graph, result, there);
            known.Add((primitive, result, there), cone);
        }

        return cone;
    }

    private static Cone? Find(Graph body, int result, ulong there)
    {
        var given = new Dictionary<Value, int>(ReferenceEqualityComparer.Instance);
        for (int i = 0; i < body.Results.Length; i++)
        {
            if ((there >> i & 1) != 0 && body.Results[i] != body.Results[result])
            {
                given.TryAdd(body.Results[i], ~i);
            }
        }

        for (int i = 0; i < body.Parameters.Length; i++)
        {
            given[body.Parameters[i]] = i;
        }

        var inside = new HashSet<Node>(ReferenceEqualityComparer.Instance);
        var inputs = new List<Value>();
        var pending = new Stack<Value>([body.Results[result]]);
        while (pending.TryPop(out Value? value))
        {
            if (given.ContainsKey(value))
            {
                inputs.AddRange(inputs.Contains(value) ? [] : [value]);
            }
            else if (inside.Add(value.Producer!))
            {
                foreach (Value operand in value.Producer!.Operands)
                {
                    pending.Push(operand);
                }
            }
        }

        return inside.Count == 0 || inside.Any(Joins) ? null : Made(body, result, inside, inputs, given);
    }

    private static Cone Made(Graph body, int result, HashSet<Node> inside, List<Value> inputs, Dictionary<Value, int> given)
    {
        var substitution = new Substitution();
        ImmutableArray<Value> parameters = [.. inputs.Select(input => Value.Parameter(input.Type))];
        for (int i = 0; i < inputs.Count; i++)
        {
            substitution[inputs[i]] = parameters[i];
        }

        foreach (Node node in body.Nodes.Where(inside.Contains))
        {
            substitution.Apply(node);
        }

        var graph = new Graph(parameters, [substitution[body.Results[result]]]);
        bool isAlone = graph.Nodes is [{ Results.Length: 1 } only] && only.Operands.SequenceEqual(parameters);
        return new(isAlone ? graph.Nodes[0].Primitive : new Fused(graph), [.. inputs.Select(input => given[input])]);
    }

    private static bool Joins(Node node) => node.Primitive is BodyPrimitive or ConvGeneral or Scatter or Cumulative
        || ElementWork.IsJoining(node.Primitive);
}

/// <summary>What gives one result of a node.</summary>
/// <param name="Primitive">What runs.</param>
/// <param name="Inputs">What it runs on: operands of the node by their place, and results by the complement of theirs.</param>
internal sealed record Cone(Primitive Primitive, ImmutableArray<int> Inputs);
