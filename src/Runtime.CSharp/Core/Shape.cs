using System.Collections.Immutable;

namespace Adjoint.Core;

/// <summary>The extents of a tensor's axes, outermost first; elements lie in row-major order. Equal by content.</summary>
public sealed class Shape : ContentList<Extent>
{
    /// <summary>A shape of these extents.</summary>
    public Shape(params Extent[] extents)
        : base([.. extents])
    {
    }

    /// <summary>A shape of these extents.</summary>
    public Shape(IEnumerable<Extent> extents)
        : base([.. extents])
    {
    }

    /// <summary>The shape of a single number: no axes.</summary>
    public static Shape Scalar { get; } = new();

    /// <summary>The number of axes.</summary>
    public int Rank => Count;

    /// <summary>The number of elements.</summary>
    /// <exception cref="ShapeException">There are more elements than one array can hold.</exception>
    public int Size
    {
        get
        {
            long size = 1;
            bool empty = false;
            foreach (Extent extent in Items)
            {
                empty |= extent.Value == 0;
                size = Math.Min(size * Math.Max(extent.Value, 1), long.MaxValue >> 32);
            }

            return empty ? 0
                : size <= Array.MaxLength ? (int)size
                : throw new ShapeException($"shape {this}: more than {Array.MaxLength} elements.");
        }
    }

    /// <summary>A shape of these extents.</summary>
    public static Shape Of(params int[] extents) => new(extents.Select(extent => new Extent(extent)));

    /// <summary>The numbers, for evaluation and lowering.</summary>
    public int[] ToArray() => [.. Items.Select(extent => extent.Value)];

    /// <summary>Elements between neighbours along each axis, in row-major order.</summary>
    public int[] Strides()
    {
        var strides = new int[Rank];
        int stride = 1;
        for (int axis = Rank - 1; axis >= 0; axis--)
        {
            strides[axis] = stride;
            stride *= Math.Max(Items[axis].Value, 1);
        }

        return strides;
    }

    /// <summary>Without one axis.</summary>
    public Shape Remove(int axis) => new(Items.RemoveAt(axis));

    /// <summary>Without some axes.</summary>
    public Shape Remove(Axes axes) => new(Items.Where((_, axis) => !axes.Contains(axis)));

    /// <summary>With one more axis, at this place.</summary>
    public Shape Insert(int axis, Extent extent) => new(Items.Insert(axis, extent));

    /// <summary>With another extent of one axis.</summary>
    public Shape With(int axis, Extent extent) => new(Items.SetItem(axis, extent));

    /// <summary>Only these axes, in this order.</summary>
    public Shape Select(IEnumerable<int> axes) => new(axes.Select(axis => Items[axis]));

    /// <summary>This shape's axes, then the other's.</summary>
    public Shape Concat(Shape other) => new(Items.AddRange(other.Items));
}
