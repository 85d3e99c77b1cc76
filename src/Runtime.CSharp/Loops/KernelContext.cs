using Adjoint.Core;
using Adjoint.Kernels;

namespace Adjoint.Loops;

/// <summary>What a kernel may ask of whoever runs it.</summary>
public abstract class KernelContext
{
    /// <summary>Where its tiles run.</summary>
    public override string ToString() => $"context of a kernel: tiles run on {Parallel}";

    /// <summary>Where tiles of work run.</summary>
    public abstract IParallel Parallel { get; }

    /// <summary>Asks a long run to stop. Looking costs a few instructions: once a tile, or some thousand operations of a loop.</summary>
    public abstract CancellationToken Cancellation { get; }

    /// <summary>Hands a line to the caller's handler of diagnostics.</summary>
    public abstract void Report(string line);

    /// <summary>Memory to work in until the run of the kernel ends; what is in it is arbitrary. It is kept for later runs.</summary>
    /// <remarks>Asked for by the thread that the kernel runs on, before it cuts work into tiles.</remarks>
    /// <param name="slot">0, 1, …: memories of different slots don't overlap; a slot asked for again gives the same memory or a larger one.</param>
    /// <param name="type">The dtype.</param>
    /// <param name="length">The number of elements.</param>
    public virtual NDArray Scratch(int slot, DType type, int length) => NDArray.New(type, Shape.Of(length));

    /// <summary>The same with all the room that is there, which grew in earlier runs: so many elements at least.</summary>
    internal virtual NDArray Stack(int slot, DType type, int least) => Scratch(slot, type, least);

    /// <summary>A table of arrays to work with until the run of the kernel ends, which clears it then.</summary>
    public virtual NDArray[] Table(int count) => new NDArray[count];

    /// <summary>Memory for one tile, given back when the tile is done. Any thread may ask.</summary>
    internal virtual WorkingMemory RentTileMemory() => new();

    /// <summary>Runs the tiles of a phase of a program.</summary>
    internal virtual void RunTiles(LoopKernel kernel, int phase, NDArray[] buffers, long count) =>
        new LoopTiles(this).Run(kernel, phase, buffers, count);

    /// <summary>Takes the memory of a tile back.</summary>
    internal virtual void ReturnTileMemory(WorkingMemory memory)
    {
    }

    /// <summary>Throws where the run is to stop.</summary>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    public void ThrowIfCancelled()
    {
        if (Cancellation.IsCancellationRequested)
        {
            throw new OperationCanceledException("run: cancelled by the caller's token.", Cancellation);
        }
    }
}
