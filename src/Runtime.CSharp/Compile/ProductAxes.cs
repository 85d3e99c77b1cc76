using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Compile;

/// <summary>Where the axes of a product with one axis to sum over come from.</summary>
internal sealed class ProductAxes
{
    private readonly ImmutableArray<int>[] sources;
    private readonly int[] extents;

    private ProductAxes(DotGeneral dot, Node node)
    {
        Shape left = node.Operands[0].Tensor.Shape;
        Shape right = node.Operands[1].Tensor.Shape;
        int batch = dot.LeftBatch.Count;
        Axes leftFree = dot.LeftFree(left.Rank);
        sources =
        [
            Sources(left.Rank, dot.LeftBatch, leftFree, batch),
            Sources(right.Rank, dot.RightBatch, dot.RightFree(right.Rank), batch + leftFree.Count),
        ];
        extents = node.Result.Tensor.Shape.ToArray();
        Terms = left[dot.LeftContract[0]].Value;
        Last = Array.FindLastIndex(extents, extent => extent > 1);
    }

    /// <summary>Terms of a sum.</summary>
    internal int Terms { get; }

    /// <summary>The rank of the result.</summary>
    internal int Rank => extents.Length;

    /// <summary>The result's last axis of more than one element, or −1.</summary>
    internal int Last { get; }

    /// <summary>The axes of a product; null of other nodes, and where none or several axes are summed over.</summary>
    internal static ProductAxes? Of(Node node) =>
        node.Primitive is DotGeneral { LeftContract.Count: 1 } dot ? new(dot, node) : null;

    /// <summary>For each axis of a factor the axis of the result that it becomes, −1 for the one that is summed over.</summary>
    internal ImmutableArray<int> Sources(int side) => sources[side];

    /// <summary>The factor that alone has an axis of the result, or −1.</summary>
    internal int SideOf(int axis) => sources[0].Contains(axis) == sources[1].Contains(axis) ? -1 : sources[0].Contains(axis) ? 0 : 1;

    /// <summary>The last axis of more than one element that the other factor has alone; −1 where there is none.</summary>
    internal int RowsBeside(int axis)
    {
        int side = SideOf(axis);
        return side < 0 ? -1 : Array.FindLastIndex([.. extents.Select((extent, i) => extent > 1 && SideOf(i) == 1 - side)], isRow => isRow);
    }

    private static ImmutableArray<int> Sources(int rank, Axes batch, Axes free, int firstFree) =>
    [
        .. Enumerable.Range(0, rank).Select(axis =>
            batch.Contains(axis) ? batch.Items.IndexOf(axis) : free.Contains(axis) ? firstFree + free.Items.IndexOf(axis) : -1),
    ];
}
