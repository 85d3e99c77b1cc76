using System.Globalization;
using System.Numerics;
using Adjoint.Core;

namespace Adjoint.Front.Audits;

/// <summary>Looks for numbers that are not finite.</summary>
internal static class Finite
{
    /// <summary>The first place, in row-major order, of an element that is not finite; −1 where all are.</summary>
    internal static int FirstBad(NDArray array, int from = 0) => array.Storage switch
    {
        double[] x => First(x, from, double.IsFinite),
        float[] x => First(x, from, float.IsFinite),
        Half[] x => First(x, from, Half.IsFinite),
        BFloat16[] x => First(x, from, number => float.IsFinite(number.ToSingle())),
        Complex64[] x => First(x, from, number => Complex.IsFinite(number.ToComplex())),
        Complex[] x => First(x, from, Complex.IsFinite),
        _ => -1,
    };

    /// <summary>The first place of a NaN; −1 where there is none.</summary>
    internal static int FirstNaN(NDArray array)
    {
        int at = FirstBad(array);
        while (at >= 0 && !IsNaN(array.At(at)))
        {
            at = FirstBad(array, at + 1);
        }

        return at;
    }

    internal static bool HasBad(HostValue value) => value is NDArray array && FirstBad(array) >= 0;

    internal static bool IsFinite(Scalar number) => !number.Type.IsDifferentiable() || Complex.IsFinite(number.AsComplex);

    internal static bool IsNaN(Scalar number) => number.Type.IsDifferentiable() && Complex.IsNaN(number.AsComplex);

    /// <summary>An element's indices: [2, 0]; nothing for rank 0.</summary>
    internal static string IndexText(Shape shape, int element) =>
        shape.Rank == 0 ? "" : $"[{string.Join(", ", Indices(shape, element))}]";

    /// <summary>An element's indices.</summary>
    internal static int[] Indices(Shape shape, int element)
    {
        var indices = new int[shape.Rank];
        for (int axis = shape.Rank - 1; axis >= 0; axis--)
        {
            indices[axis] = element % shape[axis].Value;
            element /= shape[axis].Value;
        }

        return indices;
    }

    /// <summary>A number, short.</summary>
    internal static string Number(Scalar number) => ArrayText.Element(number) switch
    {
        "∞" or "Infinity" => "inf",
        "-∞" or "-Infinity" => "-inf",
        var text => text,
    };

    /// <summary>A number, short.</summary>
    internal static string Number(double number) => double.IsPositiveInfinity(number) ? "inf"
        : double.IsNegativeInfinity(number) ? "-inf"
        : number.ToString("G6", CultureInfo.InvariantCulture);

    private static int First<T>(T[] items, int from, Func<T, bool> isFinite)
    {
        for (int i = from; i < items.Length; i++)
        {
            if (!isFinite(items[i]))
            {
                return i;
            }
        }

        return -1;
    }
}
