using Adjoint.Core;

namespace Adjoint.Front;

/// <summary>
/// Losses, example by example: mean, sum or weights are the caller's. Those of logits and their derivatives are finite for any finite logits.
/// </summary>
public static partial class Loss
{
    /// <summary>(prediction − target)², number by number.</summary>
    public static Expr Squared(Expr prediction, Expr target) => Apart("squared", prediction, target).Square();

    /// <summary>|prediction − target|, number by number; derivative 0 where they are equal.</summary>
    public static Expr Absolute(Expr prediction, Expr target) => Apart("absolute", prediction, target).Abs();

    /// <summary>r² / 2 for |r| up to delta, delta (|r| − delta / 2) beyond, r = prediction − target (Huber 1964).</summary>
    public static Expr Huber(Expr prediction, Expr target, double delta = 1.0)
    {
        CheckPositive("huber", "delta", delta);
        Expr distance = Apart("huber", prediction, target).Abs();
        Expr near = distance.LessOrEqual(delta).Where(distance, delta);
        return near * (distance - (0.5 * near));
    }

    /// <summary>Huber's loss of delta beta over beta: |r| − beta / 2 far out, whatever beta is (Girshick 2015).</summary>
    public static Expr SmoothL1(Expr prediction, Expr target, double beta = 1.0) => Huber(prediction, target, beta) / beta;

    /// <summary>ln cosh(prediction − target), without overflow.</summary>
    public static Expr LogCosh(Expr prediction, Expr target)
    {
        Expr distance = Apart("log_cosh", prediction, target);
        return distance + (-2.0 * distance).Softplus() - Math.Log(2.0);
    }

    /// <summary>−ln of a normal density, from its mean and ln of its variance.</summary>
    public static Expr Gaussian(Expr mean, Expr logVariance, Expr target)
    {
        Expr distance = Apart("gaussian", mean, target);
        return 0.5 * (logVariance + (distance.Square() * (-logVariance).Exp()) + Math.Log(2.0 * Math.PI));
    }

    /// <summary>−ln of a Poisson probability of a count, from ln of its rate.</summary>
    public static Expr Poisson(Expr logRate, Expr count)
    {
        CheckSame("poisson", logRate, count);
        return logRate.Exp() - (count * logRate) + (count + 1.0).Lgamma();
    }

    private static Expr Apart(string loss, Expr prediction, Expr target)
    {
        CheckSame(loss, prediction, target);
        return prediction - target;
    }

    /// <summary>A prediction [n, 1] against targets [n] would broadcast to [n, n]: shapes must agree.</summary>
    private static void CheckSame(string loss, Expr prediction, Expr target)
    {
        if (!prediction.Shape.Equals(target.Shape))
        {
            throw new ShapeException($"{loss}: the prediction is {prediction.Type}, the target is {target.Type}. "
                + "Give both one shape, by Reshape or Squeeze.").Here();
        }
    }

    private static void CheckPositive(string loss, string what, double number)
    {
        if (!(number > 0))
        {
            throw new DomainException($"{loss}: {what} is {number}; it must be above 0.");
        }
    }
}
