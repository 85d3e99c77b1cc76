using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Front;

/// <content>Functions with derivatives of their own.</content>
public static partial class Differential
{
    /// <summary>A function with rules of its own; any of them, or several.</summary>
    public static Func<Expr[], Expr[]> Custom(Func<Expr[], Expr[]> f, CustomRules rules) => x => CustomTrace.Call(f, rules, x);

    /// <summary>A function whose derivative is given: (x, dx) → (y, dy), linear in dx.</summary>
    public static Func<Expr, Expr> CustomJvp(Func<Expr, Expr> f, Func<Expr, Expr, (Expr Value, Expr Tangent)> rule)
    {
        var rules = new CustomRules { Jvp = (x, dx) => rule(x[0], dx[0]) is var both ? new([both.Value], [both.Tangent]) : default };
        return x => CustomTrace.Call(Leaves.Of(f), rules, [x])[0];
    }

    /// <summary>A function whose pullback is given: x → (y, residual), then (residual, ȳ) → x̄, linear in ȳ.</summary>
    public static Func<Expr, Expr> CustomVjp(
        Func<Expr, Expr> f, Func<Expr, (Expr Value, Expr Residual)> forward, Func<Expr, Expr, Expr> backward)
    {
        var rules = new CustomRules
        {
            Forward = x => forward(x[0]) is var both ? new([both.Value], [both.Residual]) : default,
            Backward = (residuals, cotangents) => [backward(residuals[0], cotangents[0])],
        };
        return x => CustomTrace.Call(Leaves.Of(f), rules, [x])[0];
    }

    /// <summary>x with A x = b, where the linear map A and its solvers are functions; the solvers are not differentiated.</summary>
    /// <param name="apply">x → A x.</param>
    /// <param name="solve">b → x.</param>
    /// <param name="transposeSolve">The solver of the transposed map; null where A is symmetric.</param>
    /// <param name="b">The right-hand side.</param>
    public static Expr[] CustomLinearSolve(
        Func<Expr[], Expr[]> apply, Func<Expr[], Expr[]> solve, Func<Expr[], Expr[]>? transposeSolve, Expr[] b)
    {
        ValueType[] types = [.. b.Select(leaf => leaf.Handle.Type)];
        Traced map = Traced.Of("linear solve (map)", types, apply);
        Traced solver = Traced.Of("linear solve (solver)", types, solve);
        Traced transposed = transposeSolve is null ? solver : Traced.Of("linear solve (transposed solver)", types, transposeSolve);
        Expr[] captured = Traced.Union(map, solver, transposed);
        return Building.Apply(
            new CustomLinearSolve(map.Close(0, captured), solver.Close(0, captured), transposed.Close(0, captured), captured.Length),
            [.. captured, .. b]);
    }

    /// <summary>x with A x = b, where the linear map A and its solvers are functions.</summary>
    public static Expr CustomLinearSolve(Func<Expr, Expr> apply, Func<Expr, Expr> solve, Func<Expr, Expr>? transposeSolve, Expr b) =>
        CustomLinearSolve(Leaves.Of(apply), Leaves.Of(solve), transposeSolve is null ? null : Leaves.Of(transposeSolve), [b])[0];

    /// <summary>x with f(x) = 0; its derivative is the implicit function theorem's, so the solver is not differentiated.</summary>
    /// <param name="f">x → residual, of x's types.</param>
    /// <param name="guess">Where the solver starts; it has no influence on the derivative.</param>
    /// <param name="solve">guess → x.</param>
    /// <param name="tangentSolve">(A, y) → v with A v = y, where A is the derivative of f at the root; linear in y.</param>
    public static Expr[] CustomRoot(
        Func<Expr[], Expr[]> f, Expr[] guess, Func<Expr[], Expr[]> solve, Func<Func<Expr[], Expr[]>, Expr[], Expr[]> tangentSolve)
    {
        ValueType[] types = [.. guess.Select(leaf => leaf.Handle.Type)];
        int count = types.Length;
        Traced function = Traced.Of("root (function)", types, f);
        Traced solver = Traced.Of("root (solver)", types, solve);
        Traced tangent = Traced.Of(
            "root (tangent solver)", [.. types, .. types], leaves => tangentSolve(Linearize(f, leaves[..count]).Linear, leaves[count..]));
        Expr[] captured = Traced.Union(function, solver, tangent);
        return Building.Apply(
            new CustomRoot(function.Close(0, captured), solver.Close(0, captured), tangent.Close(0, captured), captured.Length),
            [.. captured, .. guess]);
    }

    /// <summary>x with f(x) = 0, for a function of one expression.</summary>
    public static Expr CustomRoot(
        Func<Expr, Expr> f, Expr guess, Func<Expr, Expr> solve, Func<Func<Expr, Expr>, Expr, Expr> tangentSolve) =>
        CustomRoot(
            Leaves.Of(f), [guess], Leaves.Of(solve), (linear, y) => [tangentSolve(v => linear([v])[0], y[0])])[0];
}
