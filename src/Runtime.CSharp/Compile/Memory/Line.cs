using System.Collections.Immutable;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Compile.Memory;

/// <summary>The nodes of a graph in the order in which they run, made to be moved and repeated: values are numbers.</summary>
internal sealed class Line
{
    private readonly Graph graph;
    private readonly List<ValueType> types = [];
    private readonly Dictionary<Value, int> numbers = new(ReferenceEqualityComparer.Instance);

    internal Line(Graph graph, IEnumerable<Node> order)
    {
        this.graph = graph;
        foreach (Value parameter in graph.Parameters)
        {
            numbers.TryAdd(parameter, Add(parameter.Type));
        }

        Parameters = types.Count;
        foreach (Node node in order)
        {
            foreach (Value result in node.Results)
            {
                numbers.Add(result, Add(result.Type));
            }

            Items.Add(new(node, [.. node.Operands.Select(operand => numbers[operand])], [.. node.Results.Select(result => numbers[result])]));
        }

        Results = [.. graph.Results.Select(result => numbers[result])];
    }

    /// <summary>How many of the values are parameters; they come first.</summary>
    internal int Parameters { get; }

    /// <summary>How many values there are.</summary>
    internal int Count => types.Count;

    /// <summary>What runs, in order.</summary>
    internal List<LineItem> Items { get; set; } = [];

    /// <summary>The results.</summary>
    internal int[] Results { get; }

    /// <summary>The type of a value.</summary>
    internal ValueType Type(int value) => types[value];

    /// <summary>A new value.</summary>
    internal int Add(ValueType type)
    {
        types.Add(type);
        return types.Count - 1;
    }

    /// <summary>Leaves out what no result needs any more.</summary>
    internal void RemoveUnread()
    {
        var read = new bool[Count];
        foreach (int result in Results)
        {
            read[result] = true;
        }

        var kept = new List<LineItem>(Items.Count);
        for (int i = Items.Count - 1; i >= 0; i--)
        {
            if (Items[i].Results.Any(result => read[result]))
            {
                kept.Add(Items[i]);
                foreach (int operand in Items[i].Operands)
                {
                    read[operand] = true;
                }
            }
        }

        kept.Reverse();
        Items = kept;
    }

    /// <summary>The graph, and its nodes in order.</summary>
    internal (Graph Graph, ImmutableArray<Node> Order) Made()
    {
        var values = new Value[Count];
        foreach ((Value parameter, int number) in numbers)
        {
            values[number] = parameter;
        }

        var order = ImmutableArray.CreateBuilder<Node>(Items.Count);
        foreach (LineItem item in Items)
        {
            ImmutableArray<Value> operands = [.. item.Operands.Select(operand => values[operand])];
            bool same = ReferenceEquals(item.Primitive, item.Source.Primitive) && operands.AsSpan().SequenceEqual(item.Source.Operands.AsSpan())
                && values[item.Results[0]] == item.Source.Results[0];
            Node node = same ? item.Source : Node.Make(item.Primitive, operands, item.Source.Origin);
            for (int i = 0; i < item.Results.Length; i++)
            {
                values[item.Results[i]] = node.Results[i];
            }

            order.Add(node);
        }

        return (new(graph.Parameters, [.. Results.Select(result => values[result])]), order.DrainToImmutable());
    }
}

/// <summary>One node of a <see cref="Line"/>.</summary>
/// <param name="Source">The node as it was.</param>
/// <param name="Operands">Values that it reads.</param>
/// <param name="Results">Values that it makes.</param>
internal sealed record LineItem(Node Source, int[] Operands, int[] Results)
{
    /// <summary>What it does.</summary>
    internal Primitive Primitive { get; init; } = Source.Primitive;

    /// <summary>Whether it may write into an operand's memory, which others then have to copy: regions do so only where that costs nothing.</summary>
    internal bool Updates(int operand) => Primitive is not CallPrimitive && Primitive.MayUpdate(operand);

    /// <summary>Whether its result is its operand's memory under another shape.</summary>
    internal bool IsView => Primitive is Reshape or StopGradient && Source.Results[0].Type is TensorType;
}
