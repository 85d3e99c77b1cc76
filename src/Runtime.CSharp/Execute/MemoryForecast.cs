using System.Collections.Immutable;
using System.Numerics;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Execute;

/// <summary>Says how many bytes a run of a graph will work in at most, by doing with sizes what frames do with arrays.</summary>
/// <remarks>
/// Counted is what comes from the allocator: blocks, arrays for values in slots, working memory of kernels. Not counted are arguments, arrays
/// that plain evaluation makes for itself, and what each thread needs for the tile it works on. Of a loop three steps are followed; what the
/// last one adds (entries of stacks) counts for each of the others, as far as their number is known.
/// </remarks>
internal sealed class MemoryForecast
{
    private const int Followed = 3;

    private readonly PlanTable plans;
    private readonly EvaluationContext constants;
    private readonly ForecastArena arena = new();
    private readonly HashSet<Graph> entered = new(ReferenceEqualityComparer.Instance);
    private readonly bool wide;
    private long perStep;
    private long unsure;

    private MemoryForecast(PlanTable plans, EvaluationContext constants, bool wide)
    {
        this.wide = wide;
        this.plans = plans;
        this.constants = constants;
    }

    /// <summary>The most bytes at a time, and whether the length of every loop that keeps more and more was known.</summary>
    /// <param name="graph">What runs.</param>
    /// <param name="plans">How.</param>
    /// <param name="constants">Where constants are evaluated.</param>
    /// <param name="wide">Whether kernels run side by side: whether there are several threads.</param>
    internal static (long Bytes, bool IsComplete) Of(Graph graph, PlanTable plans, EvaluationContext constants, bool wide)
    {
        var forecast = new MemoryForecast(plans, constants, wide);
        forecast.Run(graph, [.. graph.ParameterTypes.Select(type => new ForecastValue(new(type), Owned: false))]);
        return (forecast.arena.Peak + forecast.arena.ScratchBytes + forecast.unsure, forecast.perStep == 0 && !forecast.arena.Grows);
    }

    /// <summary>The same on any number of threads.</summary>
    internal static (long Bytes, bool IsComplete) Most(Graph graph, PlanTable plans, EvaluationContext constants)
    {
        (long alone, bool isComplete) = Of(graph, plans, constants, wide: false);
        (long wide, _) = Of(graph, plans, constants, wide: true);
        return (Math.Max(alone, wide), isComplete);
    }

    private ForecastValue[] Run(Graph graph, ReadOnlySpan<ForecastValue> arguments)
    {
        Plan plan = plans.Of(graph, constants);
        plan = wide ? plan.Wide ?? plan : plan;
        if (entered.Add(graph))
        {
            arena.Add(FrameArrays.BytesOf(plan));
        }

        var slots = new ForecastValue[plan.Slots.Length];
        for (int i = 0; i < arguments.Length; i++)
        {
            slots[plan.Parameters[i]] = arguments[i];
        }

        foreach (int slot in plan.Unread)
        {
            Free(slots, slot);
        }

        for (int i = 0; i < plan.Steps.Length; i++)
        {
            Step step = plan.Steps[i];
            switch (step.Kind)
            {
                case StepKind.Kernel:
                    RunKernels(plan, plan.Steps.AsSpan(i, step.Width), slots);
                    i += step.Width - 1;
                    break;
                case StepKind.Plain:
                    Evaluate(plan, step, slots);
                    break;
                case StepKind.Constant:
                    slots[plan.Links[step.FirstLink]] = new(new(step.Node.Result.Type), Owned: false);
                    break;
                default:
                    FreeAll(slots, plan.Links.AsSpan(step.FirstLink + (plan.Arrays[step.Array].IsView ? 2 : 0), step.FreedCount));
                    break;
            }
        }

        return [.. plan.Results.Select((slot, i) => plan.StandsOnce[i] ? slots[slot] : slots[slot] with { Owned = false })];
    }

    /// <summary>Kernels that run together: memory for all of them comes first, and none goes before all are done.</summary>
    private void RunKernels(Plan plan, ReadOnlySpan<Step> steps, ForecastValue[] slots)
    {
        var made = new (ForecastMemory[] Memory, ulong Overwritten)[steps.Length];
        for (int i = 0; i < steps.Length; i++)
        {
            arena.Need(steps[i].Kernel!, lane: wide ? i : 0);
            made[i] = Begin(plan, steps[i], slots);
        }

        for (int i = 0; i < steps.Length; i++)
        {
            End(plan, steps[i], slots, made[i].Memory, made[i].Overwritten);
        }
    }

    private (ForecastMemory[] Memory, ulong Overwritten) Begin(Plan plan, Step step, ForecastValue[] slots)
    {
        ReadOnlySpan<int> links = plan.Links.AsSpan(step.FirstLink, 2 * step.InputCount);
        ulong owned = 0;
        for (int i = 0; i < step.InputCount; i++)
        {
            owned |= slots[links[(2 * i) + 1] >> 1].Owned && i < 64 ? 1UL << i : 0;
        }

        ReadOnlySpan<Output> outputs = plan.Outputs.AsSpan(step.FirstOutput, step.OutputCount);
        var made = new ForecastMemory[outputs.Length];
        ulong overwritten = 0;
        for (int i = 0; i < made.Length; i++)
        {
            ulong free = outputs[i].Overwritable & owned & ~overwritten;
            int input = BitOperations.TrailingZeroCount(free);
            overwritten |= free == 0 ? 0 : 1UL << input;
            made[i] = free == 0 ? arena.Rent(outputs[i].Type) : slots[links[(2 * input) + 1] >> 1].Memory;
        }

        return (made, overwritten);
    }

    private void End(Plan plan, Step step, ForecastValue[] slots, ForecastMemory[] made, ulong overwritten)
    {
        ReadOnlySpan<int> links = plan.Links.AsSpan(step.FirstLink, 2 * step.InputCount);
        for (int i = 0; i < step.InputCount; i++)
        {
            int link = links[(2 * i) + 1];
            if ((link & 1) != 0)
            {
                Close(slots, link >> 1, i >= 64 || (overwritten >> i & 1) == 0);
            }
        }

        FreeAll(slots, plan.Links.AsSpan(step.FirstLink + (2 * step.InputCount), step.FreedCount));
        for (int i = 0; i < made.Length; i++)
        {
            Settle(slots, plan.Outputs[step.FirstOutput + i].Slot, new(made[i], Owned: true));
        }
    }

    private void Evaluate(Plan plan, Step step, ForecastValue[] slots)
    {
        ReadOnlySpan<int> links = plan.Links.AsSpan(step.FirstLink, step.OperandCount + step.ResultCount + step.FreedCount);
        var given = new ForecastValue[step.OperandCount];
        for (int i = 0; i < given.Length; i++)
        {
            bool moves = (links[i] & 1) != 0;
            given[i] = moves ? slots[links[i] >> 1] : slots[links[i] >> 1] with { Owned = false };
            if (moves)
            {
                slots[links[i] >> 1] = default;
            }
        }

        ForecastValue[] results = Results(step.Node, given);
        for (int i = 0; i < given.Length; i++)
        {
            SettleShared(results, given[i], (links[i] & 1) == 0 ? links[i] >> 1 : Step.None, slots);
            if (step.Lends && given[i].Owned && Lending.IsLent(step.Node.Primitive, i) && !results.Any(result => result.Memory == given[i].Memory))
            {
                arena.Return(given[i].Memory);
            }
        }

        FreeAll(slots, links[(step.OperandCount + step.ResultCount)..]);
        for (int i = 0; i < results.Length; i++)
        {
            if (links[step.OperandCount + i] >= 0)
            {
                slots[links[step.OperandCount + i]] = results[i];
            }
        }
    }

    private static void SettleShared(ForecastValue[] results, ForecastValue given, int slot, ForecastValue[] slots)
    {
        for (int i = 0; i < results.Length; i++)
        {
            if (!given.Owned && results[i].Memory == given.Memory)
            {
                results[i] = results[i] with { Owned = false };
                if (slot >= 0)
                {
                    slots[slot] = slots[slot] with { Owned = false };
                }
            }
        }
    }

    /// <summary>What evaluation gives: fresh arrays, unless the primitive runs bodies, works in place or changes nothing but a shape.</summary>
    private ForecastValue[] Results(Node node, ForecastValue[] given) => node.Primitive switch
    {
        Reshape or StopGradient => [given[0]],
        StackGet => [new(new(node.Results[0].Type), Owned: false)],
        StackPut or StackAddAt => Stacked(node, given),
        Scan scan => RunScan(scan, given),
        Repeat repeat => RunRepeat(repeat, node, given),
        While loop => RunWhile(loop, given),
        BranchPrimitive branch => RunBranches(branch, given),
        CustomRoot root => Run(root.Solve.Graph, given),
        CustomLinearSolve solve => Run(solve.Solve.Graph, given),
        BodyPrimitive holder when BodiesOf(holder) is [var body, ..] => Run(body, given),
        _ when node.Results.Length == 1 && given.Length > 0 && node.Primitive.MayUpdate(0) && given[0].Owned => [given[0]],
        _ => Fresh(node),
    };

    /// <summary>A stack keeps a copy of an entry that is not given away.</summary>
    private ForecastValue[] Stacked(Node node, ForecastValue[] given)
    {
        if (!given[2].Owned && given[2].Memory.Type is TensorType entry)
        {
            arena.Rent(entry);
        }

        return given[0].Owned ? [given[0]] : Fresh(node);
    }

    private static ForecastValue[] Fresh(Node node) => [.. node.Results.Select(result => new ForecastValue(new(result.Type), Owned: true))];

    private static List<Graph> BodiesOf(Primitive holder)
    {
        var bodies = new List<Graph>();
        holder.MapBodies(body =>
        {
            bodies.Add(body.Graph);
            return body;
        });
        return bodies;
    }

    /// <summary>All branches, one after the other, on operands that none of them gives back: at least what any of them takes.</summary>
    private ForecastValue[] RunBranches(BranchPrimitive branch, ForecastValue[] given)
    {
        ForecastValue[] lent = Lent(given.AsSpan(1));
        ForecastValue[][] found = [.. BodiesOf(branch).Select(body => Run(body, lent))];
        foreach (ForecastValue operand in given.AsSpan(1))
        {
            if (operand.Owned && !found.Any(results => results.Any(result => result.Memory == operand.Memory)))
            {
                arena.Return(operand.Memory);
            }
        }

        return [.. found[^1].Select((result, i) => result with { Owned = found.All(results => results[i].Owned) })];
    }

    private ForecastValue[] RunScan(Scan scan, ForecastValue[] given)
    {
        int firstX = scan.Constants + scan.Carries;
        Graph step = scan.Step.Graph;
        ForecastValue[] ys = [.. step.Results.Skip(scan.Carries).Select(y =>
            new ForecastValue(arena.Rent(y.Tensor with { Shape = y.Tensor.Shape.Insert(0, scan.Length) }), Owned: true))];
        ForecastValue[] carry = Loop(scan.Length, given.AsSpan(scan.Constants, scan.Carries).ToArray(), state =>
        {
            IEnumerable<ForecastValue> rows = step.Parameters.Skip(firstX).Select(x => new ForecastValue(arena.Rent(x.Tensor), Owned: true));
            ForecastValue[] results = Run(step, [.. Lent(given.AsSpan(0, scan.Constants)), .. state, .. rows.ToArray()]);
            foreach (ForecastValue copied in results.Skip(scan.Carries).Where(result => result.Owned))
            {
                arena.Return(copied.Memory);
            }

            return results[..scan.Carries];
        });
        return [.. carry, .. ys];
    }

    private ForecastValue[] RunRepeat(Repeat repeat, Node node, ForecastValue[] given)
    {
        int first = 1 + repeat.Constants;
        long? count = node.Operands[0].Producer?.Primitive is Constant { Value: var value } ? value.AsLong : null;
        return Loop(count, given[first..], state => Run(
            repeat.Step.Graph,
            [new(new(TensorType.Of(DType.I64)), Owned: true), .. Lent(given.AsSpan(1, repeat.Constants)), .. state]));
    }

    private ForecastValue[] RunWhile(While loop, ForecastValue[] given)
    {
        ForecastValue[] fixedOnes = Lent(given.AsSpan(0, loop.Constants));
        return Loop(null, given[loop.Constants..], state =>
        {
            ForecastValue holds = Run(loop.Condition.Graph, [.. fixedOnes, .. Lent(state)])[0];
            if (holds.Owned)
            {
                arena.Return(holds.Memory);
            }

            return Run(loop.Step.Graph, [.. fixedOnes, .. state]);
        });
    }

    /// <summary>
    /// Follows a few steps; the others add what the last of these has added. Arrays that steps bring from elsewhere serve later values: of a loop
    /// of unknown length none may have come, so what they save counts on top.
    /// </summary>
    private ForecastValue[] Loop(long? count, ForecastValue[] carry, Func<ForecastValue[], ForecastValue[]> step)
    {
        long added = 0;
        long adopted = arena.AdoptedBytes;
        for (int i = 0; i < Math.Min(count ?? Followed, Followed); i++)
        {
            long before = arena.Bytes;
            carry = step(carry);
            added = arena.Bytes - before;
        }

        if (count > Followed)
        {
            arena.Add(added * (count.Value - Followed));
        }

        perStep += count is null ? added : 0;
        unsure += count is null ? arena.AdoptedBytes - adopted : 0;
        return carry;
    }

    private static ForecastValue[] Lent(ReadOnlySpan<ForecastValue> values)
    {
        ForecastValue[] lent = values.ToArray();
        for (int i = 0; i < lent.Length; i++)
        {
            lent[i] = lent[i] with { Owned = false };
        }

        return lent;
    }

    private void Settle(ForecastValue[] slots, int slot, ForecastValue value)
    {
        if (slot >= 0)
        {
            slots[slot] = value;
        }
        else
        {
            arena.Return(value.Memory);
        }
    }

    private void FreeAll(ForecastValue[] slots, ReadOnlySpan<int> freed)
    {
        foreach (int slot in freed)
        {
            Free(slots, slot);
        }
    }

    private void Free(ForecastValue[] slots, int slot) => Close(slots, slot, reuse: true);

    private void Close(ForecastValue[] slots, int slot, bool reuse)
    {
        if (reuse && slots[slot].Owned)
        {
            arena.Return(slots[slot].Memory);
        }

        slots[slot] = default;
    }
}
