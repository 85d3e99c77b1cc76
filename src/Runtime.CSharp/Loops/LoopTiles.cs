using Adjoint.Core;
using Adjoint.Kernels;

namespace Adjoint.Loops;

/// <summary>The tiles of one phase of a program at a time; kept by whoever runs kernels, so that cutting them costs no memory.</summary>
internal sealed class LoopTiles(KernelContext context) : TileWork
{
    private LoopKernel? kernel;
    private NDArray[] buffers = [];
    private int phase;

    /// <summary>Runs all tiles of a phase.</summary>
    internal void Run(LoopKernel kernel, int phase, NDArray[] buffers, long count)
    {
        (this.kernel, this.phase, this.buffers) = (kernel, phase, buffers);
        if (context.Parallel is IRangeParallel ranges)
        {
            ranges.For(count, this);
        }
        else
        {
            RunByJobs(count);
        }
    }

    /// <inheritdoc/>
    internal override void Run(long first, long last) => kernel!.RunTiles(phase, first, last, buffers, context);

    /// <summary>Runs them where only tiles one by one can be asked for.</summary>
    private void RunByJobs(long count)
    {
        int jobs = (int)Math.Min(count, int.MaxValue);
        context.Parallel.For(jobs, job => Run(Share(count, job, jobs), Share(count, job + 1, jobs)));
    }

    /// <summary>Where the part of a job begins when tiles are shared out.</summary>
    private static long Share(long tiles, int job, int jobs) => (long)((Int128)tiles * job / jobs);
}
