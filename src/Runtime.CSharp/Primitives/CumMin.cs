using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Primitives;

/// <summary>The smallest element so far along an axis: y[i] = min(x[0], …, x[i]); backwards where reversed.</summary>
/// <remarks>
/// <para>NaN propagates: from the first one on all are NaN.</para>
/// <para>Derivative: that of the element that attains the minimum, at ties of the one that was met first.</para>
/// </remarks>
/// <param name="Axis">The axis.</param>
/// <param name="Reverse">From the last element to the first.</param>
public sealed partial record CumMin(int Axis, bool Reverse) : CumExtremum
{
    /// <inheritdoc/>
    public override string Name => "cum_min";

    private protected override int Along => Axis;

    private protected override bool Backwards => Reverse;

    private protected override bool Largest => false;

    /// <summary>Draws a tensor without ties and one of its axes.</summary>
    public static Sample Draw(SampleSource source)
    {
        (int axis, NDArray x) = DrawDistinct(source);
        return new(new CumMin(axis, source.Bool()), x);
    }

    private protected override UnaryPrimitive With(int axis) => new CumMin(axis, Reverse);
}

public static partial class Ops
{
    /// <summary>The smallest element so far along an axis.</summary>
    public static Value CumMin(Value x, int axis, bool reverse = false) => Apply(new CumMin(axis, reverse), x);
}
