using Adjoint.Core;

namespace Adjoint.Front;

/// <content>Medians and quantiles. Without axes, over all of them. Their derivative goes to the elements that they lie between.</content>
public static partial class Tensors
{
    /// <summary>Middle element, or the mean of the two in the middle; NaN propagates, and is that of no elements.</summary>
    public static Expr Median(this Expr x, IReadOnlyList<int>? axes = null, bool keepAxes = false) =>
        x.Quantile(0.5, axes, keepAxes: keepAxes);

    /// <summary>What a fraction q of the elements lies below, as NumPy's quantile; NaN propagates, and is that of no elements.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="q">The fraction, 0 to 1.</param>
    /// <param name="axes">Axes that go; all unless given.</param>
    /// <param name="method">What it is between two elements.</param>
    /// <param name="keepAxes">Whether axes that go stay with extent 1.</param>
    /// <exception cref="DomainException">q is outside 0 to 1.</exception>
    public static Expr Quantile(
        this Expr x,
        double q,
        IReadOnlyList<int>? axes = null,
        QuantileMethod method = QuantileMethod.Linear,
        bool keepAxes = false) =>
        x.Quantile(Fractions("quantile", [q]), axes, method, keepAxes).Squeeze(0);

    /// <summary>What fractions of the elements lie below, each along a new axis 0: q is floating, [n], and derivatives pass to it.</summary>
    public static Expr Quantile(
        this Expr x,
        Expr q,
        IReadOnlyList<int>? axes = null,
        QuantileMethod method = QuantileMethod.Linear,
        bool keepAxes = false)
    {
        (Expr sorted, Shape shape) = Line("quantile", x, axes, method, keepAxes);
        Expr count = Full(DType.F64, Shape.Of([.. Enumerable.Repeat(1, sorted.Rank)]), sorted.Shape[^1].Value);
        Expr result = Between(sorted, q, count, method);
        return Placed(x.DType.IsFloating() ? sorted.IsNan().Any([-1], true).Where(double.NaN, result) : result, shape);
    }

    /// <summary>What a fraction q of the elements that are not NaN lies below; NaN where all are.</summary>
    public static Expr NanQuantile(
        this Expr x,
        double q,
        IReadOnlyList<int>? axes = null,
        QuantileMethod method = QuantileMethod.Linear,
        bool keepAxes = false) =>
        x.NanQuantile(Fractions("nanquantile", [q]), axes, method, keepAxes).Squeeze(0);

    /// <summary>What fractions of the elements that are not NaN lie below, each along a new axis 0.</summary>
    public static Expr NanQuantile(
        this Expr x,
        Expr q,
        IReadOnlyList<int>? axes = null,
        QuantileMethod method = QuantileMethod.Linear,
        bool keepAxes = false)
    {
        (Expr sorted, Shape shape) = Line("nanquantile", x, axes, method, keepAxes);
        Expr count = sorted.IsNan().Not().Cast(DType.F64).Sum(-1, true);
        Expr result = Between(NanAs(sorted, 0.0), q, count, method);
        return Placed(x.DType.IsFloating() ? count.Equal(0).Where(double.NaN, result) : result, shape);
    }

    /// <summary>Quantiles by percent: q from 0 to 100.</summary>
    public static Expr Percentile(
        this Expr x,
        double percent,
        IReadOnlyList<int>? axes = null,
        QuantileMethod method = QuantileMethod.Linear,
        bool keepAxes = false) => x.Quantile(percent / 100.0, axes, method, keepAxes);

    /// <summary>Fractions that are written down, as a tensor.</summary>
    private static Expr Fractions(string operation, double[] q)
    {
        int wrong = Array.FindIndex(q, fraction => !(fraction is >= 0 and <= 1));
        return wrong < 0
            ? Expr.Of(q)
            : throw new DomainException($"{operation}: {q[wrong]} is outside 0 to 1; a percent is to be divided by 100.").Here();
    }

    /// <summary>The elements in order along one last axis, which those that go become, and the shape of what is left.</summary>
    private static (Expr Sorted, Shape Shape) Line(
        string operation, Expr x, IReadOnlyList<int>? axes, QuantileMethod method, bool keepAxes)
    {
        if (!x.DType.IsFloating() && method is QuantileMethod.Linear or QuantileMethod.Midpoint)
        {
            Demand.Floating(operation, x);
        }

        Axes over = Axis.Of(operation, axes, x);
        int[] kept = [.. Enumerable.Range(0, x.Rank).Where(axis => !over.Contains(axis))];
        Shape shape = keepAxes ? new(x.Shape.Select((extent, axis) => over.Contains(axis) ? new Extent(1) : extent)) : x.Shape.Select(kept);
        Expr line = x.Permute([.. kept, .. over]).Reshape(x.Shape.Select(kept).Insert(kept.Length, x.Shape.Select(over).Size));
        bool isEmpty = line.Shape[^1].Value == 0;
        if (isEmpty)
        {
            Demand.Floating($"{operation} of no elements", x);
        }

        return ((isEmpty ? Full(x.DType, line.Shape.With(line.Rank - 1, 1), double.NaN) : line).Sort(), shape);
    }

    /// <summary>[.., q] of ordered elements [.., n], of which the first count, [.., 1] of f64, are meant.</summary>
    private static Expr Between(Expr sorted, Expr q, Expr count, QuantileMethod method)
    {
        Expr place = q.Cast(DType.F64) * (count - 1.0).Maximum(0);
        (Expr low, Expr high) = method == QuantileMethod.Nearest ? (place.Round(), place.Round()) : (place.Floor(), place.Ceil());
        Expr At(Expr index) => sorted.TakeAlongAxis(index.Cast(DType.I64), -1);
        return method switch
        {
            QuantileMethod.Lower or QuantileMethod.Nearest => At(low),
            QuantileMethod.Higher => At(high),
            QuantileMethod.Midpoint => Mix(At(low), At(high), (high - low) * 0.5),
            _ => Mix(At(low), At(high), place - low.StopGradient()),
        };
    }

    /// <summary>On the line from one number to another; infinities do not turn into NaN where the weight leaves them out.</summary>
    private static Expr Mix(Expr low, Expr high, Expr weight)
    {
        Expr part = weight.Cast(low.DType);
        Expr finite = low.IsFinite().And(high.IsFinite());
        (Expr from, Expr to) = (finite.Where(low, 0.0), finite.Where(high, 0.0));
        Expr alone = part.Equal(0).Or(low.Equal(high));
        return finite.Where(from + ((to - from) * part), alone.Where(low, low + high).StopGradient());
    }

    private static Expr Placed(Expr line, Shape shape) => line.MoveAxis(-1, 0).Reshape(shape.Insert(0, line.Shape[^1]));
}
