using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Loops;

namespace Adjoint.Execute;

/// <summary>The slots of one plan while it runs. Kept by an <see cref="Interpreter"/> for the next run of the same graph.</summary>
internal sealed class Frame
{
    private readonly Plan plan;
    private readonly Interpreter interpreter;
    private readonly Held[] slots;
    private readonly BufferList?[] buffers;
    private readonly Held[] operands;
    private readonly FrameArrays arrays;
    private readonly Lanes lanes;
    private readonly ulong[] overwrittenBeside;

    /// <summary>A frame of a plan, or of the one for several threads where there is one.</summary>
    internal Frame(Plan whole, bool isWide, Interpreter interpreter)
    {
        HasTwin = whole.Wide is not null;
        IsWide = isWide && HasTwin;
        plan = IsWide ? whole.Wide! : whole;
        this.interpreter = interpreter;
        slots = new Held[plan.Slots.Length];
        buffers = [.. plan.Slots.Select(type => type is null ? null : interpreter.Arena.List(type.DType, type.Shape.Size))];
        operands = new Held[plan.MostOperands];
        arrays = new(plan);
        lanes = new(interpreter, plan.Steps, arrays.Wires);
        overwrittenBeside = new ulong[plan.MostTogether];
        interpreter.Arena.Add(arrays.Bytes);
    }

    /// <summary>Whether there is one plan for a thread alone and another for several.</summary>
    internal bool HasTwin { get; }

    /// <summary>Whether it runs kernels side by side.</summary>
    internal bool IsWide { get; }

    /// <summary>The graph that it runs.</summary>
    internal Graph Graph => plan.Graph;

    /// <summary>The bytes of its blocks.</summary>
    internal long Bytes => arrays.Bytes;

    /// <summary>Whether a run of this frame has not ended.</summary>
    internal bool IsBusy { get; private set; }

    /// <summary>Runs the plan; the results stand in the slots until they are taken.</summary>
    /// <param name="arguments">One for each parameter; an owned one is given away.</param>
    /// <param name="targets">Arrays that the results may be written into, or none.</param>
    internal void Run(ReadOnlySpan<Held> arguments, ReadOnlySpan<NDArray> targets)
    {
        IsBusy = true;
        for (int i = 0; i < arguments.Length; i++)
        {
            slots[plan.Parameters[i]] = arguments[i];
        }

        FreeAll(plan.Unread);
        Walk(targets);
    }

    /// <summary>The same with arguments that are only read.</summary>
    internal void RunReading(ReadOnlySpan<HostValue> arguments, ReadOnlySpan<NDArray> targets)
    {
        IsBusy = true;
        int[] parameters = plan.Parameters;
        for (int i = 0; i < arguments.Length; i++)
        {
            slots[parameters[i]] = new(arguments[i], Owned: false);
        }

        FreeAll(plan.Unread);
        Walk(targets);
    }

    /// <summary>Whether the plan is one kernel, which takes arguments and gives results as they are.</summary>
    internal bool IsDirect => plan.Direct.Length > 0;

    /// <summary>Runs a plan of one kernel from arguments into targets, which share no memory.</summary>
    internal void RunDirect(ReadOnlySpan<HostValue> arguments, ReadOnlySpan<NDArray> targets)
    {
        ref readonly Step step = ref plan.Steps[0];
        NDArray[] wires = arrays.Wires;
        int[] direct = plan.Direct;
        for (int i = 0; i < step.OperandCount; i++)
        {
            if (direct[i] >= 0)
            {
                wires[i] = Unsafe.As<NDArray>(arguments[direct[i]]);
            }
        }

        for (int i = step.OperandCount; i < direct.Length; i++)
        {
            wires[i] = targets[direct[i]];
        }

        RunAlone(in step, wires);
        for (int i = 0; i < direct.Length; i++)
        {
            if (direct[i] >= 0)
            {
                wires[i] = null!;
            }
        }
    }

    /// <summary>Runs a plan of one kernel into fresh arrays.</summary>
    internal NDArray[] RunDirect(ReadOnlySpan<HostValue> arguments)
    {
        var results = new NDArray[Graph.Results.Length];
        long bytes = 0;
        for (int i = 0; i < results.Length; i++)
        {
            TensorType type = Graph.Results[i].Tensor;
            results[i] = new(type.DType, type.Shape, type.DType.NewArray(type.Shape.Size, zero: false));
            bytes += (long)results[i].Size * type.DType.Size();
        }

        interpreter.Arena.Add(bytes);
        RunDirect(arguments, results);
        interpreter.Arena.Add(-bytes);
        return results;
    }

    private void RunAlone(ref readonly Step step, NDArray[] wires)
    {
        try
        {
            interpreter.ThrowIfCancelled();
            step.Kernel!.RunIn(wires, step.OperandCount, interpreter);
            interpreter.CountElements(step.Elements);
        }
        catch (AdjointException error) when (RunErrors.Locate(error, plan.Steps[0].Node))
        {
            throw;
        }
        catch (Exception error) when (RunErrors.IsInternal(error))
        {
            throw RunErrors.Internal(error, plan.Steps[0].Node);
        }
    }

    /// <summary>A result: owned only if it stands once among the results.</summary>
    internal Held Result(int index)
    {
        Held held = slots[plan.Results[index]];
        return plan.StandsOnce[index] ? held : held with { Owned = false };
    }

    /// <summary>A result that leaves for good, as memory of its own.</summary>
    internal HostValue Leave(int index)
    {
        Held held = Result(index);
        interpreter.Arena.HasLeft |= held.Value is HostStack;
        if (!held.Owned)
        {
            return held.Value is NDArray array ? array.Copy() : held.Stack.Copy();
        }

        if (held.Value is NDArray leaving)
        {
            buffers[plan.Results[index]]!.Leave(leaving);
        }

        return held.Value;
    }

    /// <summary>Makes every result one that is owned, so that writing elsewhere does not change it.</summary>
    internal void KeepResults()
    {
        foreach (int slot in plan.Results)
        {
            slots[slot] = Held.New(slots[slot].Writable());
        }
    }

    /// <summary>Gives the memory of results that are owned back to the arena.</summary>
    internal void FreeResults()
    {
        foreach (int slot in plan.Results)
        {
            Free(slot);
        }
    }

    /// <summary>Forgets the results and waits for the next run.</summary>
    internal void End()
    {
        foreach (int slot in plan.Results)
        {
            slots[slot] = default;
        }

        IsBusy = false;
    }

    /// <summary>Forgets everything that was read.</summary>
    internal void Forget()
    {
        operands.AsSpan().Clear();
        arrays.Forget();
    }

    private void Walk(ReadOnlySpan<NDArray> targets)
    {
        Step[] steps = plan.Steps;
        CancellationToken cancellation = interpreter.Cancellation;
        Profile? profile = interpreter.Profile;
        int at = 0;
        try
        {
            for (; at < steps.Length; at++)
            {
                if (cancellation.IsCancellationRequested)
                {
                    interpreter.ThrowIfCancelled();
                }

                if (steps[at].Width > 1)
                {
                    RunTogether(at, steps[at].Width, targets);
                    at += steps[at].Width - 1;
                }
                else if (profile is null)
                {
                    Take(in steps[at], targets);
                }
                else
                {
                    long begin = Stopwatch.GetTimestamp();
                    Take(in steps[at], targets);
                    profile.Add(in steps[at], begin, Stopwatch.GetTimestamp());
                }
            }
        }
        catch (AdjointException error) when (RunErrors.Locate(error, steps[at].Node))
        {
            throw;
        }
        catch (Exception error) when (RunErrors.IsInternal(error))
        {
            throw RunErrors.Internal(error, steps[at].Node);
        }
    }

    private void Take(ref readonly Step step, ReadOnlySpan<NDArray> targets)
    {
        switch (step.Kind)
        {
            case StepKind.Kernel: RunKernel(in step, targets); break;
            case StepKind.Plain: Evaluate(in step); break;
            case StepKind.View: Point(in step); break;
            default: slots[plan.Links[step.FirstLink]] = new(arrays[step.Array], Owned: false); break;
        }
    }

    private void RunKernel(ref readonly Step step, ReadOnlySpan<NDArray> targets)
    {
        ulong overwritten = step.InputCount + step.OutputCount > 0 ? Connect(in step, targets) : 0;
        var given = new ReadOnlySpan<NDArray>(arrays.Wires, step.FirstWire, step.OperandCount);
        var results = new ReadOnlySpan<NDArray>(arrays.Wires, step.FirstWire + step.OperandCount, step.ResultCount);
        if (interpreter.Arena.Spoil)
        {
            FrameArrays.Spoil(given, results);
        }

        step.Kernel!.Run(given, results, interpreter);
        interpreter.CountElements(step.Elements);
        if (step.InputCount + step.OutputCount + step.FreedCount > 0)
        {
            Disconnect(in step, overwritten);
        }
    }

    /// <summary>Runs kernels side by side; slots and memory are seen to before and after.</summary>
    private void RunTogether(int first, int count, ReadOnlySpan<NDArray> targets)
    {
        ReadOnlySpan<Step> steps = plan.Steps.AsSpan(first, count);
        for (int i = 0; i < count; i++)
        {
            overwrittenBeside[i] = Connect(in steps[i], targets);
            if (interpreter.Arena.Spoil)
            {
                FrameArrays.Spoil(
                    new(arrays.Wires, steps[i].FirstWire, steps[i].OperandCount),
                    new(arrays.Wires, steps[i].FirstWire + steps[i].OperandCount, steps[i].ResultCount));
            }
        }

        lanes.Run(first, count);
        for (int i = 0; i < count; i++)
        {
            interpreter.CountElements(steps[i].Elements);
            Disconnect(in steps[i], overwrittenBeside[i]);
        }
    }

    /// <summary>Puts in what stands in slots, and finds arrays for results that will. Returns the inputs in whose memory results lie.</summary>
    private ulong Connect(ref readonly Step step, ReadOnlySpan<NDArray> targets)
    {
        NDArray[] wires = arrays.Wires;
        ReadOnlySpan<int> links = plan.Links.AsSpan(step.FirstLink, 2 * step.InputCount);
        ulong owned = 0;
        for (int i = 0; i < step.InputCount; i++)
        {
            ref Held held = ref slots[links[(2 * i) + 1] >> 1];
            wires[step.FirstWire + links[2 * i]] = Unsafe.As<NDArray>(held.Value);
            owned |= held.Owned && i < 64 ? 1UL << i : 0;
        }

        ulong overwritten = 0;
        foreach (ref readonly Output output in plan.Outputs.AsSpan(step.FirstOutput, step.OutputCount))
        {
            ref NDArray wire = ref wires[step.FirstWire + step.OperandCount + output.Result];
            ulong free = output.Overwritable & owned & ~overwritten;
            if (output.GraphResult >= 0 && output.GraphResult < targets.Length)
            {
                wire = targets[output.GraphResult];
            }
            else if (free != 0)
            {
                int input = BitOperations.TrailingZeroCount(free);
                overwritten |= 1UL << input;
                wire = Shaped(wires[step.FirstWire + links[2 * input]], output.Type.Shape);
            }
            else
            {
                wire = output.Slot >= 0 ? buffers[output.Slot]!.Rent(output.Type.Shape) : interpreter.NewArray(output.Type.DType, output.Type.Shape);
            }
        }

        return overwritten;
    }

    /// <summary>Takes out what stands in slots: inputs that move are free, results stand in theirs.</summary>
    private void Disconnect(ref readonly Step step, ulong overwritten)
    {
        NDArray[] wires = arrays.Wires;
        ReadOnlySpan<int> links = plan.Links.AsSpan(step.FirstLink, 2 * step.InputCount);
        for (int i = 0; i < step.InputCount; i++)
        {
            wires[step.FirstWire + links[2 * i]] = null!;
            if ((links[(2 * i) + 1] & 1) != 0)
            {
                Close(links[(2 * i) + 1] >> 1, i >= 64 || (overwritten >> i & 1) == 0);
            }
        }

        FreeAll(plan.Links.AsSpan(step.FirstLink + (2 * step.InputCount), step.FreedCount));
        foreach (ref readonly Output output in plan.Outputs.AsSpan(step.FirstOutput, step.OutputCount))
        {
            ref NDArray wire = ref wires[step.FirstWire + step.OperandCount + output.Result];
            if (output.Slot >= 0)
            {
                slots[output.Slot] = new(wire, Owned: true);
            }
            else
            {
                interpreter.Arena.List(wire.Type, wire.Size).Return(wire);
            }

            wire = null!;
        }
    }

    /// <summary>Has a view show what now stands in a slot.</summary>
    private void Point(ref readonly Step step)
    {
        if (step.FreedCount > 0 && !plan.Arrays[step.Array].IsView)
        {
            FreeAll(plan.Links.AsSpan(step.FirstLink, step.FreedCount));
            return;
        }

        NDArray whole = slots[plan.Links[step.FirstLink]].Array;
        arrays[step.Array].Point(whole.Storage, whole.Start + plan.Links[step.FirstLink + 1]);
        FreeAll(plan.Links.AsSpan(step.FirstLink + 2, step.FreedCount));
    }

    private void Evaluate(ref readonly Step step)
    {
        ReadOnlySpan<int> links = plan.Links.AsSpan(step.FirstLink, step.OperandCount + step.ResultCount + step.FreedCount);
        Span<Held> given = operands.AsSpan(0, step.OperandCount);
        for (int i = 0; i < given.Length; i++)
        {
            ref Held held = ref slots[links[i] >> 1];
            if ((links[i] & 1) != 0)
            {
                given[i] = held;
                held = default;
            }
            else
            {
                given[i] = held with { Owned = false };
            }
        }

        Held[] results = step.Node.Primitive.Evaluate(given, interpreter);
        if (results.Length != step.ResultCount)
        {
            throw new InvalidOperationException($"{results.Length} results were given where {step.ResultCount} were promised.");
        }

        SettleShared(results, given, links);
        if (step.Lends)
        {
            FreeMoved(step.Node.Primitive, given, results, links);
        }

        given.Clear();
        FreeAll(links[(step.OperandCount + step.ResultCount)..]);
        for (int i = 0; i < results.Length; i++)
        {
            int slot = links[step.OperandCount + i];
            if (slot >= 0)
            {
                slots[slot] = results[i];
            }
        }
    }

    /// <summary>A result that shares memory with an operand that was not given away: from now on nobody owns either.</summary>
    private void SettleShared(Span<Held> results, ReadOnlySpan<Held> given, ReadOnlySpan<int> links)
    {
        foreach (ref Held result in results)
        {
            object memory = Memory(result.Value);
            for (int i = 0; i < given.Length; i++)
            {
                if (!given[i].Owned && ReferenceEquals(Memory(given[i].Value), memory))
                {
                    result = result with { Owned = false };
                    if ((links[i] & 1) == 0)
                    {
                        ref Held operand = ref slots[links[i] >> 1];
                        operand = operand with { Owned = false };
                    }
                }
            }
        }
    }

    private void FreeMoved(Primitive primitive, ReadOnlySpan<Held> given, ReadOnlySpan<Held> results, ReadOnlySpan<int> links)
    {
        for (int i = 0; i < given.Length; i++)
        {
            if (given[i].Owned && given[i].Value is NDArray array && Lending.IsLent(primitive, i) && !Shares(array.Storage, results))
            {
                buffers[links[i] >> 1]!.Return(array);
            }
        }
    }

    private static bool Shares(Array memory, ReadOnlySpan<Held> results)
    {
        foreach (ref readonly Held result in results)
        {
            if (ReferenceEquals(memory, Memory(result.Value)))
            {
                return true;
            }
        }

        return false;
    }

    private void FreeAll(ReadOnlySpan<int> freed)
    {
        foreach (int slot in freed)
        {
            Free(slot);
        }
    }

    private void Free(int slot) => Close(slot, true);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Close(int slot, bool reuse)
    {
        ref Held held = ref slots[slot];
        if (reuse && held.Owned && buffers[slot] is { } list)
        {
            list.Return(Unsafe.As<NDArray>(held.Value));
        }

        held = default;
    }

    private static object Memory(HostValue value) => value is NDArray array ? array.Storage : value;

    private static NDArray Shaped(NDArray array, Shape shape) =>
        ReferenceEquals(array.Shape, shape) || array.Shape.Equals(shape) ? array : array.Reshaped(shape);
}
