using System.Numerics;
using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Primitives;

/// <summary>Running product along an axis: y[i] = x[0] * … * x[i]; backwards from the last element where reversed.</summary>
/// <remarks>
/// <para>Error: |y[i] - exact| &lt;= eps * i |exact|; f16 and bf16 are multiplied in f32. Integers wrap.</para>
/// <para>Derivative: of the product by doubling (Hillis and Steele 1986), without division, so right at zeros to any order.</para>
/// </remarks>
/// <param name="Axis">The axis.</param>
/// <param name="Reverse">From the last element to the first.</param>
public sealed partial record CumProd(int Axis, bool Reverse) : Cumulative, INumberEvaluation
{
    /// <inheritdoc/>
    public override string Name => "cum_prod";

    private protected override int Along => Axis;

    private protected override bool Backwards => Reverse;

    private protected override DTypeKinds Takes => DTypeKinds.Numeric;

    /// <summary>Draws a tensor and one of its axes.</summary>
    public static Sample Draw(SampleSource source)
    {
        (int axis, NDArray x) = DrawLine(source);
        return new(new CumProd(axis, source.Bool()), x);
    }

    /// <inheritdoc/>
    public override NDArray Evaluate(NDArray x) => Dispatch.Numbers(this, [x]);

    /// <inheritdoc/>
    NDArray INumberEvaluation.Run<T>(NDArray[] operands) => Each<T>(operands[0], static (product, next) => product * next);

    private protected override UnaryPrimitive With(int axis) => new CumProd(axis, Reverse);

    private protected override Value Tangent(Node node, Value tangent)
    {
        Value product = node.Operands[0];
        int extent = product.Tensor.Shape[Axis].Value;
        for (int step = 1; step < extent; step *= 2)
        {
            Value before = Shifted(product, step, 1);
            tangent = (tangent * before) + (product * Shifted(tangent, step, 0));
            product *= before;
        }

        return tangent;
    }
}

public static partial class Ops
{
    /// <summary>Running product along an axis.</summary>
    public static Value CumProd(Value x, int axis, bool reverse = false) => Apply(new CumProd(axis, reverse), x);
}
