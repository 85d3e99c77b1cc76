using System.Numerics;
using Adjoint.Core;

namespace Adjoint.Primitives;

/// <summary>The order of elements along an axis, stable, NaN last unless asked otherwise.</summary>
internal static class Orders
{
    /// <summary>For each place the index along the axis of the element that comes there.</summary>
    internal static NDArray Of(NDArray keys, int axis, bool descending, bool nansFirst = false) =>
        Dispatch.Ordered(new Sorting(axis, descending, nansFirst), [keys]);

    /// <summary>x with the elements of each line in this order; neighbours along the line lie at a stride.</summary>
    internal static NDArray Take(NDArray x, NDArray order, int stride, int extent)
    {
        NDArray result = NDArray.New(x.Type, x.Shape);
        ReadOnlySpan<long> indices = order.Span<long>();
        for (int i = 0; i < indices.Length; i++)
        {
            int from = i + (((int)indices[i] - (i / stride % extent)) * stride);
            Boxes.Copy(new(x, from, []), new(result, i, []), []);
        }

        return result;
    }

    private sealed class Sorting(int axis, bool descending, bool nansFirst) : IOrderedEvaluation
    {
        public NDArray Run<T>(NDArray[] operands)
            where T : unmanaged, INumber<T>, IMinMaxValue<T>
        {
            NDArray keys = operands[0];
            T[] x = keys.Data<T>();
            int extent = keys.Shape[axis].Value;
            int stride = keys.Shape.Strides()[axis];
            var order = new long[x.Length];
            var line = new int[extent];
            foreach (int start in Boxes.Offsets(keys.Shape, new Axes(axis).Others(keys.Shape.Rank)))
            {
                for (int i = 0; i < extent; i++)
                {
                    line[i] = i;
                }

                Array.Sort(line, (a, b) =>
                {
                    int sign = Compare(x[start + (a * stride)], x[start + (b * stride)]);
                    return sign == 0 ? a.CompareTo(b) : sign;
                });
                for (int i = 0; i < extent; i++)
                {
                    order[start + (i * stride)] = line[i];
                }
            }

            return NDArray.Own(keys.Shape, order);
        }

        private int Compare<T>(T a, T b)
            where T : INumber<T>
        {
            if (T.IsNaN(a) || T.IsNaN(b))
            {
                return nansFirst ? T.IsNaN(b).CompareTo(T.IsNaN(a)) : T.IsNaN(a).CompareTo(T.IsNaN(b));
            }

            return descending ? b.CompareTo(a) : a.CompareTo(b);
        }
    }
}
