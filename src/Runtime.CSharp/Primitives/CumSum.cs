using System.Numerics;
using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Primitives;

/// <summary>Running sum along an axis: y[i] = x[0] + … + x[i]; backwards from the last element where reversed.</summary>
/// <remarks>
/// <para>Error: one after the other, |y[i] - exact| &lt;= eps * i * sum |x|; f16 and bf16 are summed in f32. Integers wrap.</para>
/// <para>Derivative: linear. The transpose is the running sum from the other end.</para>
/// </remarks>
/// <param name="Axis">The axis.</param>
/// <param name="Reverse">From the last element to the first.</param>
public sealed partial record CumSum(int Axis, bool Reverse) : Cumulative, INumberEvaluation
{
    /// <inheritdoc/>
    public override string Name => "cum_sum";

    private protected override int Along => Axis;

    private protected override bool Backwards => Reverse;

    private protected override DTypeKinds Takes => DTypeKinds.Numeric;

    /// <summary>Draws a tensor and one of its axes.</summary>
    public static Sample Draw(SampleSource source)
    {
        (int axis, NDArray x) = DrawLine(source);
        return new(new CumSum(axis, source.Bool()), x);
    }

    /// <inheritdoc/>
    public override NDArray Evaluate(NDArray x) => Dispatch.Numbers(this, [x]);

    /// <inheritdoc/>
    NDArray INumberEvaluation.Run<T>(NDArray[] operands) => Each<T>(operands[0], static (sum, next) => sum + next);

    /// <inheritdoc/>
    protected override void TransposeTensor(Node node, Value cotangent, IReadOnlyList<Accumulator?> accumulators) =>
        accumulators[0]!.Add(Ops.CumSum(cotangent, Axis, !Reverse));

    private protected override UnaryPrimitive With(int axis) => new CumSum(axis, Reverse);

    private protected override Value Tangent(Node node, Value tangent) => Ops.Apply(this, tangent);
}

public static partial class Ops
{
    /// <summary>Running sum along an axis.</summary>
    public static Value CumSum(Value x, int axis, bool reverse = false) => Apply(new CumSum(axis, reverse), x);
}
