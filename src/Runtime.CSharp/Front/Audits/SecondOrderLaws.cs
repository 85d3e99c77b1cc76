using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Primitives;
using Adjoint.Transforms;

namespace Adjoint.Front.Audits;

/// <summary>Laws of second derivatives, of the sum of a function's products with fixed weights.</summary>
internal sealed class SecondOrderLaws
{
    private readonly Point point;
    private readonly double allowed;
    private readonly Graph loss;
    private readonly int[] active;

    internal SecondOrderLaws(Point point, double allowed)
    {
        this.point = point;
        this.allowed = allowed;
        loss = Loss(point);
        active = [.. point.Active.Indices];
    }

    internal void Run(Action<string, Func<(double Gap, double Allowed, string? Reason)>> attempt)
    {
        NDArray[] v = point.Directions(new(6));
        NDArray[] w = point.Directions(new(7));
        NDArray[]? forwardReverse = null;
        attempt("second derivatives: wᵀ(H v) = vᵀ(H w)", () =>
        {
            forwardReverse = ForwardOverReverse(v);
            (double left, double leftSize) = Numbers.Inner(forwardReverse, w);
            (double right, double rightSize) = Numbers.Inner(ForwardOverReverse(w), v);
            double size = leftSize + rightSize;
            return (size == 0 ? 0 : Math.Abs(left - right) / size, allowed, $"{Finite.Number(left)} stands against {Finite.Number(right)}");
        });
        attempt("second derivatives: reverse over forward is forward over reverse", () =>
            LawCheck.Gap(allowed, ReverseOverForward(v), forwardReverse ?? ForwardOverReverse(v)));
        attempt("second derivatives: reverse over reverse is forward over reverse", () =>
            LawCheck.Gap(allowed, ReverseOverReverse(v), forwardReverse ?? ForwardOverReverse(v)));
        attempt("second derivatives: forward over forward is forward over reverse", () =>
        {
            double twice = ForwardOverForward(v, w);
            (double once, double size) = Numbers.Inner(forwardReverse ?? ForwardOverReverse(v), w);
            double gap = Math.Abs(twice - once) / (size == 0 ? 1 : size);
            return (gap, allowed, $"{Finite.Number(twice)} stands against {Finite.Number(once)}");
        });
    }

    /// <summary>x → Σ cₖ Re yₖ with fixed numbers c: one real number.</summary>
    private static Graph Loss(Point point)
    {
        NDArray[] weights = point.Cotangents(new(8));
        Value? sum = null;
        foreach ((Value y, int i) in point.Given.Choose(point.Graph.Results).Select((y, i) => (y, i)))
        {
            Value real = y.Tensor.DType.IsComplex() ? Ops.Real(y) : y;
            double weight = weights[i].Size == 0 ? 1 : weights[i].At(0).AsDouble;
            Value part = Ops.Scale(Ops.ReduceSum(Ops.Mul(real, real), Axes.All(real.Tensor.Rank)), weight);
            sum = sum is null ? part : Ops.Add(sum, part);
        }

        return new(point.Graph.Parameters, [sum ?? Ops.Zeros(TensorType.Of(DType.F64))]);
    }

    private static HostValue One => NDArray.Scalar(1.0);

    /// <summary>(x, ȳ) → gradients.</summary>
    private Graph Gradients()
    {
        Graph both = Backward.Apply(loss, point.Active).Graph;
        return new(both.Parameters, both.Results[1..]);
    }

    /// <summary>(x, dx) → dy.</summary>
    private Graph Slope()
    {
        Graph both = Forward.Apply(loss, point.Active, ParameterMask.All(1)).Graph;
        return new(both.Parameters, both.Results[1..]);
    }

    private NDArray[] ForwardOverReverse(NDArray[] v)
    {
        Graph gradients = Gradients();
        JvpBody second = Forward.Apply(gradients, point.Active.Concat(ParameterMask.None(1)), ParameterMask.All(active.Length));
        return [.. Runner.Run(second.Graph, [.. point.At, One, .. v]).Skip(active.Length).Cast<NDArray>()];
    }

    private NDArray[] ReverseOverForward(NDArray[] v)
    {
        Graph slope = Slope();
        Graph second = Backward.Apply(slope, point.Active.Concat(ParameterMask.None(active.Length))).Graph;
        return [.. Runner.Run(second, [.. point.At, .. v, One]).Skip(1).Cast<NDArray>()];
    }

    private NDArray[] ReverseOverReverse(NDArray[] v)
    {
        Graph gradients = Gradients();
        Graph second = Backward.Apply(gradients, point.Active.Concat(ParameterMask.None(1))).Graph;
        return [.. Runner.Run(second, [.. point.At, One, .. v]).Skip(active.Length).Cast<NDArray>()];
    }

    private double ForwardOverForward(NDArray[] v, NDArray[] w)
    {
        Graph slope = Slope();
        JvpBody second = Forward.Apply(slope, point.Active.Concat(ParameterMask.None(active.Length)), ParameterMask.All(1));
        return ((NDArray)Runner.Run(second.Graph, [.. point.At, .. v, .. w])[1]).Item<double>();
    }
}
