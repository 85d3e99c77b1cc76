using System.Collections.Immutable;
using Adjoint.Compile;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Loops;

namespace Adjoint.Execute;

/// <summary>Makes the <see cref="Plan"/> of a graph: last uses first, then slots, which values of one dtype and length share in turn.</summary>
internal sealed class PlanBuilder
{
    private const int LargestConstant = 64;
    private const int MostOverwritable = 64;
    private const int Unused = -1;

    private readonly Graph graph;
    private readonly ImmutableArray<Node> nodes;
    private readonly EvaluationContext constants;
    private readonly KernelSource kernels;
    private readonly Dictionary<Value, int> numbers = new(ReferenceEqualityComparer.Instance);
    private readonly int[] lastUses;
    private readonly Dictionary<Value, int> graphResults;
    private readonly int[] slots;
    private readonly SlotTable table = new();
    private readonly List<int> links;
    private readonly List<int> freed = [];
    private int mostOperands;
    private int mostResults;

    private PlanBuilder(Graph graph, EvaluationContext constants, KernelSource kernels)
    {
        this.graph = graph;
        nodes = Schedule.Of(graph);
        this.constants = constants;
        this.kernels = kernels;
        Number();
        lastUses = LastUses();
        graphResults = GraphResults();
        slots = new int[numbers.Count];
        links = new List<int>(3 * nodes.Length);
    }

    /// <summary>The plan of a graph; nodes without operands are evaluated in this context.</summary>
    internal static Plan Build(Graph graph, EvaluationContext constants, KernelSource kernels) =>
        new PlanBuilder(graph, constants, kernels).Build();

    private Plan Build()
    {
        foreach (Value parameter in graph.Parameters)
        {
            int number = numbers[parameter];
            slots[number] = table.Take(parameter.Type);
        }

        int[] parameters = [.. graph.Parameters.Select(value => slots[numbers[value]])];
        int[] unread = [.. graph.Parameters.Where(value => lastUses[numbers[value]] == Unused).Select(value => slots[numbers[value]]).Distinct()];
        var steps = new Step[nodes.Length];
        for (int i = 0; i < steps.Length; i++)
        {
            steps[i] = MakeStep(nodes[i], i);
        }

        int[] results = [.. graph.Results.Select(value => slots[numbers[value]])];
        return new Plan
        {
            Graph = graph,
            Steps = steps,
            Links = [.. links],
            Slots = table.Types,
            Parameters = parameters,
            Unread = unread,
            Results = results,
            StandsOnce = [.. CountOf(results).Select(count => count == 1)],
            MostOperands = mostOperands,
            MostResults = mostResults,
        };
    }

    private static IEnumerable<int> CountOf(int[] results)
    {
        Dictionary<int, int> counts = results.GroupBy(slot => slot).ToDictionary(group => group.Key, group => group.Count());
        return results.Select(slot => counts[slot]);
    }

    private void Number()
    {
        numbers.EnsureCapacity(graph.Parameters.Length + nodes.Length);
        foreach (Value parameter in graph.Parameters)
        {
            numbers.TryAdd(parameter, numbers.Count);
        }

        foreach (Node node in nodes)
        {
            foreach (Value result in node.Results)
            {
                numbers.Add(result, numbers.Count);
            }
        }
    }

    private int[] LastUses()
    {
        var last = new int[numbers.Count];
        Array.Fill(last, Unused);
        for (int i = 0; i < nodes.Length; i++)
        {
            foreach (Value operand in nodes[i].Operands)
            {
                last[numbers[operand]] = i;
            }
        }

        foreach (Value result in graph.Results)
        {
            last[numbers[result]] = nodes.Length;
        }

        return last;
    }

    private Step MakeStep(Node node, int place)
    {
        var step = new Step
        {
            Node = node,
            FirstLink = links.Count,
            OperandCount = node.Operands.Length,
            ResultCount = node.Results.Length,
            KeepsNothing = node.Primitive is TensorPrimitive,
        };
        mostOperands = Math.Max(mostOperands, step.OperandCount);
        mostResults = Math.Max(mostResults, step.ResultCount);
        ulong moving = LinkOperands(node, place);
        LinkResults(node);
        step.FreedCount = freed.Count;
        links.AddRange(freed);
        freed.Clear();
        Lower(ref step, moving);
        return step;
    }

    /// <summary>Links the operands, and gives back the slots of those that end here. Returns which of them move.</summary>
    private ulong LinkOperands(Node node, int place)
    {
        ulong moving = 0;
        for (int i = 0; i < node.Operands.Length; i++)
        {
            int number = numbers[node.Operands[i]];
            bool ends = lastUses[number] == place;
            bool once = ends && Once(node.Operands, i);
            links.Add((2 * slots[number]) + (once ? 1 : 0));
            moving |= once && i < MostOverwritable ? 1UL << i : 0;
            if (ends && (once || node.Operands.IndexOf(node.Operands[i]) == i))
            {
                table.Free(slots[number]);
                if (!once)
                {
                    freed.Add(slots[number]);
                }
            }
        }

        return moving;
    }

    private void LinkResults(Node node)
    {
        foreach (Value result in node.Results)
        {
            int number = numbers[result];
            slots[number] = lastUses[number] == Unused ? Step.None : table.Take(result.Type);
            links.Add(slots[number]);
        }
    }

    private void Lower(ref Step step, ulong moving)
    {
        Node node = step.Node;
        if (step.OperandCount == 0 && node.Results is [{ Type: TensorType { Shape.Size: <= LargestConstant } }])
        {
            step.Constant = node.Primitive.Evaluate([], constants)[0].Value;
            return;
        }

        if (!node.Results.All(result => result.Type is TensorType) || kernels.Of(node) is not { } kernel)
        {
            return;
        }

        step.Kernel = kernel;
        step.Targets = new Target[node.Results.Length];
        for (int i = 0; i < step.Targets.Length; i++)
        {
            TensorType type = node.Results[i].Tensor;
            step.Targets[i] = new(type.DType, type.Shape, Overwritable(node, kernel, moving, i), graphResults.GetValueOrDefault(node.Results[i], Step.None));
        }
    }

    /// <summary>The moving operands in whose memory a result may lie.</summary>
    private static ulong Overwritable(Node node, Kernel kernel, ulong moving, int result)
    {
        ulong found = 0;
        TensorType type = node.Results[result].Tensor;
        for (int i = 0; moving != 0 && i < Math.Min(node.Operands.Length, MostOverwritable); i++)
        {
            bool fits = (moving >> i & 1) != 0
                && node.Operands[i].Type is TensorType operand
                && operand.DType == type.DType
                && (ReferenceEquals(operand.Shape, type.Shape) || operand.Shape.Size == type.Shape.Size);
            found |= fits && kernel.MayOverwrite(i, result) ? 1UL << i : 0;
        }

        return found;
    }

    private Dictionary<Value, int> GraphResults()
    {
        var found = new Dictionary<Value, int>(ReferenceEqualityComparer.Instance);
        for (int i = 0; i < graph.Results.Length; i++)
        {
            found.TryAdd(graph.Results[i], i);
        }

        return found;
    }

    private static bool Once(ImmutableArray<Value> operands, int place)
    {
        for (int i = 0; i < operands.Length; i++)
        {
            if (i != place && ReferenceEquals(operands[i], operands[place]))
            {
                return false;
            }
        }

        return true;
    }
}
