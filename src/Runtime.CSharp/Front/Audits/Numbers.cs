using System.Numerics;
using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Front.Audits;

/// <summary>Arithmetic on host values for numeric derivatives: complex numbers count as two real ones.</summary>
internal static class Numbers
{
    /// <summary>The factor in laws of linearity: of the other sign and large, so that clipping and rectifying show; a power of 2, so that it is exact.</summary>
    internal const double Far = -1024;

    /// <summary>All elements of values that have tangents, one after the other.</summary>
    internal static double[] Flatten(IEnumerable<HostValue> values) => [.. values.SelectMany(Flatten)];

    /// <summary>The elements of a value that has a tangent; nothing of another.</summary>
    internal static double[] Flatten(HostValue value) => value switch
    {
        NDArray { Storage: double[] numbers } => numbers,
        NDArray array when array.Type.IsComplex() => [.. Enumerable.Range(0, array.Size)
            .Select(i => array.At(i).AsComplex).SelectMany(number => new[] { number.Real, number.Imaginary })],
        NDArray array when array.Type.IsFloating() => array.ToDoubles(),
        _ => [],
    };

    /// <summary>The value moved along a direction; as it is where there is none.</summary>
    internal static HostValue Move(HostValue value, double step, NDArray? direction)
    {
        if (direction is null)
        {
            return value;
        }

        var array = (NDArray)value;
        return Make(TensorType.Of(array), i => array.At(i).AsComplex + (step * direction.At(i).AsComplex));
    }

    /// <summary>An array from its elements.</summary>
    internal static NDArray Make(TensorType type, Func<int, Complex> element)
    {
        NDArray result = NDArray.New(type.DType, type.Shape);
        for (int i = 0; i < result.Size; i++)
        {
            Complex number = element(i);
            result.Set(i, type.DType.IsComplex() ? Scalar.Of(type.DType, number) : Scalar.Of(type.DType, number.Real));
        }

        return result;
    }

    /// <summary>
    /// A direction whose entries are half to all of the size of the numbers they belong to, of either sign, so that small steps keep to
    /// the side of 0 where a number is; 1 beside zeros alone.
    /// </summary>
    internal static NDArray Direction(HostValue value, Random random)
    {
        var array = (NDArray)value;
        double[] numbers = Flatten(array);
        double[] sizes = [.. numbers.Where(number => double.IsFinite(number) && number != 0).Select(Math.Abs)];
        double typical = sizes.Length == 0 ? 1 : sizes.Average();
        double Entry(double number) =>
            (number != 0 && double.IsFinite(number) ? Math.Abs(number) : typical) * (0.5 + (0.5 * random.NextDouble())) * (random.Next(2) == 0 ? 1 : -1);
        return array.Type.IsComplex()
            ? Make(TensorType.Of(array), i => new(Entry(numbers[2 * i]), Entry(numbers[(2 * i) + 1])))
            : Make(TensorType.Of(array), i => Entry(numbers[i]));
    }

    /// <summary>Numbers of size about 1.</summary>
    internal static NDArray Cotangent(TensorType type, Random random)
    {
        double Entry() => (0.5 + random.NextDouble()) * (random.Next(2) == 0 ? 1 : -1);
        return Make(type, _ => type.DType.IsComplex() ? new Complex(Entry(), Entry()) : Entry());
    }

    /// <summary>A times one array plus another.</summary>
    internal static NDArray Combine(double factor, NDArray x, NDArray y) =>
        Make(TensorType.Of(x), i => (factor * x.At(i).AsComplex) + y.At(i).AsComplex);

    /// <summary>The real part of the sum of products, without conjugation, and the sum of the products' sizes.</summary>
    internal static (double Sum, double Size) Inner(IEnumerable<NDArray> left, IEnumerable<NDArray> right)
    {
        double sum = 0;
        double size = 0;
        foreach ((NDArray x, NDArray y) in left.Zip(right))
        {
            for (int i = 0; i < x.Size; i++)
            {
                double product = (x.At(i).AsComplex * y.At(i).AsComplex).Real;
                sum += product;
                size += Math.Abs(product);
            }
        }

        return (sum, size);
    }
}
