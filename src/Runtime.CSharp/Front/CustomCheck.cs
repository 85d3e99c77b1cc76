using Adjoint.Core;

namespace Adjoint.Front;

/// <summary>Compares rules of a function's own with each other and with the function's derivative, at a point.</summary>
public static class CustomCheck
{
    /// <summary>Throws unless the rules that are given agree, in random directions, with the derivative of the function itself.</summary>
    /// <param name="f">The function, differentiable where it is tried.</param>
    /// <param name="rules">Its rules.</param>
    /// <param name="x">A concrete point.</param>
    /// <param name="tolerance">The largest difference, relative to the numbers compared; by default the root of the dtype's precision.</param>
    /// <param name="seed">Draws the directions.</param>
    /// <exception cref="DerivativeException">A rule disagrees.</exception>
    public static void Run(Func<Expr[], Expr[]> f, CustomRules rules, Expr[] x, double? tolerance = null, long seed = 0)
    {
        Expr[] dx = Directions(x, Rng.FoldIn(Rng.Key(seed), 0));
        (Expr[] values, Expr[] expected) = Differential.Jvp(f, x, dx);
        Expr[] cotangents = Directions(values, Rng.FoldIn(Rng.Key(seed), 1));
        double slope = Inner(cotangents, expected);
        if (rules.Jvp is not null)
        {
            Expr[] own = Differential.Jvp(Differential.Custom(f, new() { Jvp = rules.Jvp }), x, dx).Tangents;
            Compare("jvp rule", values, Inner(cotangents, own), slope, tolerance);
        }

        if (rules.Forward is not null)
        {
            CustomRules reverse = new() { Forward = rules.Forward, Backward = rules.Backward };
            Expr[] own = Differential.ValueAndPullback(Differential.Custom(f, reverse), x).Pullback(cotangents);
            Compare("reverse rule", values, Inner(own, dx), slope, tolerance);
        }
    }

    private static void Compare(string rule, Expr[] values, double own, double expected, double? tolerance)
    {
        double allowed = tolerance ?? Math.Sqrt(values.Max(value => value.DType.Epsilon()));
        if (!(Math.Abs(own - expected) <= allowed * (1 + Math.Abs(expected))))
        {
            throw new DerivativeException(
                $"custom function: its {rule} gives {own:R} along a direction, the function's own derivative {expected:R}.").Here();
        }
    }

    private static Expr[] Directions(Expr[] leaves, Expr key) =>
        [.. leaves.Select((leaf, i) => leaf.DType.IsDifferentiable() ? Direction(leaf, Rng.FoldIn(key, i)) : leaf)];

    private static Expr Direction(Expr leaf, Expr key)
    {
        Expr[] keys = Rng.Split(key);
        Expr Part(int i) => Rng.Normal(keys[i], leaf.Shape, leaf.DType.RealPart());
        return leaf.DType.IsComplex() ? Part(0).Complex(Part(1)) : Part(0);
    }

    /// <summary>The real part of the sum of products, without conjugation.</summary>
    private static double Inner(Expr[] left, Expr[] right) => left.Zip(right)
        .Where(pair => pair.First.DType.IsDifferentiable())
        .Sum(pair => (pair.First * pair.Second).Sum().Real().Cast(DType.F64).Item<double>());
}
