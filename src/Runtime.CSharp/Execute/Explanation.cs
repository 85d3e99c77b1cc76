using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Adjoint.Compile;
using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Execute;

/// <summary>Says what an executable does when it runs, as text: the same for the same graph in every process.</summary>
internal sealed class Explanation
{
    private readonly StringBuilder text = new();
    private readonly PlanTable plans;
    private readonly EvaluationContext constants;
    private readonly Dictionary<Graph, int> bodies = new(ReferenceEqualityComparer.Instance);
    private readonly Queue<Graph> pending = new();

    private Explanation(PlanTable plans, EvaluationContext constants)
    {
        this.plans = plans;
        this.constants = constants;
    }

    /// <summary>Passes, memory and work; then the schedule of the graph and of each body that it runs step by step.</summary>
    internal static string Of(Graph source, Pipeline pipeline, Graph graph, PlanTable plans, EvaluationContext constants, IEnumerable<string> budget)
    {
        var explanation = new Explanation(plans, constants);
        explanation.Head(source, pipeline, graph, budget);
        explanation.Schedule(graph);
        while (explanation.pending.TryDequeue(out Graph? body))
        {
            explanation.text.Append(CultureInfo.InvariantCulture, $"\nbody {explanation.bodies[body]}: {GraphView.Line(body)}\n");
            explanation.Schedule(body);
        }

        return explanation.text.ToString();
    }

    /// <summary>A number of bytes, short.</summary>
    internal static string Bytes(double bytes) => bytes < 10_000 ? string.Create(CultureInfo.InvariantCulture, $"{bytes:0} B")
        : bytes < 10_000_000 ? string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024:0.0} KiB")
        : string.Create(CultureInfo.InvariantCulture, $"{bytes / (1024 * 1024):0.0} MiB");

    private void Head(Graph source, Pipeline pipeline, Graph graph, IEnumerable<string> budget)
    {
        text.Append("executable ").Append(GraphView.Line(graph)).Append('\n');
        IEnumerable<string> passes = pipeline.Trace(source)
            .Select(trace => string.Create(CultureInfo.InvariantCulture, $"{(trace.Pass.Length == 0 ? "as traced" : trace.Pass)} {trace.Nodes}"));
        text.Append("nodes after each pass: ").AppendJoin(", ", passes).Append('\n');
        Cost cost = graph.Nodes.Aggregate(default(Cost), (sum, node) => sum + CostOf(node));
        text.Append(CultureInfo.InvariantCulture, $"work: {cost.Operations:0} operations, {Bytes(cost.Bytes)} read and written by nodes")
            .Append(cost.HasOpenLoop ? ", one step of each loop of unknown length\n" : "\n");
        (long alone, bool complete) = MemoryForecast.Of(graph, plans, constants, wide: false);
        (long wide, _) = MemoryForecast.Of(graph, plans, constants, wide: true);
        text.Append(CultureInfo.InvariantCulture, $"memory: {wide} bytes at most")
            .Append(wide == alone ? "" : string.Create(CultureInfo.InvariantCulture, $", {alone} on one thread"))
            .Append(complete ? "\n" : ", and more with each step of a loop of unknown length\n");
        foreach (string line in budget)
        {
            text.Append(line).Append('\n');
        }

        text.Append("\nschedule\n");
    }

    internal static Cost CostOf(Node node) => node.Primitive.Cost([.. node.Operands.Select(operand => operand.Type)]);

    private void Schedule(Graph graph)
    {
        Plan plan = plans.Of(graph, constants);
        plan = plan.Wide ?? plan;
        Dictionary<Value, int> numbers = GraphEquality.Numbers(graph);
        string Name(Value value) => string.Create(CultureInfo.InvariantCulture, $"%{numbers[value]}");
        foreach (Value parameter in graph.Parameters)
        {
            text.Append(CultureInfo.InvariantCulture, $"     {Name(parameter)} {parameter.Type} parameter{(parameter.Name is null ? "" : $" '{parameter.Name}'")}\n");
        }

        for (int i = 0; i < plan.Steps.Length; i++)
        {
            Line(plan, i, Name);
        }

        text.Append("     results ").AppendJoin(", ", graph.Results.Select(Name)).Append('\n');
        Buffers(plan);
    }

    private void Line(Plan plan, int index, Func<Value, string> name)
    {
        Step step = plan.Steps[index];
        Cost cost = CostOf(step.Node);
        text.Append(CultureInfo.InvariantCulture, $"{index,4} ")
            .AppendJoin(", ", step.Node.Results.Select(result => $"{name(result)} {result.Type}"))
            .Append(" = ").Append(step.Node.Primitive.Name)
            .Append('(').AppendJoin(", ", step.Node.Operands.Select(name)).Append(')');
        text.Append(step.Kind switch
        {
            StepKind.Kernel => " kernel",
            StepKind.View => " view",
            StepKind.Constant => " constant",
            _ => " plain",
        });
        text.Append(CultureInfo.InvariantCulture, $", {cost.Operations:0} operations, {Bytes(cost.Bytes)}");
        Places(plan, step);
        text.Append(step.Width > 1 ? string.Create(CultureInfo.InvariantCulture, $", runs beside steps up to {index + step.Width - 1}\n") : "\n");
        if (step.Kernel is { } kernel)
        {
            foreach (string line in kernel.Describe().Split('\n'))
            {
                text.Append("         ").Append(line.TrimEnd()).Append('\n');
            }
        }
        else if (step.Kind == StepKind.Plain)
        {
            Bodies(step.Node);
        }
    }

    /// <summary>Where the results of a kernel lie.</summary>
    private void Places(Plan plan, Step step)
    {
        for (int i = 0; step.Kind == StepKind.Kernel && i < step.ResultCount; i++)
        {
            int wire = plan.Wires[step.FirstWire + step.OperandCount + i];
            text.Append(wire == Step.None ? ", in an array of its own" : $", at {Place(plan.Arrays[wire])}");
        }
    }

    private static string Place(PlannedArray array)
    {
        long start = array.Start * array.Type.DType.Size();
        return string.Create(CultureInfo.InvariantCulture, $"{array.Type.DType.Name()} block {start}..{start + ((long)array.Type.Shape.Size * array.Type.DType.Size())}");
    }

    private void Bodies(Node node)
    {
        node.Primitive.MapBodies(body =>
        {
            if (bodies.TryAdd(body.Graph, bodies.Count + 1))
            {
                pending.Enqueue(body.Graph);
            }

            text.Append(CultureInfo.InvariantCulture, $"         runs body {bodies[body.Graph]}\n");
            return body;
        });
    }

    /// <summary>The planned values in the order in which they are made, each with the steps from which to which it lives.</summary>
    private void Buffers(Plan plan)
    {
        var lives = new List<(int Array, int First, int Last)>();
        var current = new Dictionary<int, int>();
        for (int i = 0; i < plan.Steps.Length; i++)
        {
            Step step = plan.Steps[i];
            for (int wire = 0; step.Kind == StepKind.Kernel && wire < step.OperandCount + step.ResultCount; wire++)
            {
                int array = plan.Wires[step.FirstWire + wire];
                if (array == Step.None || plan.Arrays[array] is { IsView: true } or { Constant: not null })
                {
                    continue;
                }

                if (wire >= step.OperandCount || !current.TryGetValue(array, out int life))
                {
                    current[array] = lives.Count;
                    lives.Add((array, i, i));
                }
                else
                {
                    lives[life] = lives[life] with { Last = i };
                }
            }
        }

        foreach ((int array, int first, int last) in lives)
        {
            text.Append(CultureInfo.InvariantCulture, $"     buffer {Place(plan.Arrays[array])} {plan.Arrays[array].Type}, steps {first} to {last}\n");
        }

        foreach ((DType type, long bytes) in plan.Blocks.OrderBy(block => block.Key))
        {
            text.Append(CultureInfo.InvariantCulture, $"     block {type.Name()}: {bytes} bytes\n");
        }
    }
}
