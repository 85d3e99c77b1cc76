using Adjoint.Core;

namespace Adjoint.Front.Audits;

/// <content>Laws.</content>
public static partial class Audit
{
    /// <summary>Tries the algebraic laws of derivatives, batches, passes and the text form on a function.</summary>
    public static LawReport Laws(Func<Expr, Expr> f, Expr x) => Laws(Leaves.Of(f), [x]);

    /// <summary>
    /// Tries on a function the laws that hold for every function of the library: its forward derivative is that of differences, and linear;
    /// reverse is forward's adjoint, and linear; linearize gives the same; vmap is stacking, and commutes with the derivative; second
    /// derivatives are symmetric and the same in all four orders of modes; passes keep the results; the text form reads back.
    /// </summary>
    /// <remarks>
    /// Everything is computed in f64, whatever the dtypes are, in random directions, the same each time. Where the point is not smooth, or a
    /// derivative does not exist, a law is skipped and says why.
    /// </remarks>
    /// <param name="f">The function.</param>
    /// <param name="x">Concrete arguments.</param>
    /// <param name="paths">What the arguments are called.</param>
    /// <exception cref="DerivativeException">No argument has a tangent.</exception>
    public static LawReport Laws(Func<Expr[], Expr[]> f, Expr[] x, IReadOnlyList<string>? paths = null)
    {
        Subject subject = Subject.Of("laws", f, x, paths);
        return subject.Active.Any ? new LawCheck(subject).Run() : throw NoTangent("laws", x);
    }
}
