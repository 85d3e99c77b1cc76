using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Front.Audits;

/// <summary>Looks into functions at concrete arguments: where numbers go wrong, which rule is wrong, what is better written otherwise.</summary>
public static partial class Audit
{
    /// <summary>Runs a function and its derivative and says where the first NaN or infinity is born.</summary>
    public static NonFinite FirstNonFinite(Func<Expr, Expr> f, Expr x) => FirstNonFinite(Leaves.Of(f), [x]);

    /// <summary>
    /// Runs a function and its derivative in reverse mode, node by node and unchanged by any pass, and says where the first NaN or infinity
    /// is born that reaches a result or a gradient: the operation, the user's scope and line, the element and what the operands were
    /// there, the iteration or branch it happened in; in the backward pass also the operation of the function whose derivative it is.
    /// </summary>
    /// <remarks>
    /// The derivative is that of the sum of all results. Infinities that are finite again further on (a mask of −∞) are no finding. It takes
    /// as long as a run without compilation, and as much memory as the derivative.
    /// </remarks>
    /// <param name="f">The function; its results may be of any type.</param>
    /// <param name="x">Concrete arguments.</param>
    /// <param name="paths">What the arguments are called.</param>
    /// <exception cref="TraceException">An argument has no value here, as inside compile and vmap.</exception>
    public static NonFinite FirstNonFinite(Func<Expr[], Expr[]> f, Expr[] x, IReadOnlyList<string>? paths = null) =>
        new NonFiniteSearch(Subject.Of("firstNonFinite", f, x, paths)).Run();
}
