using System.Collections.Immutable;
using Adjoint.Core;

namespace Adjoint.Loops;

/// <summary>Runs a program of the loop language, made ready by an engine, on arrays.</summary>
/// <remarks>
/// Operands are the buffers of kind input and in-out, results those of kind output and in-out, both in the order of their numbers. Where an
/// operand that is updated in place may not be overwritten, it is copied first.
/// </remarks>
internal sealed class LoopKernel : Kernel
{
    private readonly LoopProgram program;
    private readonly LoopCode code;
    private readonly string engine;
    private readonly HashSet<(int Operand, int Result)> overwritten;
    private readonly LoopBuffer[] working;
    private readonly LoopBuffer[] stacks;
    private readonly long[] tiles;
    private readonly bool hasScratch;
    private readonly bool isPlain;

    /// <summary>The kernel of a program.</summary>
    /// <param name="program">What it does.</param>
    /// <param name="engine">What makes it ready.</param>
    /// <param name="overwritten">Which results may lie in which operands' memory, besides those updated in place: each element is read before its place is written.</param>
    internal LoopKernel(LoopProgram program, ILoopEngine engine, params ImmutableArray<(int Operand, int Result)> overwritten)
    {
        this.program = program;
        this.engine = engine.Name;
        this.overwritten = [.. overwritten, .. Updated(program)];
        code = engine.Compile(program);
        working = [.. program.Buffers.Where(buffer => buffer.Kind >= LoopBufferKind.Scratch)];
        stacks = [.. program.Buffers.Where(buffer => buffer.Kind == LoopBufferKind.Stack)];
        tiles = [.. program.Phases.Select(phase => phase.Tiles)];
        hasScratch = program.Buffers.Any(buffer => buffer.Kind == LoopBufferKind.Scratch);
        isPlain = !program.Buffers.Any(buffer => buffer.Kind == LoopBufferKind.InOut)
            && program.Buffers.SequenceEqual(program.Buffers.OrderBy(buffer => Math.Min((int)buffer.Kind, (int)LoopBufferKind.Scratch)));
    }

    /// <summary>How many instructions the program has, about.</summary>
    internal int Instructions => program.ValueCount;

    /// <inheritdoc/>
    internal override bool Grows => program.Buffers.Any(buffer => buffer.Kind == LoopBufferKind.Stack);

    /// <summary>Whether the program has failures of its own.</summary>
    internal bool MayFail => !program.Failures.IsEmpty;

    /// <inheritdoc/>
    public override IEnumerable<ScratchNeed> ScratchNeeds =>
        working.Select(buffer => new ScratchNeed(buffer.Number, buffer.Type, buffer.Length));

    /// <inheritdoc/>
    public override void Run(ReadOnlySpan<NDArray> operands, ReadOnlySpan<NDArray> results, KernelContext context)
    {
        NDArray[] buffers = context.Table(program.Buffers.Length);
        if (isPlain)
        {
            BindInOrder(operands, results, buffers);
        }
        else
        {
            Bind(operands, results, buffers);
        }

        foreach (LoopBuffer buffer in working)
        {
            int length = checked((int)buffer.Length);
            buffers[buffer.Number] = buffer.Kind == LoopBufferKind.Stack
                ? context.Stack(buffer.Number, buffer.Type, length)
                : context.Scratch(buffer.Number, buffer.Type, length);
        }

        RunPhases(buffers, context);
        KeepStacks(buffers, context);
        buffers.AsSpan().Clear();
    }

    /// <inheritdoc/>
    internal override void RunIn(NDArray[] table, int operands, KernelContext context)
    {
        if (isPlain && working.Length == 0)
        {
            RunPhases(table, context);
        }
        else
        {
            base.RunIn(table, operands, context);
        }
    }

    private void RunPhases(NDArray[] buffers, KernelContext context)
    {
        for (int phase = 0; phase < tiles.Length; phase++)
        {
            if (tiles[phase] == 1)
            {
                Finish(code.Run(phase, 0, 1, buffers, context.Cancellation), buffers, context);
            }
            else if (tiles[phase] > 1)
            {
                context.RunTiles(this, phase, buffers, tiles[phase]);
            }
        }
    }

    /// <summary>Runs some tiles of a phase, on any thread.</summary>
    internal void RunTiles(int phase, long first, long last, NDArray[] buffers, KernelContext context)
    {
        context.ThrowIfCancelled();
        int status = hasScratch
            ? RunApart(phase, first, last, buffers, context)
            : code.Run(phase, first, last, buffers, context.Cancellation);
        Finish(status, buffers, context);
    }

    /// <inheritdoc/>
    public override bool MayOverwrite(int operand, int result) => overwritten.Contains((operand, result));

    /// <inheritdoc/>
    public override string Describe() => $"{engine} {program}".TrimEnd();

    private static IEnumerable<(int Operand, int Result)> Updated(LoopProgram program)
    {
        (int operand, int result) = (0, 0);
        foreach (LoopBuffer buffer in program.Buffers)
        {
            if (buffer.Kind == LoopBufferKind.InOut)
            {
                yield return (operand, result);
            }

            operand += buffer.Kind is LoopBufferKind.Input or LoopBufferKind.InOut ? 1 : 0;
            result += buffer.Kind is LoopBufferKind.Output or LoopBufferKind.InOut ? 1 : 0;
        }
    }

    private static void BindInOrder(ReadOnlySpan<NDArray> operands, ReadOnlySpan<NDArray> results, NDArray[] buffers)
    {
        for (int i = 0; i < operands.Length; i++)
        {
            buffers[i] = operands[i];
        }

        for (int i = 0; i < results.Length; i++)
        {
            buffers[operands.Length + i] = results[i];
        }
    }

    private void Bind(ReadOnlySpan<NDArray> operands, ReadOnlySpan<NDArray> results, NDArray[] buffers)
    {
        (int operand, int result) = (0, 0);
        foreach (LoopBuffer buffer in program.Buffers)
        {
            if (buffer.Kind < LoopBufferKind.Scratch)
            {
                buffers[buffer.Number] = buffer.Kind switch
                {
                    LoopBufferKind.Input => operands[operand++],
                    LoopBufferKind.Output => results[result++],
                    _ => Updatable(operands[operand++], results[result++]),
                };
            }
        }
    }

    private static NDArray Updatable(NDArray operand, NDArray result)
    {
        if (!ReferenceEquals(operand.Storage, result.Storage) || operand.Start != result.Start)
        {
            Array.Copy(operand.Storage, operand.Start, result.Storage, result.Start, operand.Size);
        }

        return result;
    }

    /// <summary>Runs tiles with working memory of their own.</summary>
    private int RunApart(int phase, long first, long last, NDArray[] buffers, KernelContext context)
    {
        WorkingMemory memory = context.RentTileMemory();
        NDArray[] own = memory.Table(buffers.Length);
        buffers.CopyTo(own, 0);
        foreach (LoopBuffer buffer in working)
        {
            if (buffer.Kind == LoopBufferKind.Scratch)
            {
                own[buffer.Number] = memory.Get(buffer.Number, buffer.Type, (int)buffer.Length);
            }
        }

        int status = code.Run(phase, first, last, own, context.Cancellation);
        Array.Clear(own);
        context.ReturnTileMemory(memory);
        return status;
    }

    /// <summary>A stack that has grown stays as large for later runs.</summary>
    private void KeepStacks(NDArray[] buffers, KernelContext context)
    {
        foreach (LoopBuffer buffer in stacks)
        {
            if (buffers[buffer.Number].Size > buffer.Length)
            {
                context.Scratch(buffer.Number, buffer.Type, buffers[buffer.Number].Size);
            }
        }
    }

    private void Finish(int status, NDArray[] buffers, KernelContext context)
    {
        if (status == LoopCode.Cancelled)
        {
            context.ThrowIfCancelled();
            throw new OperationCanceledException();
        }

        if (status != LoopCode.Done)
        {
            LoopFailure failure = program.Failures[status];
            throw failure.Error(failure.IsTold ? buffers[program.Fault!.Number].At(0).AsLong : null);
        }
    }
}
