using Adjoint.Core;
using Adjoint.Primitives;

namespace Adjoint.Front;

/// <content>Losses of classes and distributions. Logits are logarithms of weights, in any scale.</content>
public static partial class Loss
{
    /// <summary>−ln p of a yes or no, from the logit of yes and the target from 0 (no) to 1 (yes), number by number.</summary>
    public static Expr BinaryCrossEntropy(Expr logits, Expr targets)
    {
        CheckSame("binary_cross_entropy", logits, targets);
        return (targets * (-logits).Softplus()) + ((1.0 - targets) * logits.Softplus());
    }

    /// <summary>−ln p of a yes or no, from the probability of yes, which is moved into epsilon … 1 − epsilon. Prefer logits.</summary>
    public static Expr BinaryCrossEntropyOfProbabilities(Expr probabilities, Expr targets, double epsilon = 1e-7)
    {
        CheckSame("binary_cross_entropy", probabilities, targets);
        Expr p = probabilities.Clip(epsilon, 1.0 - epsilon);
        return -((targets * p.Log()) + ((1.0 - targets) * (-p).Log1p()));
    }

    /// <summary>
    /// Binary cross-entropy times (1 − pₜ)^gamma, pₜ being the probability of the truth, which makes little of what is known well
    /// (Lin et al. 2017); weighted by alpha for yes and 1 − alpha for no if one is given.
    /// </summary>
    public static Expr Focal(Expr logits, Expr targets, double gamma = 2.0, double? alpha = null)
    {
        Expr missed = (targets * (-logits).Sigmoid()) + ((1.0 - targets) * logits.Sigmoid());
        Expr loss = BinaryCrossEntropy(logits, targets) * missed.Pow(gamma);
        return alpha is { } yes ? loss * ((targets * yes) + ((1.0 - targets) * (1.0 - yes))) : loss;
    }

    /// <summary>−ln p of the true class, from logits along an axis, which goes, and integer labels of the other axes.</summary>
    /// <param name="logits">Logits.</param>
    /// <param name="labels">True classes, counted from 0.</param>
    /// <param name="axis">The axis of classes.</param>
    /// <param name="smoothing">The share of the truth that is spread evenly over all classes (Szegedy et al. 2016).</param>
    /// <exception cref="DomainException">When it runs: a label is no class.</exception>
    /// <exception cref="ShapeException">The labels do not have the logits' other axes.</exception>
    public static Expr CrossEntropy(Expr logits, Expr labels, int axis = -1, double smoothing = 0.0)
    {
        int at = Axis.Of("cross_entropy", axis, logits.Rank, logits.Type.ToString());
        if (!labels.DType.IsInteger() || !labels.Shape.Equals(logits.Shape.Remove(at)))
        {
            throw new ShapeException($"cross_entropy: logits are {logits.Type}, labels are {labels.Type}; "
                + $"integers {logits.Shape.Remove(at)} are wanted. For a distribution over classes: CrossEntropyOf.").Here();
        }

        Expr logs = logits.LogSoftmax(at);
        Expr truth = -logs.TakeAlongAxis(labels.ExpandDims(at), at, OutOfRange.Check).Squeeze(at);
        return smoothing == 0 ? truth : ((1.0 - smoothing) * truth) - (smoothing * logs.Mean(at));
    }

    /// <summary>−Σ t ln p along an axis, which goes, from logits and a distribution t over classes of the same shape; 0 ln 0 is 0.</summary>
    public static Expr CrossEntropyOf(Expr logits, Expr distribution, int axis = -1)
    {
        CheckSame("cross_entropy", logits, distribution);
        return -Weighted(distribution, logits.LogSoftmax(axis)).Sum(axis);
    }

    /// <summary>−Σ t ln p along an axis, from probabilities, which are moved to epsilon … 1. Prefer logits.</summary>
    public static Expr CrossEntropyOfProbabilities(Expr probabilities, Expr distribution, int axis = -1, double epsilon = 1e-7)
    {
        CheckSame("cross_entropy", probabilities, distribution);
        return -Weighted(distribution, probabilities.Clip(epsilon, 1.0).Log()).Sum(axis);
    }

    /// <summary>Σ t (ln t − ln p) along an axis, from ln p and a distribution t; 0 ln 0 is 0 (Kullback and Leibler 1951).</summary>
    public static Expr KullbackLeibler(Expr logProbabilities, Expr distribution, int axis = -1)
    {
        CheckSame("kullback_leibler", logProbabilities, distribution);
        Expr some = distribution.Greater(0);
        Expr entropy = some.Where(distribution, 1.0).Log() * distribution;
        return (entropy - Weighted(distribution, logProbabilities)).Sum(axis);
    }

    /// <summary>max(0, 1 − y s) of scores s and signs y, −1 or 1; derivative 0 at the kink.</summary>
    public static Expr Hinge(Expr scores, Expr signs)
    {
        CheckSame("hinge", scores, signs);
        return (1.0 - (signs * scores)).Relu();
    }

    /// <summary>max(0, 1 − y s)² of scores s and signs y, −1 or 1.</summary>
    public static Expr SquaredHinge(Expr scores, Expr signs) => Hinge(scores, signs).Square();

    /// <summary>t x, and 0 where t is 0, though x be infinite.</summary>
    private static Expr Weighted(Expr weights, Expr x) => weights * weights.Equal(0).Where(0.0, x);
}
