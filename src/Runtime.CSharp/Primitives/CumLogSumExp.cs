using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Primitives;

/// <summary>Running logarithm of a sum of exponentials along an axis: y[i] = log(exp x[0] + … + exp x[i]).</summary>
/// <remarks>
/// <para>Shifted by the running maximum, so that it neither overflows nor cancels. Minus infinity everywhere gives minus infinity.</para>
/// <para>Derivative: dy[i] = exp(y[i-1] - y[i]) dy[i-1] + exp(x[i] - y[i]) dx[i], a recurrence whose factors are at most 1,
/// solved by doubling (Hillis and Steele 1986).</para>
/// </remarks>
/// <param name="Axis">The axis.</param>
/// <param name="Reverse">From the last element to the first.</param>
public sealed partial record CumLogSumExp(int Axis, bool Reverse) : Cumulative
{
    /// <inheritdoc/>
    public override string Name => "cum_log_sum_exp";

    private protected override int Along => Axis;

    private protected override bool Backwards => Reverse;

    private protected override DTypeKinds Takes => DTypeKinds.Floating;

    /// <summary>Draws a floating tensor and one of its axes.</summary>
    public static Sample Draw(SampleSource source)
    {
        (int axis, NDArray x) = DrawLine(source, floating: true);
        return new(new CumLogSumExp(axis, source.Bool()), x);
    }

    /// <inheritdoc/>
    public override NDArray Evaluate(NDArray x)
    {
        double[] from = x.ToDoubles();
        var to = new double[from.Length];
        double max = 0;
        double sum = 0;
        RunningLines.Each(x.Shape, Axis, Reverse, (place, before) =>
        {
            double next = from[place];
            double larger = before < 0 ? next : Math.Max(max, next);
            sum = before < 0 ? 1 : (sum * Weight(max, larger)) + Weight(next, larger);
            max = larger;
            to[place] = max + Math.Log(sum);
        });
        return Conversion.To(NDArray.Own(x.Shape, to), x.Type);
    }

    private protected override UnaryPrimitive With(int axis) => new CumLogSumExp(axis, Reverse);

    private protected override Value Tangent(Node node, Value tangent)
    {
        Value x = node.Operands[0];
        Value y = node.Result;
        Value factor = Exponential(Shifted(y, 1, double.NegativeInfinity), y);
        Value solution = tangent * Exponential(x, y);
        int extent = x.Tensor.Shape[Axis].Value;
        for (int step = 1; step < extent; step *= 2)
        {
            solution += factor * Shifted(solution, step, 0);
            factor *= Shifted(factor, step, 0);
        }

        return solution;
    }

    private static double Weight(double x, double max) => x == max ? 1 : Math.Exp(x - max);

    /// <summary>exp(x - y) for x not above y; zero where both are minus infinity.</summary>
    private static Value Exponential(Value x, Value y)
    {
        Value none = Ops.Equal(x, Ops.Like(x, double.NegativeInfinity));
        Value zeros = Ops.Zeros(x.Tensor);
        return Ops.Select(none, zeros, Ops.Exp(Ops.Select(none, zeros, x) - Ops.Select(none, zeros, y)));
    }
}

public static partial class Ops
{
    /// <summary>Running logarithm of a sum of exponentials along an axis.</summary>
    public static Value CumLogSumExp(Value x, int axis, bool reverse = false) => Apply(new CumLogSumExp(axis, reverse), x);
}
