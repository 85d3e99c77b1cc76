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
    private readonly NDArray[] arrays;
    private readonly NDArray[] kernelResults;

    internal Frame(Plan plan, Interpreter interpreter)
    {
        this.plan = plan;
        this.interpreter = interpreter;
        slots = new Held[plan.Slots.Length];
        buffers = [.. plan.Slots.Select(type => type is null ? null : interpreter.Arena.List(type.DType, type.Shape.Size))];
        operands = new Held[plan.MostOperands];
        arrays = new NDArray[plan.MostOperands];
        kernelResults = new NDArray[plan.MostResults];
    }

    /// <summary>The graph that it runs.</summary>
    internal Graph Graph => plan.Graph;

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

        foreach (int slot in plan.Unread)
        {
            Free(slot);
        }

        Walk(targets);
    }

    /// <summary>A result: owned only if it stands once among the results.</summary>
    internal Held Result(int index)
    {
        Held held = slots[plan.Results[index]];
        return plan.StandsOnce[index] ? held : held with { Owned = false };
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
        Array.Clear(operands);
        Array.Clear(arrays);
        Array.Clear(kernelResults);
    }

    private void Walk(ReadOnlySpan<NDArray> targets)
    {
        Step[] steps = plan.Steps;
        bool kernels = interpreter.UsesKernels;
        CancellationToken cancellation = interpreter.Cancellation;
        int at = 0;
        try
        {
            for (; at < steps.Length; at++)
            {
                if (cancellation.IsCancellationRequested)
                {
                    Interpreter.ThrowCancelled(cancellation);
                }

                ref readonly Step step = ref steps[at];
                if (step.Constant is not null)
                {
                    slots[plan.Links[step.FirstLink]] = new(step.Constant, Owned: false);
                }
                else if (kernels && step.Kernel is { } kernel)
                {
                    RunKernel(in step, kernel, targets);
                }
                else
                {
                    Evaluate(in step);
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

    private void RunKernel(ref readonly Step step, Kernel kernel, ReadOnlySpan<NDArray> targets)
    {
        ReadOnlySpan<int> links = plan.Links.AsSpan(step.FirstLink, step.OperandCount + step.ResultCount + step.FreedCount);
        ulong owned = 0;
        for (int i = 0; i < step.OperandCount; i++)
        {
            ref Held held = ref slots[links[i] >> 1];
            arrays[i] = Unsafe.As<NDArray>(held.Value);
            owned |= held.Owned && i < 64 ? 1UL << i : 0;
        }

        ulong overwritten = 0;
        for (int i = 0; i < step.ResultCount; i++)
        {
            kernelResults[i] = Place(in step.Targets[i], links[step.OperandCount + i], owned & ~overwritten, targets, ref overwritten);
        }

        kernel.Run(arrays.AsSpan(0, step.OperandCount), kernelResults.AsSpan(0, step.ResultCount), interpreter);
        for (int i = 0; i < step.OperandCount; i++)
        {
            if ((links[i] & 1) != 0)
            {
                Close(links[i] >> 1, i >= 64 || (overwritten >> i & 1) == 0);
            }
        }

        FreeAll(links[(step.OperandCount + step.ResultCount)..]);
        for (int i = 0; i < step.ResultCount; i++)
        {
            interpreter.CountElements(kernelResults[i].Size);
            Settle(kernelResults[i], links[step.OperandCount + i]);
        }
    }

    /// <summary>The array for a result: the caller's, an operand's, or one that is free.</summary>
    private NDArray Place(ref readonly Target target, int slot, ulong owned, ReadOnlySpan<NDArray> targets, ref ulong overwritten)
    {
        if (target.GraphResult >= 0 && target.GraphResult < targets.Length)
        {
            return targets[target.GraphResult];
        }

        ulong free = target.Overwritable & owned;
        if (free == 0)
        {
            return slot >= 0 ? buffers[slot]!.Rent(target.Shape) : interpreter.NewArray(target.Type, target.Shape);
        }

        int operand = BitOperations.TrailingZeroCount(free);
        overwritten |= 1UL << operand;
        return Shaped(arrays[operand], target.Shape);
    }

    private void Settle(NDArray result, int slot)
    {
        if (slot >= 0)
        {
            slots[slot] = new(result, Owned: true);
        }
        else
        {
            interpreter.Arena.List(result.Type, result.Size).Return(result);
        }
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
        if (step.KeepsNothing)
        {
            FreeMoved(given, results[0].Value, links);
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

    private void FreeMoved(ReadOnlySpan<Held> given, HostValue result, ReadOnlySpan<int> links)
    {
        for (int i = 0; i < given.Length; i++)
        {
            if (given[i].Owned && given[i].Value is NDArray array && !ReferenceEquals(array.Storage, Memory(result)))
            {
                buffers[links[i] >> 1]!.Return(array);
            }
        }
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
