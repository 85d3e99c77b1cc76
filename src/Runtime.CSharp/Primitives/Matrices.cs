using System.Collections.Immutable;
using System.Numerics;
using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Primitives;

/// <summary>What the primitives of dense linear algebra have in common: matrices along the last two axes, batches before them.</summary>
internal static class Matrices
{
    /// <summary>The operand's type, where it has two axes at least and a dtype that matrices are factored in.</summary>
    internal static TensorType Check(string name, ImmutableArray<ValueType> operands, bool square, bool complex)
    {
        if (operands.Length != 1 || operands[0] is not TensorType a)
        {
            throw new TypeRuleException($"{name}: takes one tensor of matrices.");
        }

        Check(name, a, complex);
        return !square || a.Shape[^1] == a.Shape[^2]
            ? a
            : throw new TypeRuleException($"{name}: the last two axes of {a} differ; square matrices are wanted.");
    }

    /// <summary>Throws unless the last two axes are those of matrices of a dtype that linear algebra has.</summary>
    internal static void Check(string name, TensorType a, bool complex)
    {
        if (a.Rank < 2)
        {
            throw new TypeRuleException($"{name}: {a} holds no matrices; they lie along the last two axes.");
        }

        if (a.DType is not (DType.F32 or DType.F64) && !(complex && a.DType.IsComplex()))
        {
            throw new TypeRuleException($"{name}: takes f32 or f64{(complex ? ", c64 or c128" : "")}, not {a}; cast it?");
        }
    }

    /// <summary>How many matrices there are.</summary>
    internal static int Count(Shape shape) => Leading(shape).Size;

    /// <summary>The axes before the matrices'.</summary>
    internal static Shape Leading(Shape shape) => new(shape.Take(shape.Rank - 2));

    /// <summary>The shape with other matrices.</summary>
    internal static Shape With(Shape shape, Extent rows, Extent columns) => Leading(shape).Concat(new(rows, columns));

    /// <summary>The shape with vectors in the matrices' place.</summary>
    internal static Shape WithVectors(Shape shape, Extent length) => Leading(shape).Concat(new(length));

    /// <summary>Adds a number to each diagonal element of drawn matrices, or to those that lie some rows below, from the top again.</summary>
    internal static NDArray Raised(NDArray a, double number, int shift = 0)
    {
        int rows = a.Shape[^2].Value, columns = a.Shape[^1].Value;
        for (int start = 0; start < a.Size; start += rows * columns)
        {
            for (int j = 0; j < Math.Min(rows, columns); j++)
            {
                int place = start + ((j + shift) % rows * columns) + j;
                a.Set(place, a.Type.IsComplex() ? Scalar.Of(a.Type, a.At(place).AsComplex + number) : Scalar.Of(a.Type, a.At(place).AsDouble + number));
            }
        }

        return a;
    }

    /// <summary>Small numbers beside a diagonal of steps, from a first one on: eigenvalues and singular values keep apart, vectors near the axes.</summary>
    internal static NDArray Spread(NDArray a, double step)
    {
        int rows = a.Shape[^2].Value, columns = a.Shape[^1].Value;
        for (int place = 0; place < a.Size; place++)
        {
            int row = place % (rows * columns) / columns, column = place % columns;
            double raised = (0.7 * a.At(place).AsDouble) + (row == column ? step * (row + 1) : 0);
            a.Set(place, Scalar.Of(a.Type, raised));
        }

        return a;
    }

    /// <summary>Different numbers within ±1, without edges in any mode: what algorithms decide by comparing stays decided.</summary>
    internal static NDArray DrawCalm(SampleSource source, DType type, Shape shape)
    {
        NDArray drawn = source.Distinct(DType.F64, shape), calm = NDArray.New(type, shape);
        double largest = Math.Max(1, drawn.ToDoubles().Select(Math.Abs).DefaultIfEmpty(1).Max());
        for (int i = 0; i < calm.Size; i++)
        {
            double number = drawn.At(i).AsDouble / largest;
            calm.Set(i, type.IsComplex() ? Scalar.Of(type, new Complex(number, drawn.At(calm.Size - 1 - i).AsDouble / largest)) : Scalar.Of(type, number));
        }

        return calm;
    }

    /// <summary>The numbers in f64, in which plain evaluation computes what has no short exact form.</summary>
    internal static double[] Doubles(NDArray a, int matrix)
    {
        int size = a.Shape[^2].Value * a.Shape[^1].Value;
        return [.. Enumerable.Range(matrix * size, size).Select(i => a.At(i).AsDouble)];
    }

    /// <summary>Puts numbers one after another into an array, rounded to its dtype.</summary>
    internal static void Put(NDArray into, int place, ReadOnlySpan<double> numbers)
    {
        for (int i = 0; i < numbers.Length; i++)
        {
            into.Set(place + i, Scalar.Of(into.Type, numbers[i]));
        }
    }

    /// <summary>A dtype of linear algebra: real ones are drawn as they come.</summary>
    internal static DType DrawType(SampleSource source, bool complex)
    {
        DType type = source.Floating();
        return complex && source.Int(0, 3) == 3 ? DType.C128 : type == DType.F64 ? type : DType.F32;
    }

    /// <summary>A shape of matrices with at most one axis before them.</summary>
    internal static Shape DrawShape(SampleSource source, bool square)
    {
        Shape leading = source.Shape(0, 1, 1, 3);
        int rows = source.Int(1, 4);
        return leading.Concat(Shape.Of(rows, square ? rows : source.Int(1, 4)));
    }

    /// <summary>The complex conjugate; a real number is its own.</summary>
    internal static T Conjugate<T>(T x)
        where T : unmanaged, INumberBase<T> => x is Complex z ? (T)(object)Complex.Conjugate(z) : x;

    /// <summary>The square root of a real number: NaN of what is not positive.</summary>
    internal static T Root<T>(T x)
        where T : unmanaged, INumberBase<T> => x switch
        {
            Complex z => (T)(object)new Complex(z.Real > 0 ? Math.Sqrt(z.Real) : double.NaN, 0),
            float single => (T)(object)(single > 0 ? MathF.Sqrt(single) : float.NaN),
            double wide => (T)(object)(wide > 0 ? Math.Sqrt(wide) : double.NaN),
            _ => throw new DTypeException($"{typeof(T).Name} has no roots."),
        };

    /// <summary>The real part, as a number of the same kind.</summary>
    internal static T RealPart<T>(T x)
        where T : unmanaged, INumberBase<T> => x is Complex z ? (T)(object)new Complex(z.Real, 0) : x;
}
