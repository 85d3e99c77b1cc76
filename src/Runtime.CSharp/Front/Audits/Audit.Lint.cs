namespace Adjoint.Front.Audits;

/// <content>Lints.</content>
public static partial class Audit
{
    /// <summary>Looks through a function for what is better written otherwise.</summary>
    public static LintReport Lint(Func<Expr, Expr> f, Expr x) => Lint(Leaves.Of(f), [x]);

    /// <summary>
    /// Looks through what the user's own lines ask for, in bodies too: a where that hides a NaN in its derivative (where-hides-nan), points
    /// without a finite slope (no-finite-slope, norm-at-zero), cancellation (exp-minus-one, log-one-plus, one-minus-cos,
    /// variance-of-squares), formulas that overflow and that the library has a function for (hand-written-softmax, -logsumexp, -sigmoid,
    /// -softplus, log-of-softmax, log-of-sigmoid, log-of-product, root-of-square, root-of-squares), and what is seldom meant
    /// (broadcast-to-square, integer-quotient, narrow-and-back, unused-argument). What the arguments at hand confirm is an error.
    /// </summary>
    /// <param name="f">The function.</param>
    /// <param name="x">Concrete arguments.</param>
    /// <param name="paths">What the arguments are called.</param>
    public static LintReport Lint(Func<Expr[], Expr[]> f, Expr[] x, IReadOnlyList<string>? paths = null) =>
        new LintCheck(Subject.Of("lint", f, x, paths)).Run();
}
