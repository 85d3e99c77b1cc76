using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>Whether all of the bools along axes are true.</summary>
/// <remarks>Shape: the axes are removed. No elements give true. Derivative: none.</remarks>
/// <param name="Axes">The axes.</param>
public sealed partial record ReduceAnd(Axes Axes) : Reduction
{
    /// <inheritdoc/>
    public override string Name => "reduce_and";

    internal override Axes Along => Axes;

    private protected override DTypeKinds Takes => DTypeKinds.Bool;

    /// <summary>Draws bools and some of their axes.</summary>
    public static Sample Draw(SampleSource source)
    {
        Shape shape = source.Shape(minExtent: 0);
        return new(new ReduceAnd(Draws.Some(source, shape.Rank)), source.Bools(shape));
    }

    internal override LoopOp Joins => LoopOp.And;

    /// <inheritdoc/>
    public override NDArray Evaluate(NDArray x) =>
        Each<bool>(x, static (bools, start, elements) => Array.TrueForAll(elements, element => bools[start + element]));

    /// <inheritdoc/>
    public override Value? Jvp(Node node, Value tangent) => null;

    internal override UnaryPrimitive With(Axes axes) => new ReduceAnd(axes);
}

public static partial class Ops
{
    /// <summary>Whether all of the bools along axes are true.</summary>
    public static Value ReduceAnd(Value x, Axes axes) => axes.Count == 0 ? x : Apply(new ReduceAnd(axes), x);
}
