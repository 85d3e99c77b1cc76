using System.Collections.Immutable;
using Adjoint.Compile;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Loops;

namespace Adjoint.Execute;

/// <summary>Makes the <see cref="Plan"/> of a graph, step by step: places for what kernels make, slots for what else there is.</summary>
internal sealed class PlanBuilder
{
    private const int MostOverwritable = 64;

    /// <summary>How much more memory kernels side by side may take, and bytes that do not count.</summary>
    private const double MostMemory = 1.25;

    private const long Spare = 1 << 16;
    private static readonly int[] Widths = [8, 2];

    private readonly Graph graph;
    private readonly PlanValues values;
    private readonly EvaluationContext constants;
    private readonly PlannedMemory memory;
    private readonly int[] slots;
    private readonly SlotTable table = new();
    private readonly Dictionary<Value, int> graphResults = new(ReferenceEqualityComparer.Instance);
    private readonly List<Step> steps;
    private readonly List<int> wires = [];
    private readonly List<int> links = [];
    private readonly List<Output> outputs = [];
    private readonly OperandUses reads;
    private readonly List<int> ended = [];
    private readonly HashSet<int> shared = [];
    private Dictionary<Node, NDArray> known = new(ReferenceEqualityComparer.Instance);
    private int mostOperands;

    private PlanBuilder(Graph graph, PlanValues values, EvaluationContext constants)
    {
        this.graph = graph;
        this.constants = constants;
        this.values = values;
        memory = new(values);
        reads = new(values);
        slots = new int[values.Count];
        Array.Fill(slots, Step.None);
        steps = new(values.Nodes.Length);
        for (int i = 0; i < graph.Results.Length; i++)
        {
            graphResults.TryAdd(graph.Results[i], i);
        }
    }

    /// <summary>
    /// The plan of a graph whose nodes run in this order; nodes without operands are evaluated in this context, kernels of regions may be remembered, and
    /// kernels that take this many nanoseconds at least may run side by side. If that takes more memory, it is a plan of its own.
    /// </summary>
    internal static Plan Build(
        Graph graph, ImmutableArray<Node> order, EvaluationContext constants, KernelSource kernels, KernelCache? cache, double least)
    {
        var builder = new PlanBuilder(graph, new PlanValues(graph, order, kernels, cache, constants.Parallel), constants);
        builder.AddAll(null);
        PlanBuilder? wide = builder.Wide(least);
        return wide is null ? builder.Close(null)
            : wide.memory.Total <= builder.memory.Total ? wide.Close(null)
            : builder.Close(wide.Close(null));
    }

    /// <summary>The same with kernels side by side where that takes little more memory than in a row; else null.</summary>
    private PlanBuilder? Wide(double least)
    {
        foreach (int most in Widths)
        {
            if (SideBySide.Of(values, most, least) is not var (order, widths))
            {
                return null;
            }

            var builder = new PlanBuilder(graph, values.InOrder(order, graph), constants) { known = known };
            builder.AddAll(widths);
            if (builder.memory.Total <= (MostMemory * memory.Total) + Spare)
            {
                return builder;
            }
        }

        return null;
    }

    /// <summary>Adds all nodes; so many of them from a place on run together.</summary>
    private void AddAll(int[]? widths)
    {
        foreach (Value parameter in graph.Parameters)
        {
            slots[values[parameter]] = table.Take(parameter.Type);
        }

        for (int i = 0; i < values.Nodes.Length;)
        {
            int width = widths?[i] ?? 1;
            AddSteps(i, width);
            i += width;
        }
    }

    private Plan Close(Plan? wide)
    {
        int[] parameters = [.. graph.Parameters.Select(value => slots[values[value]])];
        int[] unread = [.. graph.Parameters.Where(value => values.LastUse(values[value]) == PlanValues.Unused).Select(value => slots[values[value]]).Distinct()];
        int[] results = [.. graph.Results.Select(value => slots[values[value]])];
        return new Plan
        {
            Graph = graph,
            Wide = wide,
            Steps = [.. steps],
            Wires = [.. wires],
            Arrays = memory.Arrays,
            Blocks = memory.Blocks,
            Links = [.. links],
            Outputs = [.. outputs],
            Slots = table.Types,
            Parameters = parameters,
            Unread = unread,
            Results = results,
            StandsOnce = [.. CountOf(results).Select(count => count == 1)],
            MostOperands = mostOperands,
            MostTogether = steps.Select(step => step.Width).DefaultIfEmpty().Max(),
            Direct = steps is [{ Kind: StepKind.Kernel } step] ? Direct(step) : [],
        };
    }

    /// <summary>What a single kernel takes and gives, if that is parameters and all of the results.</summary>
    private int[] Direct(Step step)
    {
        int[] operands = [.. step.Node.Operands.Select(operand => graph.Parameters.IndexOf(operand))];
        int[] places = [.. outputs.Select(output => output.GraphResult)];
        bool isWhole = step.OutputCount == step.ResultCount
            && graph.Results.Length == step.ResultCount
            && places.All(place => place != Step.None)
            && operands.Count(operand => operand != Step.None) == step.InputCount;
        return isWhole ? [.. operands, .. places] : [];
    }

    private static IEnumerable<int> CountOf(int[] results)
    {
        Dictionary<int, int> counts = results.GroupBy(slot => slot).ToDictionary(group => group.Key, group => group.Count());
        return results.Select(slot => counts[slot]);
    }

    /// <summary>Adds kernels that run together, or one step. Nothing is given back before all of them are done.</summary>
    private void AddSteps(int first, int width)
    {
        if (width > 1)
        {
            FindShared(first, width);
        }

        for (int i = first; i < first + width; i++)
        {
            AddStep(i, i == first ? width : 1);
        }

        foreach (int root in ended)
        {
            memory.Free(root);
        }

        ended.Clear();
        shared.Clear();
    }

    /// <summary>Finds what several of these kernels read: none of them may write there.</summary>
    private void FindShared(int first, int width)
    {
        var read = new HashSet<int>();
        for (int i = first; i < first + width; i++)
        {
            foreach (int root in values.Nodes[i].Operands.Select(operand => values.Root(values[operand])).Distinct())
            {
                if (!read.Add(root))
                {
                    shared.Add(root);
                }
            }
        }
    }

    private void AddStep(int place, int width)
    {
        Node node = values.Nodes[place];
        var step = new Step
        {
            Node = node,
            Width = width,
            Kind = values.Kinds[place],
            Kernel = values.Kernels[place],
            FirstLink = links.Count,
            FirstWire = wires.Count,
            FirstOutput = outputs.Count,
            OperandCount = node.Operands.Length,
            ResultCount = node.Results.Length,
        };
        reads.Read(node, place);
        bool runs = step.Kind switch
        {
            StepKind.Constant => AddConstant(ref step),
            StepKind.View => AddView(ref step, place),
            StepKind.Kernel => AddKernel(ref step, place),
            _ => AddPlain(ref step, place),
        };
        ended.AddRange(reads.Ending);
        if (runs)
        {
            steps.Add(step);
        }
    }

    private bool AddConstant(ref Step step)
    {
        int number = values[step.Node.Result];
        NDArray constant = ConstantOf(step.Node);
        step.Array = memory.AddConstant(number, constant);
        if (values.IsQuiet(number))
        {
            return false;
        }

        slots[number] = table.Take(step.Node.Result.Type);
        links.Add(slots[number]);
        return true;
    }

    private NDArray ConstantOf(Node node)
    {
        if (!known.TryGetValue(node, out NDArray? constant))
        {
            constant = Evaluated(node);
            known.Add(node, constant);
        }

        return constant;
    }

    private NDArray Evaluated(Node node) => node.Operands.IsEmpty
        ? node.Primitive.Evaluate([], constants)[0].Array
        : node.Primitive.Evaluate([new(ConstantOf(node.Operands[0].Producer!), Owned: false)], constants)[0].Array;

    private bool AddView(ref Step step, int place)
    {
        int number = values[step.Node.Results[0]];
        int root = values.Root(number);
        step.Array = memory.AddView(number, root, step.Node.Results[0].Tensor);
        if (memory.IsPlanned(root))
        {
            LinkFreed(ref step, place);
            return step.FreedCount > 0;
        }

        links.Add(slots[root]);
        links.Add(values.Start(number));
        LinkFreed(ref step, place);
        return true;
    }

    private bool AddKernel(ref Step step, int place)
    {
        Node node = step.Node;
        var inputs = new List<int>();
        ulong moved = 0;
        for (int i = 0; i < node.Operands.Length; i++)
        {
            int number = values[node.Operands[i]];
            wires.Add(memory.PlaceOf(number));
            if (!memory.IsPlanned(number))
            {
                bool moves = Moves(node, i, place);
                moved |= moves && inputs.Count < MostOverwritable ? 1UL << inputs.Count : 0;
                links.Add(i);
                links.Add((2 * slots[number]) + (moves ? 1 : 0));
                inputs.Add(i);
            }
        }

        step.InputCount = inputs.Count;
        LinkFreed(ref step, place);
        memory.Place(node, step.Kernel!, reads, shared);
        for (int i = 0; i < node.Results.Length; i++)
        {
            int number = values[node.Results[i]];
            step.Elements += node.Results[i].Tensor.Shape.Size;
            wires.Add(memory.PlaceOf(number));
            if (!memory.IsPlanned(number))
            {
                slots[number] = values.LastUse(number) == PlanValues.Unused ? Step.None : table.Take(node.Results[i].Type);
                outputs.Add(new(
                    i, slots[number], node.Results[i].Tensor, Overwritable(step, inputs, moved, i), graphResults.GetValueOrDefault(node.Results[i], Step.None)));
                step.OutputCount++;
            }
        }

        return true;
    }

    private bool AddPlain(ref Step step, int place)
    {
        Node node = step.Node;
        step.Lends = Lending.Lends(node.Primitive);
        mostOperands = Math.Max(mostOperands, step.OperandCount);
        for (int i = 0; i < node.Operands.Length; i++)
        {
            links.Add((2 * slots[values[node.Operands[i]]]) + (Moves(node, i, place) ? 1 : 0));
        }

        int firstResult = links.Count;
        foreach (Value _ in node.Results)
        {
            links.Add(Step.None);
        }

        LinkFreed(ref step, place);
        for (int i = 0; i < node.Results.Length; i++)
        {
            int number = values[node.Results[i]];
            slots[number] = values.LastUse(number) == PlanValues.Unused ? Step.None : table.Take(node.Results[i].Type);
            links[firstResult + i] = slots[number];
        }

        return true;
    }

    /// <summary>Gives the slots back of values that end here; those that do not move have to be freed.</summary>
    private void LinkFreed(ref Step step, int place)
    {
        foreach (int root in reads.Ending)
        {
            int slot = slots[root];
            if (slot == Step.None)
            {
                continue;
            }

            table.Free(slot);
            if (!IsMoved(step, root, place))
            {
                links.Add(slot);
                step.FreedCount++;
            }
        }
    }

    private bool IsMoved(Step step, int root, int place)
    {
        int operand = reads.First(root);
        return operand != Step.None
            && (step.Kind == StepKind.Plain || (step.Kind == StepKind.Kernel && !memory.IsPlanned(root)))
            && Moves(step.Node, operand, place);
    }

    /// <summary>Whether an operand is read here for the last time and nothing else among the operands shares its memory.</summary>
    private bool Moves(Node node, int operand, int place)
    {
        int number = values[node.Operands[operand]];
        return values.Root(number) == number && values.LastUse(number) == place && !shared.Contains(number) && reads.Readers(number) == 1;
    }

    /// <summary>The moving inputs in whose memory a result may lie.</summary>
    private static ulong Overwritable(Step step, List<int> inputs, ulong moved, int result)
    {
        ulong found = 0;
        TensorType type = step.Node.Results[result].Tensor;
        for (int i = 0; moved != 0 && i < Math.Min(inputs.Count, MostOverwritable); i++)
        {
            bool fits = (moved >> i & 1) != 0 && PlannedMemory.Fits(step.Node.Operands[inputs[i]].Tensor, type);
            found |= fits && step.Kernel!.MayOverwrite(inputs[i], result) ? 1UL << i : 0;
        }

        return found;
    }
}
