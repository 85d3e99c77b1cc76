using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Primitives;

/// <summary>The index of the smallest element along an axis.</summary>
/// <remarks>
/// Shape: the axis is removed; it must have an element. The first index at ties, that of the first NaN if there is one.
/// Derivative: none.
/// </remarks>
/// <param name="Axis">The axis.</param>
/// <param name="Type">The integer dtype of the indices.</param>
public sealed partial record ArgMin(int Axis, DType Type) : ArgExtremum
{
    /// <inheritdoc/>
    public override string Name => "arg_min";

    internal override int Along => Axis;

    private protected override DType IndexType => Type;

    private protected override bool Largest => false;

    /// <summary>Draws a tensor without ties and one of its axes.</summary>
    public static Sample Draw(SampleSource source)
    {
        (int axis, NDArray x) = DrawDistinct(source);
        return new(new ArgMin(axis, source.Pick(DType.I64, DType.I32)), x);
    }

    private protected override UnaryPrimitive With(int axis) => new ArgMin(axis, Type);
}

public static partial class Ops
{
    /// <summary>The first index of the smallest element along an axis.</summary>
    public static Value ArgMin(Value x, int axis, DType type = DType.I64) => Apply(new ArgMin(axis, type), x);
}
