using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Adjoint.Core;
using Adjoint.Kernels;

namespace Adjoint.Loops.Blocks;

/// <summary>Runs programs without making code: instruction by instruction, over blocks of lanes that stay in the cache.</summary>
/// <remarks>
/// Each instruction is a precompiled kernel. It needs no dynamic code, is ready at once, and gives the bits that any engine gives.
/// </remarks>
internal sealed class BlockEngine : ILoopEngine
{
    private readonly int lanes;

    /// <summary>Blocks of so many lanes, a multiple of 64: few enough to stay in the nearest cache.</summary>
    internal BlockEngine(int lanes = 256) => this.lanes = lanes;

    /// <inheritdoc/>
    public string Name => "blocks";

    /// <inheritdoc/>
    public LoopCode Compile(LoopProgram program)
    {
        LoopProgram known = new FunctionInliner(program).Run();
        return new BlockCode([.. known.Phases.Select(phase => BlockPhase.Of(phase, lanes))]);
    }

    /// <summary>A program whose functions all have precompiled forms: others are written out.</summary>
    private sealed class FunctionInliner(LoopProgram program) : LoopCopy(program)
    {
        protected override LoopValue Instruction(LoopValue value, ImmutableArray<LoopValue> operands) =>
            value.Op == LoopOp.Function && !ReferenceEquals(LoopFunctions.Find(value.Function!.Name, value.Type), value.Function)
                ? value.Function!.Define(Builder, operands)
                : base.Instruction(value, operands);
    }
}

/// <summary>The steps of a phase and what they work in.</summary>
/// <param name="Tile">Where the tile's number lies.</param>
/// <param name="Steps">What happens for a tile.</param>
/// <param name="Constants">Numbers that are there before.</param>
/// <param name="Numbers">Bytes of single numbers.</param>
/// <param name="Blocks">Bytes of blocks.</param>
internal sealed record BlockPhase(Place Tile, BlockStep[] Steps, (int Offset, ulong Bits)[] Constants, int Numbers, int Blocks)
{
    internal static BlockPhase Of(LoopPhase phase, int lanes)
    {
        var writer = new BlockWriter(lanes);
        Place tile = writer.Define(phase.Tile);
        BlockStep[] steps = writer.Write(phase.Body);
        return new(tile, steps, [.. writer.Constants], (writer.Numbers + 63) & -64, writer.Memory.Size);
    }
}

/// <summary>A program as steps.</summary>
internal sealed unsafe class BlockCode(BlockPhase[] phases) : LoopCode
{
    private const int Alignment = 64;
    private const int MostOnStack = 1 << 16;

    /// <inheritdoc/>
    [SkipLocalsInit]
    public override int Run(int phase, long first, long last, NDArray[] buffers, CancellationToken cancellation)
    {
        BlockPhase code = phases[phase];
        int size = code.Numbers + code.Blocks;
        if (size <= MostOnStack)
        {
            byte* memory = stackalloc byte[size + Alignment];
            return Run(code, first, last, (byte*)(((nuint)memory + (Alignment - 1)) & ~(nuint)(Alignment - 1)), buffers, cancellation);
        }

        byte* large = (byte*)NativeMemory.AlignedAlloc((nuint)size, Alignment);
        try
        {
            return Run(code, first, last, large, buffers, cancellation);
        }
        finally
        {
            NativeMemory.AlignedFree(large);
        }
    }

    private static int Run(BlockPhase code, long first, long last, byte* memory, NDArray[] buffers, CancellationToken cancellation)
    {
        var frame = new BlockFrame
        {
            Numbers = memory,
            Blocks = memory + code.Numbers,
            Buffers = buffers,
            Status = LoopCode.Done,
            Cancellation = cancellation,
        };
        foreach ((int offset, ulong bits) in code.Constants)
        {
            *(ulong*)(memory + offset) = bits;
        }

        for (long tile = first; tile < last; tile++)
        {
            *(long*)(memory + code.Tile.Offset) = tile;
            if (!BlockStep.RunAll(code.Steps, ref frame))
            {
                break;
            }
        }

        return frame.Status;
    }
}
