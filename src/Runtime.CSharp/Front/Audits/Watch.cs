using Adjoint.Core;
using Adjoint.Execute;
using Adjoint.Ir;
using Adjoint.Kernels;

namespace Adjoint.Front.Audits;

/// <summary>Runs a graph node by node, unchanged by any pass, and shows each node with its values, inside bodies too.</summary>
internal abstract class Watch : EvaluationContext
{
    private readonly Dictionary<Graph, WatchPlan> plans = new(ReferenceEqualityComparer.Instance);
    private Dictionary<Graph, long> runs = new(ReferenceEqualityComparer.Instance);
    private Node? holder;
    private HostValue[] given = [];

    /// <inheritdoc/>
    public override IParallel Parallel => WorkerPool.Shared;

    /// <inheritdoc/>
    public override CancellationToken Cancellation => default;

    /// <summary>Where the node runs that is looked at; null at the top.</summary>
    protected Place? Here { get; private set; }

    /// <inheritdoc/>
    public override void Report(string line) => Diagnostics.Report(line);

    /// <inheritdoc/>
    public override void CountElements(long elements)
    {
    }

    /// <inheritdoc/>
    public override Held[] Run(Graph body, ReadOnlySpan<Held> arguments)
    {
        (Node? node, HostValue[] operands, Dictionary<Graph, long> counts, Place? outer) = (holder, given, runs, Here);
        long count = counts.GetValueOrDefault(body);
        counts[body] = count + 1;
        Here = Place.Of(outer, node!, body, operands, count);
        Held[] results = Walk(body, arguments);
        (holder, given, runs, Here) = (node, operands, counts, outer);
        return results;
    }

    /// <summary>Runs a whole graph; arguments are only read.</summary>
    internal HostValue[] Start(Graph graph, IEnumerable<HostValue> arguments) =>
        [.. Walk(graph, [.. arguments.Select(argument => new Held(argument, Owned: false))]).Select(held => held.Value)];

    /// <summary>Looks at a node that has run.</summary>
    protected abstract void Visit(Node node, ReadOnlySpan<HostValue> operands, ReadOnlySpan<HostValue> results);

    /// <summary>Is told of a node that holds bodies before it runs.</summary>
    protected virtual void Enter(Node node, ReadOnlySpan<HostValue> operands)
    {
    }

    private Held[] Walk(Graph graph, ReadOnlySpan<Held> arguments)
    {
        if (!plans.TryGetValue(graph, out WatchPlan? plan))
        {
            plan = new(graph);
            plans.Add(graph, plan);
        }

        var slots = new Held[plan.Count];
        for (int i = 0; i < arguments.Length; i++)
        {
            slots[plan.Parameters[i]] = arguments[i];
        }

        foreach (WatchPlan.Step step in plan.Steps)
        {
            Run(step, slots);
        }

        return [.. plan.Results.Select(slot => slots[slot] with { Owned = slots[slot].Owned && IsLoneStack(slots[slot], slot, plan.Results) })];
    }

    private void Run(WatchPlan.Step step, Held[] slots)
    {
        HostValue[] operands = [.. step.Operands.Select(slot => slots[slot].Value)];
        Held[] results;
        try
        {
            results = step.Kernel is { } kernel ? Lowered(kernel, operands, step.Node) : Evaluate(step, slots, operands);
        }
        catch (AdjointException error) when (RunErrors.Locate(error, step.Node))
        {
            throw;
        }

        for (int i = 0; i < results.Length; i++)
        {
            slots[step.Results[i]] = results[i] with { Owned = results[i].Owned && !operands.Contains(results[i].Value) };
        }

        Visit(step.Node, operands, [.. results.Select(held => held.Value)]);
        foreach (int slot in step.Last)
        {
            slots[slot] = default;
        }
    }

    private Held[] Lowered(Loops.Kernel kernel, HostValue[] operands, Node node)
    {
        NDArray[] results = [.. node.Results.Select(result => NDArray.New(result.Tensor.DType, result.Tensor.Shape))];
        kernel.Run([.. operands.Cast<NDArray>()], results, this);
        return [.. results.Select(Held.New)];
    }

    private static bool IsLoneStack(Held held, int slot, int[] slots) => held.Value is HostStack && slots.Count(other => other == slot) == 1;

    /// <summary>Arrays stay as they were, so that they can be shown; a stack that nobody else reads is given away, and grows in place.</summary>
    private Held[] Evaluate(WatchPlan.Step step, Held[] slots, HostValue[] operands)
    {
        var held = new Held[operands.Length];
        for (int i = 0; i < held.Length; i++)
        {
            int slot = step.Operands[i];
            bool alone = slots[slot].Owned && step.Last.Contains(slot) && IsLoneStack(slots[slot], slot, step.Operands);
            held[i] = new(operands[i], alone);
        }

        if (step.Node.Primitive is not Primitives.BodyPrimitive)
        {
            return step.Node.Primitive.Evaluate(held, this);
        }

        (Node? node, HostValue[] around, Dictionary<Graph, long> counts) = (holder, given, runs);
        (holder, given, runs) = (step.Node, operands, new(ReferenceEqualityComparer.Instance));
        Enter(step.Node, operands);
        Held[] results = step.Node.Primitive.Evaluate(held, this);
        (holder, given, runs) = (node, around, counts);
        return results;
    }
}
