using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;

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
    private readonly Dictionary<Value, int> numbers = new(ReferenceEqualityComparer.Instance);
    private readonly int[] lastUses;
    private readonly int[] slots;
    private readonly SlotTable table = new();
    private readonly List<int> links;
    private readonly List<int> freed = [];
    private int mostOperands;

    private PlanBuilder(Graph graph, EvaluationContext constants)
    {
        this.graph = graph;
        nodes = Schedule.Of(graph);
        this.constants = constants;
        Number();
        lastUses = LastUses();
        slots = new int[numbers.Count];
        links = new List<int>(3 * nodes.Length);
    }

    /// <summary>The plan of a graph; nodes without operands are evaluated in this context.</summary>
    internal static Plan Build(Graph graph, EvaluationContext constants) => new PlanBuilder(graph, constants).Build();

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
        MarkResults(steps);
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
            GraphResult = Step.None,
            KeepsNothing = node.Primitive is TensorPrimitive,
        };
        mostOperands = Math.Max(mostOperands, step.OperandCount);
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
        if (step.Node.Results is not [{ Type: TensorType type }])
        {
            return;
        }

        step.Shape = type.Shape;
        if (step.OperandCount == 0 && type.Shape.Size <= LargestConstant)
        {
            step.Constant = step.Node.Primitive.Evaluate([], constants)[0].Value;
            return;
        }

        step.Kernel = step.Node.Primitive.Lower(OperandTypes(step.Node));
        for (int i = 0; step.Kernel is not null && moving != 0 && i < Math.Min(step.OperandCount, MostOverwritable); i++)
        {
            bool fits = (moving >> i & 1) != 0
                && step.Node.Operands[i].Type is TensorType operand
                && operand.DType == type.DType
                && (ReferenceEquals(operand.Shape, type.Shape) || operand.Shape.Size == type.Shape.Size);
            step.Overwritable |= fits && step.Kernel.MayOverwrite(i) ? 1UL << i : 0;
        }
    }

    /// <summary>Tells the nodes whose only result is a result of the graph which one it is.</summary>
    private void MarkResults(Step[] steps)
    {
        var places = new Dictionary<Node, int>(ReferenceEqualityComparer.Instance);
        for (int i = graph.Results.Length - 1; i >= 0; i--)
        {
            if (graph.Results[i].Producer is { Results.Length: 1 } node)
            {
                places[node] = i;
            }
        }

        for (int i = 0; i < steps.Length && places.Count > 0; i++)
        {
            if (places.TryGetValue(steps[i].Node, out int result))
            {
                steps[i].GraphResult = result;
            }
        }
    }

    private static ImmutableArray<ValueType> OperandTypes(Node node)
    {
        var types = ImmutableArray.CreateBuilder<ValueType>(node.Operands.Length);
        foreach (Value operand in node.Operands)
        {
            types.Add(operand.Type);
        }

        return types.MoveToImmutable();
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
