using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Loops;
using Adjoint.Primitives;

namespace Adjoint.Compile.Methods;

/// <summary>Scatters: one window after the other, in row-major order of the updates.</summary>
internal sealed partial class RegionLowering
{
    private Stored ScatterInto(Frame frame, Node node, Scatter scatter)
    {
        ImmutableArray<TensorLocal> readable = Readable([frame.Tensor(node.Operands[1]), frame.Tensor(node.Operands[2])], anywhere: true);
        Stored into = Writable(frame, node);
        TensorLocal indices = readable[0].Reads.Contains(into.Buffer) ? frame.Tensor(node.Operands[1]) : readable[0];
        TensorLocal updates = readable[1].Reads.Contains(into.Buffer) ? frame.Tensor(node.Operands[2]) : readable[1];
        WindowAxes windows = scatter.Windows;
        int[] across = [.. windows.Across(indices.Type.Rank)];
        bool together = scatter.Offset.Count == 0 || scatter.Offset[0] == across.Length;
        int[] outer = together ? updates.Extents[..across.Length] : updates.Extents;
        Copying.InTurn(builder, outer, index => At(node, () =>
        {
            ImmutableArray<LoopValue> row = [.. across.Select(axis => index[axis])];
            (ImmutableArray<LoopValue> starts, LoopValue inside) = Window(scatter, into, indices, row, updates.Type.Shape);
            builder.If(
                inside,
                () =>
                {
                    int[] rest = updates.Extents[outer.Length..];
                    Copying.Each(builder, rest, inner => JoinWindow(scatter, into, starts, updates, [.. index, .. inner]));
                    return [];
                },
                () => []);
            return true;
        }));
        return into;
    }

    private void JoinWindow(Scatter scatter, Stored into, ImmutableArray<LoopValue> starts, TensorLocal updates, ImmutableArray<LoopValue> index)
    {
        int[] kept = [.. scatter.Windows.Kept(into.Extents.Length)];
        ImmutableArray<LoopValue> place =
            [.. starts.Select((start, axis) => Array.IndexOf(kept, axis) is var i && i >= 0 ? start + index[scatter.Offset[i]] : start)];
        LoopValue value = updates.At(builder, index);
        Join(into, Places.Of(builder, into.Extents, place), value, scatter.Update);
    }

    /// <summary>Where the window of an index vector starts, moved into the operand, and whether its updates are to be made.</summary>
    private (ImmutableArray<LoopValue> Starts, LoopValue Inside) Window(
        Scatter scatter, Stored into, TensorLocal indices, ImmutableArray<LoopValue> row, Shape updates)
    {
        Shape shape = into.Type.Shape;
        Extent[] sizes = scatter.Windows.Sizes(shape.Rank, updates);
        var starts = new LoopValue[shape.Rank];
        Array.Fill(starts, builder.Index(0));
        for (int i = 0; i < scatter.OperandBatch.Count; i++)
        {
            starts[scatter.OperandBatch[i]] = row[scatter.IndexBatch[i]];
        }

        LoopValue inside = builder.Constant(Scalar.Of(true));
        for (int i = 0; i < scatter.Start.Count; i++)
        {
            int axis = scatter.Start[i];
            LoopValue number = LoopIndices.AsIndex(builder, indices.At(builder, row.Add(builder.Index(i))));
            LoopValue start = LoopIndices.Start(builder, scatter.Name, number, shape, axis, sizes[axis].Value, scatter.Mode == OutOfRange.Check);
            inside = scatter.Mode == OutOfRange.Drop ? LoopIndices.Both(builder, inside, builder.Equal(start, number)) : inside;
            starts[axis] = builder.Add(starts[axis], start);
        }

        return ([.. starts], inside);
    }
}
