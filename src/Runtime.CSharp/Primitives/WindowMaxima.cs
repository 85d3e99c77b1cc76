using System.Numerics;
using Adjoint.Core;

namespace Adjoint.Primitives;

/// <summary>The place of each window's first maximum; that of its first NaN if it has one, −1 if it lies in padding alone.</summary>
internal sealed class WindowMaxima(SlidingWindow window) : IOrderedEvaluation
{
    internal static int[] Of(SlidingWindow window, NDArray x) => Dispatch.Ordered(new WindowMaxima(window), [x]).Data<int>();

    /// <inheritdoc/>
    public NDArray Run<T>(NDArray[] operands)
        where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        T[] x = operands[0].Data<T>();
        Shape shape = window.Result(operands[0].Shape);
        var maxima = new int[shape.Size];
        int at = 0;
        foreach (ReadOnlyMemory<int> places in window.Places(operands[0].Shape))
        {
            int best = -1;
            foreach (int place in places.Span)
            {
                bool isFirst = best < 0 || (!T.IsNaN(x[best]) && (x[place] > x[best] || T.IsNaN(x[place])));
                best = isFirst ? place : best;
            }

            maxima[at++] = best;
        }

        return NDArray.Own(shape, maxima);
    }
}
