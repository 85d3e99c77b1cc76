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
        var from = new int[indices.Length];
        var to = new int[indices.Length];
        for (int i = 0; i < from.Length; i++)
        {
            from[i] = i + (((int)indices[i] - (i / stride % extent)) * stride);
            to[i] = i;
        }

        Boxes.CopyElements(x, from, result, to);
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
            var numbers = new T[extent];
            var places = new int[extent];
            foreach (int start in Boxes.Offsets(keys.Shape, new Axes(axis).Others(keys.Shape.Rank)))
            {
                int nans = Separate(x, start, stride, numbers, places);
                int first = nansFirst ? nans : 0;
                Arrange(numbers.AsSpan(first, extent - nans), places.AsSpan(first, extent - nans));
                for (int i = 0; i < extent; i++)
                {
                    order[start + (i * stride)] = places[i];
                }
            }

            return NDArray.Own(keys.Shape, order);
        }

        /// <summary>Copies a line, NaN to the end where it belongs, each in the order of the line; gives how many are NaN.</summary>
        private int Separate<T>(T[] x, int start, int stride, T[] numbers, int[] places)
            where T : INumber<T>
        {
            int nans = 0;
            for (int i = 0; i < places.Length; i++)
            {
                nans += T.IsNaN(x[start + (i * stride)]) ? 1 : 0;
            }

            int nextNumber = nansFirst ? nans : 0;
            int nextNan = nansFirst ? 0 : places.Length - nans;
            for (int i = 0; i < places.Length; i++)
            {
                T item = x[start + (i * stride)];
                int to = T.IsNaN(item) ? nextNan++ : nextNumber++;
                numbers[to] = item;
                places[to] = i;
            }

            return nans;
        }

        /// <summary>Sorts numbers with their places, and the places of equal numbers, so that these keep their order.</summary>
        private void Arrange<T>(Span<T> numbers, Span<int> places)
            where T : INumber<T>
        {
            numbers.Sort(places);
            if (descending)
            {
                numbers.Reverse();
                places.Reverse();
            }

            for (int from = 0; from < numbers.Length;)
            {
                int to = from + 1;
                while (to < numbers.Length && numbers[to] == numbers[from])
                {
                    to++;
                }

                if (to - from > 1)
                {
                    places[from..to].Sort();
                }

                from = to;
            }
        }
    }
}
