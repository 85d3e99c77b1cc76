using Adjoint.Core;
using Figures.Native;

namespace Figures.Rows;

/// <summary>Arguments: the same numbers in every run.</summary>
internal static class Data
{
    /// <summary>Numbers spread evenly from low to high.</summary>
    public static NDArray Uniform(DType type, Shape shape, double low, double high, int seed = 1)
    {
        var random = new Random(seed);
        NDArray array = Entry.Pinned(type, shape);
        for (int i = 0; i < array.Size; i++)
        {
            double number = low + ((high - low) * random.NextDouble());
            if (array.Storage is float[] singles)
            {
                singles[i] = (float)number;
            }
            else
            {
                ((double[])array.Storage)[i] = number;
            }
        }

        return array;
    }

    /// <summary>One whole number.</summary>
    public static NDArray Whole(long number) => NDArray.Scalar(number);
}
