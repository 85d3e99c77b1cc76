using Adjoint.Ir;

namespace Adjoint.Front.Audits;

/// <content>Explanations.</content>
public static partial class Audit
{
    /// <summary>The graph of a function at an argument, to be read: as text, or as a picture.</summary>
    public static Explanation Explain(Func<Expr, Expr> f, Expr x) => Explain(Leaves.Of(f), [x]);

    /// <summary>
    /// The graph of a function at arguments, to be read. The function may be any stack of transforms: what they have made stands there,
    /// each operation with the line of the function that it belongs to.
    /// </summary>
    /// <param name="f">The function.</param>
    /// <param name="x">Arguments; only their types matter, unless the function looks at values.</param>
    /// <param name="paths">What the arguments are called.</param>
    public static Explanation Explain(Func<Expr[], Expr[]> f, Expr[] x, IReadOnlyList<string>? paths = null)
    {
        Traced traced = FrameStack.WithLines(() => Traced.Over("explain", x, f, paths));
        return new(traced.Close());
    }
}
