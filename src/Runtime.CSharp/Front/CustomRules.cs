namespace Adjoint.Front;

/// <summary>A function's results and something that goes with each of them, or is kept with them.</summary>
/// <param name="Values">The results.</param>
/// <param name="Others">Their tangents, or the residuals for the way back.</param>
public readonly record struct Paired(Expr[] Values, Expr[] Others);

/// <summary>Rules of a function's own. They are traced when the function is called, so they batch, save and differentiate again.</summary>
public sealed class CustomRules
{
    /// <summary>
    /// (x, dx) → (y, dy). Of an argument without tangent dx is the argument itself; of a result without one dy isn't read.
    /// </summary>
    public Func<Expr[], Expr[], Paired>? Jvp { get; init; }

    /// <summary>x → (y, residuals), the way forward of the reverse rule.</summary>
    public Func<Expr[], Paired>? Forward { get; init; }

    /// <summary>(residuals, ȳ) → x̄, the way back, linear in ȳ. Of an argument without tangent x̄ isn't read.</summary>
    public Func<Expr[], Expr[], Expr[]>? Backward { get; init; }

    /// <summary>The function for a batch: every argument and result with a leading axis of lanes.</summary>
    public Func<Expr[], Expr[]>? Batch { get; init; }
}
