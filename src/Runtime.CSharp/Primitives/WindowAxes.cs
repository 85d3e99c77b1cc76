using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Primitives;

/// <summary>How the axes of an operand, of start indices and of gathered windows belong together; shared by gather and scatter.</summary>
/// <param name="Offset">The axes of the windows' tensor that run within a window, ascending.</param>
/// <param name="Collapsed">The operand's axes along which a window has one element, that the windows' tensor leaves out.</param>
/// <param name="Start">The operand's axis for each number of an index vector.</param>
/// <param name="OperandBatch">The operand's axes that are paired with axes of the indices.</param>
/// <param name="IndexBatch">The indices' axes of these pairs.</param>
internal readonly record struct WindowAxes(Axes Offset, Axes Collapsed, Axes Start, Axes OperandBatch, Axes IndexBatch)
{
    /// <summary>The operand's axes that a window keeps.</summary>
    internal Axes Kept(int rank) => new Axes(Collapsed.Concat(OperandBatch)).Others(rank);

    /// <summary>The axes of the windows' tensor that run over windows.</summary>
    internal Axes Across(int indexRank) => Offset.Others(indexRank - 1 + Offset.Count);

    /// <summary>The shape of the windows' tensor.</summary>
    internal Shape Windows(Shape indices, IReadOnlyList<Extent> sizes)
    {
        var extents = new Extent[indices.Rank - 1 + Offset.Count];
        Axes across = Across(indices.Rank);
        for (int i = 0; i < across.Count; i++)
        {
            extents[across[i]] = indices[i];
        }

        int[] kept = [.. Kept(sizes.Count)];
        for (int i = 0; i < kept.Length; i++)
        {
            extents[Offset[i]] = sizes[kept[i]];
        }

        return new(extents);
    }

    /// <summary>The extents of a window along the operand's axes, from the windows' tensor.</summary>
    internal Extent[] Sizes(int rank, Shape windows)
    {
        var sizes = new Extent[rank];
        Array.Fill(sizes, 1);
        int[] kept = [.. Kept(rank)];
        for (int i = 0; i < kept.Length; i++)
        {
            sizes[kept[i]] = windows[Offset[i]];
        }

        return sizes;
    }

    /// <summary>Throws unless the axes fit the operand and the indices.</summary>
    internal void Check(string name, TensorType operand, TensorType indices)
    {
        if (!indices.DType.IsInteger() || indices.Rank == 0)
        {
            throw new TypeRuleException($"{name}: indices are integers whose last axis holds index vectors, not {indices}.");
        }

        int numbers = indices.Shape[^1].Value;
        if (Start.Count != numbers || Start.Any(axis => axis >= operand.Rank) || Start.Any(OperandBatch.Contains))
        {
            throw new TypeRuleException(
                $"{name}: start axes {Start} must name an axis of {operand}, outside the batch axes {OperandBatch}, "
                + $"for each of the {numbers} numbers of an index vector of {indices}.");
        }

        int[] gone = [.. Collapsed, .. OperandBatch];
        if (gone.Any(axis => axis >= operand.Rank) || gone.Distinct().Count() != gone.Length)
        {
            throw new TypeRuleException(
                $"{name}: collapsed axes {Collapsed} and batch axes {OperandBatch} must be different axes of {operand}.");
        }

        CheckOffsets(name, operand, indices);
        CheckBatch(name, operand, indices);
    }

    /// <summary>With a batch axis of the operand alone; windows keep it. Also gives its place in the windows' tensor.</summary>
    internal (WindowAxes Axes, int Place) WithOperand(int axis)
    {
        WindowAxes shifted = ShiftOperand(axis);
        int rank = Offset.Count + Collapsed.Count + OperandBatch.Count + 1;
        int before = shifted.Kept(rank).Items.IndexOf(axis);
        int place = before < Offset.Count ? Offset[before] : Offset.Count > 0 ? Offset[^1] + 1 : 0;
        return (shifted with { Offset = new(Inserted(Offset, place).Append(place).Order()) }, place);
    }

    /// <summary>With a batch axis of the indices alone, not their last axis. Also gives its place in the windows' tensor.</summary>
    internal (WindowAxes Axes, int Place) WithIndices(int axis, int indexRank)
    {
        Axes across = Across(indexRank);
        int place = axis < across.Count ? across[axis] : across.Count + Offset.Count;
        return (this with { Offset = Inserted(Offset, place), IndexBatch = Inserted(IndexBatch, axis) }, place);
    }

    /// <summary>With a batch axis of both. Also gives its place in the windows' tensor.</summary>
    internal (WindowAxes Axes, int Place) WithBoth(int operandAxis, int indexAxis, int indexRank)
    {
        (WindowAxes axes, int place) = ShiftOperand(operandAxis).WithIndices(indexAxis, indexRank);
        return (axes with
        {
            OperandBatch = new(axes.OperandBatch.Append(operandAxis)),
            IndexBatch = new(axes.IndexBatch.Append(indexAxis)),
        }, place);
    }

    /// <summary>Axes once another axis stands at this place.</summary>
    internal static Axes Inserted(Axes axes, int place) => new(axes.Select(axis => axis < place ? axis : axis + 1));

    private WindowAxes ShiftOperand(int axis) => this with
    {
        Collapsed = Inserted(Collapsed, axis),
        Start = Inserted(Start, axis),
        OperandBatch = Inserted(OperandBatch, axis),
    };

    private void CheckOffsets(string name, TensorType operand, TensorType indices)
    {
        int kept = operand.Rank - Collapsed.Count - OperandBatch.Count;
        int rank = indices.Rank - 1 + Offset.Count;
        if (Offset.Count != kept || !Offset.SequenceEqual(Offset.Order()) || Offset.Any(axis => axis >= rank))
        {
            throw new TypeRuleException(
                $"{name}: offset axes {Offset} must name, ascending and within rank {rank}, one axis for each of the {kept} axes of "
                + $"{operand} that are neither collapsed {Collapsed} nor batch {OperandBatch}.");
        }
    }

    private void CheckBatch(string name, TensorType operand, TensorType indices)
    {
        if (OperandBatch.Count != IndexBatch.Count || IndexBatch.Any(axis => axis >= indices.Rank - 1))
        {
            throw new TypeRuleException($"{name}: batch axes {OperandBatch} of {operand} do not pair with axes {IndexBatch} of {indices}.");
        }

        foreach ((int i, int j) in OperandBatch.Zip(IndexBatch))
        {
            if (operand.Shape[i] != indices.Shape[j])
            {
                throw new TypeRuleException(
                    $"{name}: extents of batch axes differ: axis {i} of {operand} and axis {j} of indices {indices}.");
            }
        }
    }
}
