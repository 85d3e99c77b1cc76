using Adjoint.Core;
using Adjoint.Kernels;
using Adjoint.Loops;

namespace Adjoint.Execute;

/// <summary>What a kernel may ask of a run beside which others of that run's kernels run: memory of its own, all else as they have it.</summary>
internal sealed class LaneContext : KernelContext
{
    private readonly Interpreter run;
    private readonly WorkingMemory scratch = new();
    private readonly LoopTiles tiles;

    internal LaneContext(Interpreter run)
    {
        this.run = run;
        tiles = new(this);
    }

    /// <inheritdoc/>
    public override IParallel Parallel => run.Parallel;

    /// <inheritdoc/>
    public override CancellationToken Cancellation => run.Cancellation;

    /// <summary>The bytes that are kept for later runs.</summary>
    internal long Bytes => scratch.Bytes;

    /// <inheritdoc/>
    public override void Report(string line) => run.Report(line);

    /// <inheritdoc/>
    public override NDArray Scratch(int slot, DType type, int length) => scratch.Get(slot, type, length);

    /// <inheritdoc/>
    internal override NDArray Stack(int slot, DType type, int least) => scratch.AtLeast(slot, type, least);

    /// <inheritdoc/>
    public override NDArray[] Table(int count) => scratch.Table(count);

    /// <inheritdoc/>
    internal override WorkingMemory RentTileMemory() => run.RentTileMemory();

    /// <inheritdoc/>
    internal override void RunTiles(LoopKernel kernel, int phase, NDArray[] buffers, long count) => tiles.Run(kernel, phase, buffers, count);

    /// <inheritdoc/>
    internal override void ReturnTileMemory(WorkingMemory memory) => run.ReturnTileMemory(memory);
}
