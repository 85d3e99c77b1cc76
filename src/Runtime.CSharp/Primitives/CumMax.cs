using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Primitives;

/// <summary>The largest element so far along an axis: y[i] = max(x[0], …, x[i]); backwards where reversed.</summary>
/// <remarks>
/// <para>NaN propagates: from the first one on all are NaN.</para>
/// <para>Derivative: that of the element that attains the maximum, at ties of the one that was met first.</para>
/// </remarks>
/// <param name="Axis">The axis.</param>
/// <param name="Reverse">From the last element to the first.</param>
public sealed partial record CumMax(int Axis, bool Reverse) : CumExtremum
{
    /// <inheritdoc/>
    public override string Name => "cum_max";

    private protected override int Along => Axis;

    private protected override bool Backwards => Reverse;

    private protected override bool Largest => true;

    /// <summary>Draws a tensor without ties and one of its axes.</summary>
    public static Sample Draw(SampleSource source)
    {
        (int axis, NDArray x) = DrawDistinct(source);
        return new(new CumMax(axis, source.Bool()), x);
    }

    private protected override UnaryPrimitive With(int axis) => new CumMax(axis, Reverse);
}

public static partial class Ops
{
    /// <summary>The largest element so far along an axis.</summary>
    public static Value CumMax(Value x, int axis, bool reverse = false) => Apply(new CumMax(axis, reverse), x);
}
