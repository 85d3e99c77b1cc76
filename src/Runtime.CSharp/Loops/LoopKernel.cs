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
    private readonly ImmutableArray<(int Operand, int Result)> overwritten;
    private readonly ImmutableArray<int> working;
    private readonly bool hasScratch;

    /// <summary>The kernel of a program.</summary>
    /// <param name="program">What it does.</param>
    /// <param name="engine">What makes it ready.</param>
    /// <param name="overwritten">Which results may lie in which operands' memory, besides those updated in place: each element is read before its place is written.</param>
    internal LoopKernel(LoopProgram program, ILoopEngine engine, params ImmutableArray<(int Operand, int Result)> overwritten)
    {
        this.program = program;
        this.engine = engine.Name;
        this.overwritten = overwritten;
        code = engine.Compile(program);
        working = [.. program.Buffers.Where(buffer => buffer.Kind >= LoopBufferKind.Scratch).Select(buffer => buffer.Number)];
        hasScratch = program.Buffers.Any(buffer => buffer.Kind == LoopBufferKind.Scratch);
    }

    /// <summary>How many instructions the program has, about.</summary>
    internal int Instructions => program.ValueCount;

    /// <summary>Whether the program has failures of its own.</summary>
    internal bool MayFail => !program.Failures.IsEmpty;

    /// <inheritdoc/>
    public override IEnumerable<ScratchNeed> ScratchNeeds =>
        working.Select(number => new ScratchNeed(number, program.Buffers[number].Type, program.Buffers[number].Length));

    /// <inheritdoc/>
    public override void Run(ReadOnlySpan<NDArray> operands, ReadOnlySpan<NDArray> results, KernelContext context)
    {
        NDArray[] buffers = context.Table(program.Buffers.Length);
        Bind(operands, results, context, buffers);
        for (int phase = 0; phase < program.Phases.Length; phase++)
        {
            if (program.Phases[phase].Tiles == 1)
            {
                Finish(code.Run(phase, 0, 1, buffers, context.Cancellation), buffers, context);
            }
            else if (program.Phases[phase].Tiles > 1)
            {
                RunTiles(phase, buffers, context);
            }
        }

        KeepStacks(buffers, context);
        Array.Clear(buffers);
    }

    /// <inheritdoc/>
    public override bool MayOverwrite(int operand, int result) =>
        overwritten.Contains((operand, result)) || Updated(operand, result);

    /// <inheritdoc/>
    public override string Describe() => $"{engine} {program}".TrimEnd();

    private bool Updated(int operand, int result)
    {
        (int nextOperand, int nextResult) = (0, 0);
        foreach (LoopBuffer buffer in program.Buffers)
        {
            if (buffer.Kind == LoopBufferKind.InOut && nextOperand == operand && nextResult == result)
            {
                return true;
            }

            nextOperand += buffer.Kind is LoopBufferKind.Input or LoopBufferKind.InOut ? 1 : 0;
            nextResult += buffer.Kind is LoopBufferKind.Output or LoopBufferKind.InOut ? 1 : 0;
        }

        return false;
    }

    private void Bind(ReadOnlySpan<NDArray> operands, ReadOnlySpan<NDArray> results, KernelContext context, NDArray[] buffers)
    {
        (int operand, int result) = (0, 0);
        foreach (LoopBuffer buffer in program.Buffers)
        {
            buffers[buffer.Number] = buffer.Kind switch
            {
                LoopBufferKind.Input => operands[operand++],
                LoopBufferKind.Output => results[result++],
                LoopBufferKind.InOut => Updatable(operands[operand++], results[result++]),
                _ => context.Scratch(buffer.Number, buffer.Type, checked((int)buffer.Length)),
            };
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

    private void RunTiles(int phase, NDArray[] buffers, KernelContext context)
    {
        long tiles = program.Phases[phase].Tiles;
        int jobs = (int)Math.Min(tiles, int.MaxValue);
        context.Parallel.For(jobs, job =>
        {
            long first = Share(tiles, job, jobs);
            long last = Share(tiles, job + 1, jobs);
            context.ThrowIfCancelled();
            Finish(hasScratch ? RunApart(phase, first, last, buffers, context) : code.Run(phase, first, last, buffers, context.Cancellation), buffers, context);
        });
    }

    /// <summary>Where the part of a job begins when tiles are shared out.</summary>
    private static long Share(long tiles, int job, int jobs) => (long)((Int128)tiles * job / jobs);

    /// <summary>Runs tiles with working memory of their own.</summary>
    private int RunApart(int phase, long first, long last, NDArray[] buffers, KernelContext context)
    {
        WorkingMemory memory = context.RentTileMemory();
        NDArray[] own = memory.Table(buffers.Length);
        buffers.CopyTo(own, 0);
        foreach (int number in working)
        {
            LoopBuffer buffer = program.Buffers[number];
            own[number] = buffer.Kind == LoopBufferKind.Scratch ? memory.Get(number, buffer.Type, (int)buffer.Length) : own[number];
        }

        int status = code.Run(phase, first, last, own, context.Cancellation);
        Array.Clear(own);
        context.ReturnTileMemory(memory);
        return status;
    }

    /// <summary>A stack that has grown stays as large for later runs.</summary>
    private void KeepStacks(NDArray[] buffers, KernelContext context)
    {
        foreach (int number in working)
        {
            LoopBuffer buffer = program.Buffers[number];
            if (buffer.Kind == LoopBufferKind.Stack && buffers[number].Size > buffer.Length)
            {
                context.Scratch(number, buffer.Type, buffers[number].Size);
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
