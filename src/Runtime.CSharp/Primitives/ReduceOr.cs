using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>Whether any of the bools along axes is true.</summary>
/// <remarks>Shape: the axes are removed. No elements give false. Derivative: none.</remarks>
/// <param name="Axes">The axes.</param>
public sealed partial record ReduceOr(Axes Axes) : Reduction
{
    /// <inheritdoc/>
    public override string Name => "reduce_or";

    internal override Axes Along => Axes;

    private protected override DTypeKinds Takes => DTypeKinds.Bool;

    /// <summary>Draws bools and some of their axes.</summary>
    public static Sample Draw(SampleSource source)
    {
        Shape shape = source.Shape(minExtent: 0);
        return new(new ReduceOr(Draws.Some(source, shape.Rank)), source.Bools(shape));
    }

    internal override LoopOp Joins => LoopOp.Or;

    /// <inheritdoc/>
    public override NDArray Evaluate(NDArray x) =>
        Each<bool>(x, static (bools, start, elements) => Array.Exists(elements, element => bools[start + element]));

    /// <inheritdoc/>
    public override Value? Jvp(Node node, Value tangent) => null;

    internal override UnaryPrimitive With(Axes axes) => new ReduceOr(axes);
}

public static partial class Ops
{
    /// <summary>Whether any of the bools along axes is true.</summary>
    public static Value ReduceOr(Value x, Axes axes) => axes.Count == 0 ? x : Apply(new ReduceOr(axes), x);
}
