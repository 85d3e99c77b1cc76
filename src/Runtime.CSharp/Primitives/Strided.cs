using Adjoint.Core;
using Adjoint.Kernels;

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
            StridedCopy.Run(x.Data<TStored>(), offset, strides, to, 0, shape.Strides(), shape.ToArray());
            return NDArray.Own(shape, to);
        }
    }
}
