using Adjoint.Core;

namespace Adjoint.Primitives;

/// <summary>Copies elements of an array into a new one, by how far apart they lie along each of its axes.</summary>
internal static class Strided
{
    /// <summary>The array of this shape whose element at index i is x[offset + Σ i[k]·strides[k]].</summary>
    internal static NDArray Copy(NDArray x, Shape shape, int[] strides, int offset = 0) =>
        Elements.Run(x.Type, new Loop(x, shape, strides, offset));

    private readonly struct Loop(NDArray x, Shape shape, int[] strides, int offset) : IElementLoop
    {
        public NDArray Run<TStored, TWork, TElement>()
            where TStored : unmanaged
            where TWork : unmanaged
            where TElement : struct, IElement<TStored, TWork>
        {
            var to = new TStored[shape.Size];
            if (to.Length > 0)
            {
                Copy<TStored>(x.Data<TStored>(), to, shape.ToArray(), strides, offset);
            }

            return NDArray.Own(shape, to);
        }
    }

    private static void Copy<T>(ReadOnlySpan<T> from, Span<T> to, int[] extents, int[] strides, int start)
    {
        int inner = extents.Length - 1;
        if (inner < 0)
        {
            to[0] = from[start];
            return;
        }

        var index = new int[extents.Length];
        for (int row = 0; row < to.Length; row += extents[inner])
        {
            CopyRow(from, to.Slice(row, extents[inner]), start, strides[inner]);
            for (int axis = inner - 1; axis >= 0; axis--)
            {
                start += strides[axis];
                if (++index[axis] < extents[axis])
                {
                    break;
                }

                start -= strides[axis] * extents[axis];
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
