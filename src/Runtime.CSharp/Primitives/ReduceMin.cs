using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Primitives;

/// <summary>The smallest element along axes.</summary>
/// <remarks>
/// <para>Shape: the axes are removed; each must have an element. NaN propagates; -0 is below 0.</para>
/// <para>Derivative: that of the element that attains the minimum; at ties the mean of them, so the gradient splits evenly.</para>
/// </remarks>
/// <param name="Axes">The axes.</param>
public sealed partial record ReduceMin(Axes Axes) : ReduceExtremum
{
    /// <inheritdoc/>
    public override string Name => "reduce_min";

    internal override Axes Along => Axes;

    private protected override bool Largest => false;

    /// <summary>Draws a tensor without ties and some of its axes.</summary>
    public static Sample Draw(SampleSource source)
    {
        (Axes axes, NDArray x) = DrawDistinct(source);
        return new(new ReduceMin(axes), x);
    }

    internal override UnaryPrimitive With(Axes axes) => new ReduceMin(axes);
}

public static partial class Ops
{
    /// <summary>The smallest element along axes.</summary>
    public static Value ReduceMin(Value x, Axes axes) => axes.Count == 0 ? x : Apply(new ReduceMin(axes), x);
}
