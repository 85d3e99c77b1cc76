using Adjoint.Core;

namespace Adjoint.Loops.Blocks;

/// <summary>What a run of a phase works in.</summary>
internal unsafe ref struct BlockFrame
{
    /// <summary>Single numbers, eight bytes each.</summary>
    internal byte* Numbers;

    /// <summary>A number for each lane.</summary>
    internal byte* Blocks;

    /// <summary>How many lanes there are now.</summary>
    internal int Count;

    /// <summary>The same, made up to whole vectors: what lies in lanes beyond is arbitrary and asked by nobody.</summary>
    internal int Rounded;

    /// <summary>The program's buffers by number.</summary>
    internal NDArray[] Buffers;

    /// <summary>Why the run ended early.</summary>
    internal int Status;

    /// <summary>Iterations of loops so far.</summary>
    internal int Ticks;

    /// <summary>Looked at now and then.</summary>
    internal CancellationToken Cancellation;

    /// <summary>Whether a loop goes on: looks at the token once in a thousand iterations.</summary>
    internal bool GoesOn()
    {
        if ((++Ticks & 1023) == 0 && Cancellation.IsCancellationRequested)
        {
            Status = LoopCode.Cancelled;
            return false;
        }

        return true;
    }
}

/// <summary>One instruction, loop or branch of a program made ready.</summary>
internal abstract class BlockStep
{
    /// <summary>Does it; false where the run ends.</summary>
    internal abstract bool Run(ref BlockFrame frame);

    /// <summary>Does steps in order; false where the run ends.</summary>
    internal static bool RunAll(BlockStep[] steps, ref BlockFrame frame)
    {
        foreach (BlockStep step in steps)
        {
            if (!step.Run(ref frame))
            {
                return false;
            }
        }

        return true;
    }
}

/// <summary>Where an operand lies: among the single numbers, the same for all lanes, or in a block.</summary>
internal readonly record struct Place(bool IsBlock, int Offset);
