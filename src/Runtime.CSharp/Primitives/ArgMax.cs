using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Primitives;

/// <summary>The index of the largest element along an axis.</summary>
/// <remarks>
/// Shape: the axis is removed; it must have an element. The first index at ties, that of the first NaN if there is one.
/// Derivative: none.
/// </remarks>
/// <param name="Axis">The axis.</param>
/// <param name="Type">The integer dtype of the indices.</param>
public sealed partial record ArgMax(int Axis, DType Type) : ArgExtremum
{
    /// <inheritdoc/>
    public override string Name => "arg_max";

    internal override int Along => Axis;

    private protected override DType IndexType => Type;

    private protected override bool Largest => true;

    /// <summary>Draws a tensor without ties and one of its axes.</summary>
    public static Sample Draw(SampleSource source)
    {
        (int axis, NDArray x) = DrawDistinct(source);
        return new(new ArgMax(axis, source.Pick(DType.I64, DType.I32)), x);
    }

    private protected override UnaryPrimitive With(int axis) => new ArgMax(axis, Type);
}

public static partial class Ops
{
    /// <summary>The first index of the largest element along an axis.</summary>
    public static Value ArgMax(Value x, int axis, DType type = DType.I64) => Apply(new ArgMax(axis, type), x);
}
