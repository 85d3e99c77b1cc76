using Adjoint.Core;
using Figures.Native;

namespace Figures.GradBench;

/// <summary>Random numbers for cases, the same in every run, in the forms that messages and counterparts take.</summary>
internal sealed class Numbers(int seed)
{
    private readonly Random random = new(seed);

    /// <summary>Even between low and high.</summary>
    public double[] Vector(int count, double low, double high) =>
        [.. Enumerable.Range(0, count).Select(_ => low + ((high - low) * random.NextDouble()))];

    /// <summary>Rows of them.</summary>
    public double[][] Matrix(int rows, int columns, double low, double high) =>
        [.. Enumerable.Range(0, rows).Select(_ => Vector(columns, low, high))];

    /// <summary>As a counterpart takes it.</summary>
    public static NDArray Array(params IEnumerable<double> numbers)
    {
        double[] all = [.. numbers];
        NDArray array = Entry.Pinned(DType.F64, Shape.Of(all.Length));
        all.CopyTo((double[])array.Storage, 0);
        return array;
    }

    /// <summary>Rows one after another.</summary>
    public static NDArray Array(IEnumerable<double[]> rows) => Array(rows.SelectMany(row => row));

    /// <summary>Whole numbers.</summary>
    public static NDArray Whole(IReadOnlyList<int> numbers)
    {
        NDArray array = Entry.Pinned(DType.I64, Shape.Of(numbers.Count));
        for (int i = 0; i < numbers.Count; i++)
        {
            ((long[])array.Storage)[i] = numbers[i];
        }

        return array;
    }
}
