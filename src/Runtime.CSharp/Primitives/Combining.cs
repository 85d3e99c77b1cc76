using System.Numerics;
using Adjoint.Core;

namespace Adjoint.Primitives;

/// <summary>Windows of one form in an array: window w has the elements at Starts[w] + Offsets[i].</summary>
/// <param name="Array">The array.</param>
/// <param name="Starts">Where each window starts.</param>
/// <param name="Offsets">Where its elements lie from there.</param>
internal readonly record struct ElementWindows(NDArray Array, int[] Starts, int[] Offsets);

/// <summary>Joins windows of updates with the elements that they meet, in place.</summary>
internal static class Combining
{
    /// <summary>Each element joined with the update at the same place of its window; a window that starts below 0 is left out.</summary>
    internal static void Join(ScatterUpdate kind, ElementWindows x, ElementWindows updates) =>
        Elements.Run(x.Array.Type, new Loop(kind, x, updates));

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

    private readonly struct Loop(ScatterUpdate kind, ElementWindows x, ElementWindows updates) : IElementLoop
    {
        public NDArray Run<TStored, TWork, TElement>()
            where TStored : unmanaged
            where TWork : unmanaged
            where TElement : struct, IElement<TStored, TWork>
        {
            var join = (Func<TWork, TWork, TWork>)Function(kind, typeof(TWork));
            TStored[] to = x.Array.Data<TStored>();
            TStored[] from = updates.Array.Data<TStored>();
            for (int window = 0; window < x.Starts.Length; window++)
            {
                int start = x.Starts[window];
                for (int i = 0; start >= 0 && i < x.Offsets.Length; i++)
                {
                    ref TStored element = ref to[start + x.Offsets[i]];
                    TStored update = from[updates.Starts[window] + updates.Offsets[i]];
                    element = TElement.Store(join(TElement.Load(element), TElement.Load(update)));
                }
            }

            return x.Array;
        }
    }
}
