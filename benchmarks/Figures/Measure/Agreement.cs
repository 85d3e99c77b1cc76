using Adjoint.Core;

namespace Figures.Measure;

/// <summary>Whether two contenders computed the same: a figure of wrong results is none.</summary>
internal static class Agreement
{
    /// <summary>
    /// The largest difference of two arrays as a share of the largest element, or infinity where one has a NaN or an
    /// infinity that the other lacks.
    /// </summary>
    public static double Gap(NDArray actual, NDArray expected)
    {
        double[] x = actual.ToDoubles();
        double[] y = expected.ToDoubles();
        if (x.Length != y.Length)
        {
            return double.PositiveInfinity;
        }

        double gap = 0;
        double scale = double.Epsilon;
        for (int i = 0; i < x.Length; i++)
        {
            if (x[i] != y[i] && !(double.IsNaN(x[i]) && double.IsNaN(y[i])))
            {
                double difference = Math.Abs(x[i] - y[i]);
                gap = double.IsFinite(difference) ? Math.Max(gap, difference) : double.PositiveInfinity;
            }

            scale = double.IsFinite(y[i]) ? Math.Max(scale, Math.Abs(y[i])) : scale;
        }

        return gap / scale;
    }
}
