using Adjoint.Core;

namespace Adjoint.Front;

/// <content>A ready solver of equations.</content>
public static partial class Differential
{
    /// <summary>x with f(x) = 0 by Newton's method, from a guess; differentiable in what f uses from outside, to any order.</summary>
    /// <param name="f">x → residual of x's type; its jacobian at the root must be regular.</param>
    /// <param name="guess">A real tensor of any shape; the systems are dense, so of moderate size.</param>
    /// <param name="tolerance">The largest residual that counts as 0; by default 64 units of the dtype's precision.</param>
    /// <param name="steps">The most steps that are taken; then x is what was reached.</param>
    /// <remarks>It also ends where rounding does: when a step moves x by less than 4 units of its precision.</remarks>
    public static Expr NewtonRoot(Func<Expr, Expr> f, Expr guess, double? tolerance = null, int steps = 50)
    {
        if (!guess.DType.IsFloating())
        {
            throw new DTypeException($"newton: the guess is {guess.Type}, not real floating. Cast it?").Here();
        }

        double epsilon = guess.DType.Epsilon();
        double small = tolerance ?? 64 * epsilon;
        int size = guess.Size;
        Expr Solve(Expr start) => Flow.While(
            state => state[1].Less(steps).And(state[2]).And(f(state[0]).Abs().Max().Greater(small)),
            state =>
            {
                (Expr residual, Func<Expr, Expr> linear) = Linearize(f, state[0]);
                Expr change = Along(linear, residual, size);
                Expr moved = change.Abs().Max().Greater(state[0].Abs().Max() * (4 * epsilon));
                return [state[0] - change, state[1] + 1L, moved];
            },
            [start, Expr.Scalar(0L), Expr.Scalar(true)])[0];
        return CustomRoot(f, guess, Solve, (linear, y) => Along(linear, y, size));
    }

    /// <summary>v with A v = y for a linear map A, by its matrix.</summary>
    private static Expr Along(Func<Expr, Expr> linear, Expr y, int size)
    {
        Expr basis = Tensors.Eye(y.DType, size).Reshape(y.Shape.Insert(0, size));
        Expr matrix = Vmap(linear, 0, 0)(basis).Reshape(size, size).Transpose();
        return matrix.Solve(y.Flatten()).Reshape(y.Shape);
    }
}
