using System.Runtime.CompilerServices;

namespace Adjoint.Loops.Blocks;

/// <summary>Copies a number, or one for each lane of so many bytes.</summary>
internal sealed unsafe class MoveStep(Place from, Place to, int size) : BlockStep
{
    internal override bool Run(ref BlockFrame frame)
    {
        if (to.IsBlock)
        {
            Unsafe.CopyBlock(frame.Blocks + to.Offset, frame.Blocks + from.Offset, (uint)(frame.Rounded * size));
        }
        else
        {
            *(long*)(frame.Numbers + to.Offset) = *(long*)(frame.Numbers + from.Offset);
        }

        return true;
    }
}

/// <summary>The first lane's number as one for all.</summary>
internal sealed unsafe class FirstLaneStep(Place from, Place to, int size) : BlockStep
{
    internal override bool Run(ref BlockFrame frame)
    {
        Unsafe.CopyBlock(frame.Numbers + to.Offset, frame.Blocks + from.Offset, (uint)size);
        return true;
    }
}

/// <summary>Iterations one after another.</summary>
internal sealed unsafe class SerialStep(Place count, Place index, BlockStep[] enter, BlockStep[] body) : BlockStep
{
    internal override bool Run(ref BlockFrame frame)
    {
        RunAll(enter, ref frame);
        long times = *(long*)(frame.Numbers + count.Offset);
        for (long i = 0; i < times; i++)
        {
            *(long*)(frame.Numbers + index.Offset) = i;
            if (!RunAll(body, ref frame) || !frame.GoesOn())
            {
                return false;
            }
        }

        return true;
    }
}

/// <summary>Iterations while a test holds.</summary>
internal sealed unsafe class WhileStep(Place test, BlockStep[] enter, BlockStep[] condition, BlockStep[] body) : BlockStep
{
    internal override bool Run(ref BlockFrame frame)
    {
        RunAll(enter, ref frame);
        while (true)
        {
            if (!RunAll(condition, ref frame))
            {
                return false;
            }

            if (frame.Numbers[test.Offset] == 0)
            {
                return true;
            }

            if (!RunAll(body, ref frame) || !frame.GoesOn())
            {
                return false;
            }
        }
    }
}

/// <summary>One of two blocks, by a test that is the same for all lanes.</summary>
internal sealed unsafe class BranchStep(Place test, BlockStep[] then, BlockStep[] otherwise) : BlockStep
{
    internal override bool Run(ref BlockFrame frame) => RunAll(frame.Numbers[test.Offset] != 0 ? then : otherwise, ref frame);
}

/// <summary>A block that runs where a test holds in some lane.</summary>
internal sealed unsafe class RareStep(Place test, BlockStep[] block) : BlockStep
{
    internal override bool Run(ref BlockFrame frame) =>
        new ReadOnlySpan<byte>(frame.Blocks + test.Offset, frame.Count).IndexOfAnyExcept((byte)0) < 0 || RunAll(block, ref frame);
}

/// <summary>Ends the run where a test holds, in any lane.</summary>
internal sealed unsafe class FailStep(Place test, int failure) : BlockStep
{
    internal override bool Run(ref BlockFrame frame)
    {
        bool holds = test.IsBlock
            ? new ReadOnlySpan<byte>(frame.Blocks + test.Offset, frame.Count).IndexOfAnyExcept((byte)0) >= 0
            : frame.Numbers[test.Offset] != 0;
        frame.Status = holds ? failure : frame.Status;
        return !holds;
    }
}

/// <summary>Iterations in lanes, block by block.</summary>
internal sealed unsafe class LanesStep(int lanes, Place count, Place index, BlockStep[] enter, BlockStep[] body, ReductionStep[] reductions) : BlockStep
{
    /// <summary>Lanes are computed in whole groups of so many.</summary>
    private const int Group = 16;

    internal override bool Run(ref BlockFrame frame)
    {
        long times = *(long*)(frame.Numbers + count.Offset);
        SetCount(ref frame, times);
        RunAll(enter, ref frame);
        foreach (ReductionStep reduction in reductions)
        {
            reduction.Start(ref frame);
        }

        for (long start = 0; start < times; start += lanes)
        {
            SetCount(ref frame, times - start);
            *(long*)(frame.Numbers + index.Offset) = start;
            if (!RunAll(body, ref frame) || !frame.GoesOn())
            {
                return false;
            }

            foreach (ReductionStep reduction in reductions)
            {
                reduction.Run(ref frame);
            }
        }

        foreach (ReductionStep reduction in reductions)
        {
            reduction.Finish(ref frame, times == 0);
        }

        return true;
    }

    private void SetCount(ref BlockFrame frame, long left)
    {
        frame.Count = (int)Math.Min(left, lanes);
        frame.Rounded = (frame.Count + Group - 1) & -Group;
    }
}
