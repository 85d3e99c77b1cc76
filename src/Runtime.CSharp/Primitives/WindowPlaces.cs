using Adjoint.Core;

namespace Adjoint.Primitives;

/// <summary>Where each window lies in the operand and in the windows' tensor, read from the start indices.</summary>
internal sealed class WindowPlaces
{
    /// <summary>Reads the start indices.</summary>
    /// <exception cref="DomainException">A checked index is out of range.</exception>
    internal WindowPlaces(string name, WindowAxes axes, OutOfRange mode, NDArray operand, NDArray indices, Shape windows)
    {
        int rank = operand.Shape.Rank;
        int[] sizes = Array.ConvertAll(axes.Sizes(rank, windows), extent => extent.Value);
        int[] kept = [.. axes.Kept(rank)];
        int[] strides = operand.Shape.Strides();
        int[] windowStrides = windows.Strides();
        Extents = Array.ConvertAll(kept, axis => sizes[axis]);
        OperandStrides = Array.ConvertAll(kept, axis => strides[axis]);
        WindowStrides = [.. axes.Offset.Select(axis => windowStrides[axis])];
        InWindows = Boxes.Offsets(windows, axes.Across(indices.Shape.Rank));
        InOperand = new int[InWindows.Length];

        var starts = new StartIndices(name, indices);
        int[] batch = new Shape(indices.Shape.SkipLast(1)).ToArray();
        var index = new int[batch.Length];
        for (int row = 0; row < InOperand.Length; row++)
        {
            for (int i = 0; i < axes.OperandBatch.Count; i++)
            {
                InOperand[row] += index[axes.IndexBatch[i]] * strides[axes.OperandBatch[i]];
            }

            for (int i = 0; i < axes.Start.Count && InOperand[row] >= 0; i++)
            {
                int axis = axes.Start[i];
                int start = starts.Read((row * axes.Start.Count) + i, mode, operand, axis, sizes[axis]);
                InOperand[row] = start < 0 ? -1 : InOperand[row] + (start * strides[axis]);
            }

            if (axes.OperandBatch.Count > 0)
            {
                Boxes.Next(index, batch);
            }
        }
    }

    /// <summary>The extents of a window along the axes it keeps.</summary>
    internal int[] Extents { get; }

    /// <summary>The operand's strides along these.</summary>
    internal int[] OperandStrides { get; }

    /// <summary>The strides of the windows' tensor along these.</summary>
    internal int[] WindowStrides { get; }

    /// <summary>The place of each window's first element in the operand; −1 where it is dropped.</summary>
    internal int[] InOperand { get; }

    /// <summary>The place of each window's first element in the windows' tensor.</summary>
    internal int[] InWindows { get; }

    /// <summary>The places of single elements, in row-major order of the windows' tensor; −1 in the operand where they are dropped.</summary>
    internal (int[] InOperand, int[] InWindows) ElementByElement()
    {
        int[] operand = Boxes.Offsets(Extents, OperandStrides);
        int[] window = Boxes.Offsets(Extents, WindowStrides);
        var inOperand = new int[InOperand.Length * operand.Length];
        var inWindows = new int[inOperand.Length];
        for (int i = 0; i < inOperand.Length; i++)
        {
            int start = InOperand[i / operand.Length];
            inOperand[i] = start < 0 ? -1 : start + operand[i % operand.Length];
            inWindows[i] = InWindows[i / operand.Length] + window[i % operand.Length];
        }

        Array.Sort(inWindows, inOperand);
        return (inOperand, inWindows);
    }
}
