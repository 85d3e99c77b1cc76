using System.Globalization;
using System.Numerics;
using System.Text;

namespace Adjoint.Core;

/// <summary>How an array reads: dtype and shape, then nested brackets; long axes are shortened in the middle.</summary>
internal static class ArrayText
{
    internal const int Edge = 3;
    internal const int Most = 8;

    internal static string Of(NDArray array)
    {
        var text = new StringBuilder(array.Describe());
        text.Append(' ');
        Append(text, array, 0, 0);
        return text.ToString();
    }

    /// <summary>Dtype, shape and the first elements in one line.</summary>
    internal static string Line(NDArray array)
    {
        string elements = string.Join(" ", Enumerable.Range(0, Math.Min(array.Size, Most)).Select(i => Element(array.At(i))));
        return $"{array.Describe()} {elements}{(array.Size > Most ? " …" : "")}".TrimEnd();
    }

    private static void Append(StringBuilder text, NDArray array, int axis, int offset)
    {
        if (axis == array.Shape.Rank)
        {
            text.Append(Element(array.At(offset)));
            return;
        }

        int extent = array.Shape[axis].Value;
        int stride = array.Shape.Strides()[axis];
        text.Append('[');
        for (int i = 0; i < extent; i++)
        {
            if (extent > Most && i == Edge)
            {
                text.Append("… ");
                i = extent - Edge;
            }

            Append(text, array, axis + 1, offset + (i * stride));
            text.Append(i + 1 == extent ? "" : axis + 1 == array.Shape.Rank ? " " : "\n ");
        }

        text.Append(']');
    }

    /// <summary>How one element reads.</summary>
    internal static string Element(Scalar value) => value.Type switch
    {
        DType.F32 => ((float)value.AsDouble).ToString("G6", CultureInfo.InvariantCulture),
        DType.F64 => value.AsDouble.ToString("G8", CultureInfo.InvariantCulture),
        _ => value.ToString(),
    };
}
