using System.Collections.Immutable;
using Adjoint.Core;

namespace Adjoint.Ir;

/// <summary>A primitive with operands to try it on, as drawn by the primitive itself.</summary>
/// <param name="Primitive">With its attributes.</param>
/// <param name="Operands">Arrays and stacks that fit its typing rule.</param>
public sealed record Sample(Primitive Primitive, ImmutableArray<HostValue> Operands)
{
    /// <summary>A sample of array operands.</summary>
    public Sample(Primitive primitive, params NDArray[] operands)
        : this(primitive, [.. operands.Cast<HostValue>()])
    {
    }

    /// <summary>The operand places in which derivatives are meant; all with a tangent unless said otherwise.</summary>
    public ParameterMask? Active { get; init; }
}

/// <summary>An interval of smooth points: where derivatives exist and are of moderate size.</summary>
/// <param name="Low">The lowest number to draw.</param>
/// <param name="High">The highest number to draw.</param>
public sealed record Domain(double Low, double High)
{
    /// <summary>−2 to 2.</summary>
    public static Domain All { get; } = new(-2, 2);

    /// <summary>0.3 to 3.</summary>
    public static Domain Positive { get; } = new(0.3, 3);

    /// <summary>−0.9 to 0.9.</summary>
    public static Domain Unit { get; } = new(-0.9, 0.9);

    /// <summary>−2 to 2, at least 0.1 from 0.</summary>
    public static Domain NonZero { get; } = new(-2, 2) { Kinks = [0] };

    /// <summary>Points to keep at least 0.1 away from: kinks and jumps.</summary>
    public ImmutableArray<double> Kinks { get; init; } = [];
}

/// <summary>Draws what a primitive's <c>Draw</c> asks for. The tests decide at random and shrink.</summary>
public abstract class SampleSource
{
    /// <summary>A whole number from low to high, both included; shrinks to low.</summary>
    public abstract int Int(int low, int high);

    /// <summary>A floating dtype: f64 for laws of derivatives, any for laws of values.</summary>
    public abstract DType Floating();

    /// <summary>A dtype with arithmetic; floating for laws of derivatives.</summary>
    public abstract DType Numeric();

    /// <summary>A floating array; inside the domain for laws of derivatives, edges among them for laws of values.</summary>
    public abstract NDArray Real(DType type, Shape shape, Domain domain);

    /// <summary>An array of a numeric dtype; a floating or complex one as <see cref="Real(DType, Shape, Domain)"/>.</summary>
    public abstract NDArray Numbers(DType type, Shape shape);

    /// <summary>Whole numbers of a dtype from low to high, both included.</summary>
    public abstract NDArray Integers(DType type, Shape shape, long low, long high);

    /// <summary>A floating array without equal elements, at least 0.1 apart, in random order.</summary>
    public abstract NDArray Distinct(DType type, Shape shape);

    /// <summary>A random program from these types to those.</summary>
    public abstract Body Body(ImmutableArray<ValueType> inputs, ImmutableArray<ValueType> outputs);

    /// <summary>A bool; shrinks to false.</summary>
    public bool Bool() => Int(0, 1) == 1;

    /// <summary>One of these; shrinks to the first.</summary>
    public T Pick<T>(params T[] items) => items[Int(0, items.Length - 1)];

    /// <summary>A shape; extents are small.</summary>
    public Shape Shape(int minRank = 0, int maxRank = 3, int minExtent = 1, int maxExtent = 4)
    {
        var extents = new int[Int(minRank, maxRank)];
        for (int axis = 0; axis < extents.Length; axis++)
        {
            extents[axis] = Int(minExtent, maxExtent);
        }

        return Core.Shape.Of(extents);
    }

    /// <summary>A floating array of a drawn dtype.</summary>
    public NDArray Real(Shape shape, Domain domain) => Real(Floating(), shape, domain);

    /// <summary>Bools.</summary>
    public NDArray Bools(Shape shape) => Integers(DType.Bool, shape, 0, 1);
}
