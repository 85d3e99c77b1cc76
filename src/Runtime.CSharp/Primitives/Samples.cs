using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Primitives;

/// <summary>Draws operands for the families of elementwise primitives.</summary>
internal static class Samples
{
    private static readonly DType[] IntegerTypes =
        [DType.I32, DType.U8, DType.I64, DType.U32, DType.I8, DType.U16, DType.I16, DType.U64];

    /// <summary>−1.9 to 1.9, away from whole numbers and from halves.</summary>
    internal static Domain BetweenSteps { get; } = new(-1.9, 1.9) { Kinks = [-1.5, -1, -0.5, 0, 0.5, 1, 1.5] };

    /// <summary>One floating tensor from a domain.</summary>
    internal static Sample Floating(SampleSource source, ElementwiseUnary primitive, Domain domain) =>
        new(primitive, source.Real(source.Shape(), domain));

    /// <summary>One tensor of any numeric dtype.</summary>
    internal static Sample Numeric(SampleSource source, ElementwiseUnary primitive) =>
        new(primitive, source.Numbers(source.Numeric(), source.Shape()));

    /// <summary>One complex tensor.</summary>
    internal static Sample Complex(SampleSource source, ElementwisePrimitive primitive) =>
        new(primitive, source.Numbers(source.Floating() == DType.F64 ? DType.C128 : DType.C64, source.Shape()));

    /// <summary>Two tensors of one numeric dtype.</summary>
    internal static Sample Binary(SampleSource source, ElementwisePrimitive primitive)
    {
        DType type = source.Numeric();
        Shape shape = source.Shape();
        return new(primitive, source.Numbers(type, shape), source.Numbers(type, shape));
    }

    /// <summary>Two floating tensors, each from a domain of its own.</summary>
    internal static Sample Floating(SampleSource source, ElementwisePrimitive primitive, Domain left, Domain right)
    {
        DType type = source.Floating();
        Shape shape = source.Shape();
        return new(primitive, source.Real(type, shape, left), source.Real(type, shape, right));
    }

    /// <summary>Numbers and divisors: away from zero where the dtype is floating or complex, at least 1 where it is an integer's.</summary>
    internal static Sample Division(SampleSource source, ElementwisePrimitive primitive)
    {
        DType type = source.Numeric();
        Shape shape = source.Shape();
        NDArray divisor = type.IsInteger() ? source.Integers(type, shape, 1, 100)
            : type.IsFloating() ? source.Real(type, shape, Domain.NonZero)
            : source.Numbers(type, shape);
        return new(primitive, source.Numbers(type, shape), divisor);
    }

    /// <summary>Two tensors of one integer dtype or of bools.</summary>
    internal static Sample Bits(SampleSource source, ElementwisePrimitive primitive, int operands)
    {
        DType type = source.Pick([DType.Bool, .. IntegerTypes]);
        Shape shape = source.Shape();
        return new(primitive, [.. Enumerable.Range(0, operands).Select(_ => Integers(source, type, shape))]);
    }

    /// <summary>Integers, and how far to shift them: also past the width.</summary>
    internal static Sample Shift(SampleSource source, ElementwisePrimitive primitive)
    {
        DType type = source.Pick(IntegerTypes);
        Shape shape = source.Shape();
        return new(primitive, source.Numbers(type, shape), source.Integers(type, shape, 0, 70));
    }

    /// <summary>One tensor of an integer dtype.</summary>
    internal static Sample Integers(SampleSource source, ElementwisePrimitive primitive) =>
        new(primitive, source.Numbers(source.Pick(IntegerTypes), source.Shape()));

    /// <summary>One tensor of any numeric dtype, floating ones away from 0.</summary>
    internal static Sample NonZero(SampleSource source, ElementwisePrimitive primitive)
    {
        DType type = source.Numeric();
        Shape shape = source.Shape();
        return new(primitive, type.IsFloating() ? source.Real(type, shape, Domain.NonZero) : source.Numbers(type, shape));
    }

    /// <summary>Two tensors of one real dtype; floating ones differ by at least 0.1.</summary>
    internal static Sample Unequal(SampleSource source, ElementwisePrimitive primitive)
    {
        DType type = source.Numeric();
        if (type.IsComplex())
        {
            type = type.RealPart();
        }

        Shape shape = source.Shape();
        if (!type.IsFloating())
        {
            return new(primitive, source.Numbers(type, shape), source.Numbers(type, shape));
        }

        NDArray both = source.Distinct(type, shape.Insert(0, 2));
        int[] strides = [.. both.Shape.Strides().Skip(1)];
        return new(primitive, Strided.Copy(both, shape, strides), Strided.Copy(both, shape, strides, shape.Size));
    }

    /// <summary>Numbers and divisors of one real dtype; floating quotients lie between 2.09 and 2.95.</summary>
    internal static Sample Remainder(SampleSource source, ElementwisePrimitive primitive)
    {
        DType type = source.Numeric();
        if (type.IsComplex())
        {
            type = type.RealPart();
        }

        Shape shape = source.Shape();
        return type.IsFloating()
            ? new(primitive, source.Real(type, shape, new Domain(2.2, 2.8)), source.Real(type, shape, new Domain(0.95, 1.05)))
            : new(primitive, source.Numbers(type, shape), source.Integers(type, shape, 1, 100));
    }

    private static NDArray Integers(SampleSource source, DType type, Shape shape) =>
        type == DType.Bool ? source.Bools(shape) : source.Numbers(type, shape);
}
