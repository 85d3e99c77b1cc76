using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Front.Audits;

/// <summary>How reports tell nodes and values.</summary>
internal static class NodeText
{
    /// <summary>div(f64[3], f64[3]) → f64[3].</summary>
    internal static string Typed(Node node) =>
        $"{node.Primitive.Name}({string.Join(", ", node.Operands.Select(operand => operand.Type))}) → "
        + string.Join(", ", node.Results.Select(result => result.Type));

    /// <summary>div, in encoder, model.fs:12.</summary>
    internal static string Placed(Node node) => At(node.Primitive.Name, node.Origin);

    /// <summary>Something, and where it is.</summary>
    internal static string At(string what, Origin origin) => origin.ToString() is { Length: > 0 } place ? $"{what}, in {place}" : what;

    /// <summary>A value at an element of a shape where it has that shape; otherwise a single number, or its type and range.</summary>
    internal static string Element(HostValue value, Shape shape, int element) => value switch
    {
        NDArray array when array.Size == 1 => Finite.Number(array.At(0)),
        NDArray array when array.Shape.Equals(shape) => Finite.Number(array.At(element)),
        NDArray array => Summary(array),
        _ => "a stack",
    };

    private static string Summary(NDArray array)
    {
        if (array.Size == 0 || array.Type.IsComplex())
        {
            return array.Describe();
        }

        double[] numbers = array.ToDoubles();
        int bad = numbers.Count(number => !double.IsFinite(number));
        double[] finite = [.. numbers.Where(double.IsFinite)];
        string range = finite.Length == 0 ? "nothing finite" : $"{Finite.Number(finite.Min())} to {Finite.Number(finite.Max())}";
        return $"{array.Describe()} ({range}{(bad == 0 ? "" : $", {bad} not finite")})";
    }
}
