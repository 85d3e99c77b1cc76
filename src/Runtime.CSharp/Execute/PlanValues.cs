using System.Collections.Immutable;
using Adjoint.Compile;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Kernels;
using Adjoint.Loops;
using Adjoint.Primitives;

namespace Adjoint.Execute;

/// <summary>What a plan has to know of a graph's values: how each node runs, which values only kernels touch, and when memory is read last.</summary>
internal sealed class PlanValues
{
    /// <summary>The last use of a value that nothing reads.</summary>
    internal const int Unused = -1;

    private const int LargestConstant = 64;

    private readonly Dictionary<Value, int> numbers = new(ReferenceEqualityComparer.Instance);
    private readonly bool[] quiet;
    private readonly int[] roots;
    private readonly int[] starts;
    private readonly int[] lastUses;

    /// <summary>Finds all that out, and makes kernels, several at a time; those of regions may be remembered.</summary>
    internal PlanValues(Graph graph, ImmutableArray<Node> order, KernelSource kernels, KernelCache? cache, IParallel parallel)
    {
        Nodes = order;
        Kinds = new StepKind[Nodes.Length];
        Kernels = new Kernel?[Nodes.Length];
        Number(graph);
        quiet = new bool[numbers.Count];
        roots = [.. Enumerable.Range(0, numbers.Count)];
        starts = new int[numbers.Count];
        lastUses = new int[numbers.Count];
        Array.Fill(quiet, true);
        Array.Fill(lastUses, Unused);
        Choose(graph, kernels, cache, parallel);
        FindLastUses(graph);
    }

    private PlanValues(PlanValues values, int[] order, Graph graph)
    {
        Nodes = [.. order.Select(place => values.Nodes[place])];
        Kinds = [.. order.Select(place => values.Kinds[place])];
        Kernels = [.. order.Select(place => values.Kernels[place])];
        numbers = values.numbers;
        quiet = values.quiet;
        roots = [.. Enumerable.Range(0, numbers.Count)];
        starts = new int[numbers.Count];
        lastUses = new int[numbers.Count];
        Array.Fill(lastUses, Unused);
        FindLastUses(graph);
    }

    /// <summary>The nodes in the order in which they run.</summary>
    internal ImmutableArray<Node> Nodes { get; }

    /// <summary>How each node runs.</summary>
    internal StepKind[] Kinds { get; }

    /// <summary>The kernel of each node that has one.</summary>
    internal Kernel?[] Kernels { get; }

    /// <summary>How many values there are.</summary>
    internal int Count => numbers.Count;

    /// <summary>A value's number: parameters come first, then results node by node.</summary>
    internal int this[Value value] => numbers[value];

    /// <summary>Whether kernels and views alone read a value, and it is no result of the graph.</summary>
    internal bool IsQuiet(int number) => quiet[number];

    /// <summary>The value in whose memory a value lies: itself unless it is a view.</summary>
    internal int Root(int number) => roots[number];

    /// <summary>Where a view begins in its root, in elements.</summary>
    internal int Start(int number) => starts[number];

    /// <summary>The last step that reads the memory of a root; past the last one for results of the graph.</summary>
    internal int LastUse(int root) => lastUses[root];

    /// <summary>The same with the nodes at these places, in this order.</summary>
    internal PlanValues InOrder(int[] order, Graph graph) => new(this, order, graph);

    private void Number(Graph graph)
    {
        numbers.EnsureCapacity(graph.Parameters.Length + Nodes.Length);
        foreach (Value parameter in graph.Parameters)
        {
            numbers.TryAdd(parameter, numbers.Count);
        }

        foreach (Node node in Nodes)
        {
            foreach (Value result in node.Results)
            {
                numbers.Add(result, numbers.Count);
            }
        }
    }

    /// <summary>Chooses how nodes run, the last first: a view needs to know who reads it.</summary>
    private void Choose(Graph graph, KernelSource kernels, KernelCache? cache, IParallel parallel)
    {
        foreach (Value result in graph.Results)
        {
            quiet[numbers[result]] = false;
        }

        Dictionary<Node, Kernel> regions = RegionTable.Of(
            Nodes.Where(node => node.Primitive is Fused && !IsConstant(node) && IsOfTensors(node)), kernels, cache, parallel);
        for (int i = Nodes.Length - 1; i >= 0; i--)
        {
            Node node = Nodes[i];
            Kinds[i] = KindOf(node);
            if (Kinds[i] == StepKind.Plain && IsOfTensors(node))
            {
                Kernels[i] = node.Primitive is Fused ? regions.GetValueOrDefault(node) : kernels.Of(node);
                Kinds[i] = Kernels[i] is null ? StepKind.Plain : StepKind.Kernel;
            }

            foreach (Value operand in node.Operands)
            {
                quiet[numbers[operand]] &= Kinds[i] != StepKind.Plain;
            }
        }
    }

    /// <summary>Whether a node may run as a kernel: every array that it reads or makes is one.</summary>
    private static bool IsOfTensors(Node node) =>
        node.Results.All(result => result.Type is TensorType) && node.Operands.All(operand => operand.Type is TensorType);

    /// <summary>Whether a node gives the same few numbers in every run: it has no operands, or repeats what has none.</summary>
    private static bool IsConstant(Node node) => node is { Results: [{ Type: TensorType { Shape.Size: <= LargestConstant } }] }
        && (node.Operands.IsEmpty || node is { Primitive: Broadcast, Operands: [{ Type: TensorType { Shape.Size: <= LargestConstant }, Producer.Operands: [] }] });

    private StepKind KindOf(Node node) => node switch
    {
        _ when IsConstant(node) => StepKind.Constant,
        _ when ViewStart(node) is not null && quiet[numbers[node.Results[0]]] => StepKind.View,
        _ => StepKind.Plain,
    };

    private void FindLastUses(Graph graph)
    {
        for (int i = 0; i < Nodes.Length; i++)
        {
            if (Kinds[i] == StepKind.Constant)
            {
                continue;
            }

            foreach (Value operand in Nodes[i].Operands)
            {
                lastUses[roots[numbers[operand]]] = i;
            }

            if (Kinds[i] == StepKind.View)
            {
                int operand = numbers[Nodes[i].Operands[0]];
                int result = numbers[Nodes[i].Results[0]];
                roots[result] = roots[operand];
                starts[result] = starts[operand] + ViewStart(Nodes[i])!.Value;
            }
        }

        foreach (Value result in graph.Results)
        {
            lastUses[numbers[result]] = Nodes.Length;
        }
    }

    /// <summary>Where in its operand a node's result begins, if it is nothing but elements of it in a row; else null.</summary>
    private static int? ViewStart(Node node) => node.Primitive switch
    {
        Reshape or StopGradient when node.Results[0].Type is TensorType => 0,
        Slice slice => RowsStart(slice, node.Operands[0].Tensor.Shape),
        _ => null,
    };

    /// <summary>Where a slice begins that takes neighbours along one axis and all of the axes behind it.</summary>
    private static int? RowsStart(Slice slice, Shape shape)
    {
        int[] strides = shape.Strides();
        int start = 0;
        bool cut = false;
        for (int axis = shape.Rank - 1; axis >= 0; axis--)
        {
            int count = slice.Limit[axis] - slice.Start[axis];
            bool whole = count == shape[axis].Value;
            if ((cut && count != 1) || (slice.Stride[axis] != 1 && count > 1))
            {
                return null;
            }

            cut |= !whole;
            start += slice.Start[axis] * strides[axis];
        }

        return start;
    }
}
