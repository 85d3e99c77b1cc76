using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Compile.Residuals;

/// <summary>How the loops of one graph read what loops before them remember.</summary>
internal sealed class Reading
{
    private readonly Dictionary<Value, List<(Node Node, int Operand)>> readers = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<Value> results;
    private readonly Dictionary<Node, HashSet<Value>> otherwise = new(ReferenceEqualityComparer.Instance);

    internal Reading(Graph graph)
    {
        results = new(graph.Results, ReferenceEqualityComparer.Instance);
        foreach (Node node in graph.Nodes)
        {
            for (int i = 0; i < node.Operands.Length; i++)
            {
                if (node.Operands[i].Producer?.Primitive is Scan or Repeat or While)
                {
                    Add(node.Operands[i], node, i);
                }
            }
        }
    }

    /// <summary>The loops that read a remembered result step by step; null where anything reads it otherwise, or nothing reads it.</summary>
    internal List<(Node Node, int Operand)>? StepwiseReaders(ForwardLoop loop, int result)
    {
        Value value = loop.Node.Results[result];
        return !results.Contains(value) && readers.TryGetValue(value, out List<(Node Node, int Operand)>? all)
            && all.TrueForAll(reader => IsStepwise(loop, reader.Node, reader.Operand))
            ? all
            : null;
    }

    /// <summary>Whether anything reads a result.</summary>
    internal bool IsRead(Value value) => results.Contains(value) || readers.ContainsKey(value);

    private void Add(Value value, Node node, int operand)
    {
        if (!readers.TryGetValue(value, out List<(Node Node, int Operand)>? list))
        {
            readers.Add(value, list = []);
        }

        list.Add((node, operand));
    }

    private bool IsStepwise(ForwardLoop loop, Node reader, int operand) => reader.Primitive switch
    {
        Scan scan => loop.IsScan && operand >= scan.Constants + scan.Carries,
        Repeat repeat => !loop.IsScan && operand >= 1 && operand <= repeat.Constants && loop.Counts(reader.Operands[0])
            && !ReadOtherwise(reader, repeat).Contains(repeat.Step.Graph.Parameters[operand]),
        _ => false,
    };

    /// <summary>The parameters of a repeat's step that are read in any other way than as entries at the index of the step.</summary>
    private HashSet<Value> ReadOtherwise(Node reader, Repeat repeat)
    {
        if (!otherwise.TryGetValue(reader, out HashSet<Value>? read))
        {
            Graph step = repeat.Step.Graph;
            read = new(step.Results, ReferenceEqualityComparer.Instance);
            foreach (Node node in step.Nodes)
            {
                bool entry = node.Primitive is StackGet && node.Operands[1] == step.Parameters[0];
                read.UnionWith(entry ? node.Operands.Skip(1) : node.Operands);
            }

            otherwise.Add(reader, read);
        }

        return read;
    }
}
