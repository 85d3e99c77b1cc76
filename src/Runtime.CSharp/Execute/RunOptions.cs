using System.Collections.Immutable;
using Adjoint.Kernels;

namespace Adjoint.Execute;

/// <summary>What one run may be told. Nothing here changes a result.</summary>
public sealed record RunOptions
{
    /// <summary>The shared pool of workers, kernels, and nobody listening.</summary>
    public static RunOptions Default { get; } = new();

    /// <summary>Where tiles of work run.</summary>
    public IParallel Parallel { get; init; } = WorkerPool.Shared;

    /// <summary>Asks the run to stop: looked at before every node and every iteration of a loop.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>Whether primitives run as the kernels they lower to; if not, they are evaluated plainly.</summary>
    public bool UseKernels { get; init; } = true;

    /// <summary>
    /// The arguments, by place, whose memory the run may use as its own: a result can then lie where the argument lay. From then on, also
    /// when the run fails, these arrays throw when they are touched.
    /// </summary>
    public ImmutableArray<int> Donated { get; init; } = [];

    /// <summary>Collects where the run spends its time; without it no clock is read.</summary>
    public Profile? Profile { get; init; }

    /// <summary>Takes lines meant for a reader; without it they are dropped.</summary>
    public Action<string>? Diagnostics { get; init; }

    /// <summary>Counts elements that are read or written.</summary>
    public ElementCounter? CountElements { get; init; }

    /// <summary>Whether memory that is free or fresh is filled with rubbish, so that reading it shows.</summary>
    internal bool SpoilFreed { get; init; }
}
