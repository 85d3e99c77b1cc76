using System.Numerics;
using Adjoint.Core;

namespace Adjoint.Primitives;

/// <summary>Joins windows of updates with the elements that they meet, in place.</summary>
internal static class Combining
{
    /// <summary>x[at + o] joined with u[from + p] for the offsets (o, p) of a window.</summary>
    internal static void Join(ScatterUpdate kind, NDArray x, ReadOnlyMemory<int> at, int[] offsets, NDArray u, ReadOnlyMemory<int> from, int[] updateOffsets) =>
        Elements.Run(x.Type, new Loop(kind, x, at, offsets, u, from, updateOffsets));

    private static Delegate Function(ScatterUpdate kind, Type work) =>
        work == typeof(double) ? Ordered<double>(kind)
        : work == typeof(float) ? Ordered<float>(kind)
        : work == typeof(long) ? Ordered<long>(kind)
        : work == typeof(ulong) ? Ordered<ulong>(kind)
        : Number<Complex>(kind);

    private static Func<T, T, T> Ordered<T>(ScatterUpdate kind)
        where T : INumber<T> => kind switch
        {
            ScatterUpdate.Min => T.Min,
            ScatterUpdate.Max => T.Max,
            _ => Number<T>(kind),
        };

    private static Func<T, T, T> Number<T>(ScatterUpdate kind)
        where T : INumberBase<T> => kind switch
        {
            ScatterUpdate.Add => static (x, u) => x + u,
            ScatterUpdate.Mul => static (x, u) => x * u,
            _ => static (_, u) => u,
        };

    private readonly struct Loop(
        ScatterUpdate kind, NDArray x, ReadOnlyMemory<int> at, int[] offsets, NDArray u, ReadOnlyMemory<int> from, int[] updateOffsets) : IElementLoop
    {
        public NDArray Run<TStored, TWork, TElement>()
            where TStored : unmanaged
            where TWork : unmanaged
            where TElement : struct, IElement<TStored, TWork>
        {
            var join = (Func<TWork, TWork, TWork>)Function(kind, typeof(TWork));
            TStored[] to = x.Data<TStored>();
            TStored[] updates = u.Data<TStored>();
            for (int window = 0; window < at.Length; window++)
            {
                int start = at.Span[window];
                for (int i = 0; start >= 0 && i < offsets.Length; i++)
                {
                    ref TStored element = ref to[start + offsets[i]];
                    TStored update = updates[from.Span[window] + updateOffsets[i]];
                    element = TElement.Store(join(TElement.Load(element), TElement.Load(update)));
                }
            }

            return x;
        }
    }
}
