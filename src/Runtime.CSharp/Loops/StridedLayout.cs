using Adjoint.Core;

namespace Adjoint.Loops;

/// <summary>Where the elements of a result lie in an operand: at Σ i[k]·Strides[k]. Axes that step alike are merged.</summary>
/// <remarks>At least one axis; extents are at least 2, or there is one axis alone.</remarks>
internal sealed class StridedLayout
{
    /// <summary>The layout of a result of this shape, by the operand's elements between neighbours along each axis.</summary>
    internal StridedLayout(Shape shape, int[] strides)
    {
        List<int> extents = [];
        List<int> steps = [];
        for (int axis = 0; axis < shape.Rank; axis++)
        {
            int extent = shape[axis].Value;
            if (extents.Count > 0 && steps[^1] == (long)strides[axis] * extent)
            {
                extents[^1] *= extent;
                steps[^1] = strides[axis];
            }
            else if (extent != 1)
            {
                extents.Add(extent);
                steps.Add(strides[axis]);
            }
        }

        Extents = extents.Count == 0 ? [1] : [.. extents];
        Strides = extents.Count == 0 ? [1] : [.. steps];
    }

    internal int[] Extents { get; }

    internal int[] Strides { get; }

    /// <summary>The number of rows: of index tuples of all axes but the last.</summary>
    internal int Rows => Extents[..^1].Aggregate(1, (product, extent) => product * extent);

    /// <summary>The length of a row.</summary>
    internal int Columns => Extents[^1];

    /// <summary>Copies some rows.</summary>
    internal void Copy<T>(ReadOnlySpan<T> from, Span<T> to, int firstRow, int rows)
    {
        int last = Extents.Length - 1;
        Span<int> index = stackalloc int[Extents.Length];
        int start = 0;
        for (int axis = last - 1, rest = firstRow; axis >= 0; axis--)
        {
            index[axis] = rest % Extents[axis];
            rest /= Extents[axis];
            start += index[axis] * Strides[axis];
        }

        for (int row = firstRow; row < firstRow + rows; row++)
        {
            CopyRow(from, to.Slice(row * Columns, Columns), start, Strides[last]);
            for (int axis = last - 1; axis >= 0; axis--)
            {
                start += Strides[axis];
                if (++index[axis] < Extents[axis])
                {
                    break;
                }

                start -= Strides[axis] * Extents[axis];
                index[axis] = 0;
            }
        }
    }

    private static void CopyRow<T>(ReadOnlySpan<T> from, Span<T> row, int start, int stride)
    {
        if (stride == 1)
        {
            from.Slice(start, row.Length).CopyTo(row);
        }
        else if (stride == 0)
        {
            row.Fill(from[start]);
        }
        else
        {
            for (int i = 0; i < row.Length; i++)
            {
                row[i] = from[start + (i * stride)];
            }
        }
    }
}
