using System.Collections.Immutable;
using Adjoint.Ir;
using Adjoint.Loops;
using Adjoint.Primitives;

namespace Adjoint.Compile.Methods;

/// <summary>The values of one body while it is lowered, each held until its last use.</summary>
internal sealed class Frame
{
    private readonly Workspace workspace;
    private readonly Dictionary<Value, Local> locals = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Value, int> uses = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Value, Node> readers = new(ReferenceEqualityComparer.Instance);

    internal Frame(Graph graph, Workspace workspace)
    {
        this.workspace = workspace;
        Graph = graph;
        Demand = new(graph);
        foreach (Node node in graph.Nodes)
        {
            foreach (Value operand in node.Operands)
            {
                uses[operand] = uses.GetValueOrDefault(operand) + 1;
                readers[operand] = node;
            }
        }

        foreach (Value result in graph.Results)
        {
            uses[result] = uses.GetValueOrDefault(result) + 1;
        }
    }

    internal Graph Graph { get; }

    /// <summary>How often the elements of each value are read.</summary>
    internal Demand Demand { get; }

    /// <summary>Whether it is the body of a call.</summary>
    internal bool IsCalled { get; init; }

    /// <summary>Where a value is to be put if it is put into memory; for results of the region.</summary>
    internal Dictionary<Value, LoopBuffer> Targets { get; } = new(ReferenceEqualityComparer.Instance);

    internal Local this[Value value] => locals[value];

    internal TensorLocal Tensor(Value value) => (TensorLocal)locals[value];

    /// <summary>Takes note of what stands for a value.</summary>
    internal void Bind(Value value, Local local)
    {
        if (uses.GetValueOrDefault(value) > 0)
        {
            workspace.Hold(local);
            locals[value] = local;
        }
    }

    /// <summary>Puts something of the same value in its place.</summary>
    internal void Rebind(Value value, Local local)
    {
        workspace.Hold(local);
        workspace.Release(locals[value]);
        locals[value] = local;
    }

    /// <summary>One use is over.</summary>
    internal void Use(Value value)
    {
        if (--uses[value] == 0)
        {
            workspace.Release(locals[value]);
            locals.Remove(value);
        }
    }

    /// <summary>
    /// Whether each element of a value is read once, by what writes the same element: an elementwise operation, or whoever takes the result of the
    /// body, unless that is a call, whose results others read.
    /// </summary>
    internal bool IsReadInPlace(Value value) => uses.GetValueOrDefault(value) == 1
        && (readers.TryGetValue(value, out Node? reader) ? reader.Primitive is ElementwisePrimitive : !IsCalled);

    /// <summary>Whether this is the last use of a value.</summary>
    internal bool IsLastUse(Value value) => uses[value] == 1;

    /// <summary>Values other than this one that read a buffer.</summary>
    internal List<Value> OtherReaders(LoopBuffer buffer, Value but) =>
        [.. locals.Where(pair => !ReferenceEquals(pair.Key, but) && pair.Value.Reads.Contains(buffer)).Select(pair => pair.Key)];
}
