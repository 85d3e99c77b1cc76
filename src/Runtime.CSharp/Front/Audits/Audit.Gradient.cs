using Adjoint.Core;

namespace Adjoint.Front.Audits;

/// <content>Derivatives.</content>
public static partial class Audit
{
    /// <summary>Compares every rule that a function's derivative uses with differences, and the whole.</summary>
    public static GradientAudit Gradient(Func<Expr, Expr> f, Expr x) => Gradient(Leaves.Of(f), [x]);

    /// <summary>
    /// Compares every rule that a function's derivative uses, custom ones included, with differences at the operands it has there, in both
    /// modes; then the derivative of the whole function. The first operation whose rule is wrong is named. A kink, a jump and bad
    /// conditioning are told from a wrong rule by the slopes to either side and the error of the extrapolated differences.
    /// </summary>
    /// <remarks>
    /// Everything is computed in f64, whatever the dtypes are. Each operation is tried along one random direction, the same each time; in
    /// loops in iterations 0, 1, 2, 4, 8 …. It takes some fifty runs of the function.
    /// </remarks>
    /// <param name="f">The function; of several results the derivative of the sum is taken.</param>
    /// <param name="x">Concrete arguments.</param>
    /// <param name="paths">What the arguments are called.</param>
    /// <exception cref="DerivativeException">No argument has a tangent.</exception>
    public static GradientAudit Gradient(Func<Expr[], Expr[]> f, Expr[] x, IReadOnlyList<string>? paths = null)
    {
        Subject subject = Subject.Of("audit", f, x, paths);
        return subject.Active.Any ? new GradientCheck(subject).Run() : throw NoTangent("audit", x);
    }

    private static AdjointException NoTangent(string operation, Expr[] x) => new DerivativeException(
        $"{operation}: no argument has a tangent; they are {string.Join(", ", x.Select(leaf => leaf.Type))}. Cast one to a floating dtype?").Here();
}
