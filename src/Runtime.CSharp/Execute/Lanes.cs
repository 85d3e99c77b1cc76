using System.Diagnostics;
using Adjoint.Core;
using Adjoint.Kernels;
using Adjoint.Loops;

namespace Adjoint.Execute;

/// <summary>Kernels of a plan that run together, each in a context of its own; kept by the frame, so that a run allocates nothing.</summary>
internal sealed class Lanes(Interpreter run, Step[] steps, NDArray[] wires) : TileWork
{
    private int begin;

    /// <summary>Runs so many steps from one on, whose operands and results stand among the wires; on one thread, one after another.</summary>
    internal void Run(int first, int count)
    {
        begin = first;
        if (run.Parallel is WorkerPool { Threads: > 1 } pool)
        {
            run.PrepareLanes(count);
            pool.RunLanes(count, this);
        }
        else
        {
            for (int lane = 0; lane < count; lane++)
            {
                Run(in steps[begin + lane], run);
            }
        }
    }

    /// <inheritdoc/>
    internal override void Run(long first, long last)
    {
        for (long lane = first; lane < last; lane++)
        {
            Run(in steps[begin + lane], run.Lane((int)lane));
        }
    }

    private void Run(ref readonly Step step, KernelContext context)
    {
        long start = run.Profile is null ? 0 : Stopwatch.GetTimestamp();
        try
        {
            context.ThrowIfCancelled();
            step.Kernel!.Run(
                new(wires, step.FirstWire, step.OperandCount), new(wires, step.FirstWire + step.OperandCount, step.ResultCount), context);
        }
        catch (AdjointException error) when (RunErrors.Locate(error, step.Node))
        {
            throw;
        }
        catch (Exception error) when (RunErrors.IsInternal(error))
        {
            throw RunErrors.Internal(error, step.Node);
        }

        run.Profile?.Add(in step, start, Stopwatch.GetTimestamp());
    }
}
