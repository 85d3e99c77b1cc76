using Adjoint.Core;
using Adjoint.Primitives;

namespace Adjoint.Front;

/// <content>Factorizations by reflections and rotations, and what they give.</content>
public static partial class Tensors
{
    /// <summary>a = Q R for real matrices [.., m, n]: Q [.., m, k] with orthonormal columns, R [.., k, n] upper triangular, k = min(m, n).</summary>
    /// <remarks>
    /// The diagonal of R is not negative, which makes both unique for independent columns. A matrix that is not finite gives NaN. Derivatives:
    /// Walter, Lehmann and Lamour 2012; they are infinite or NaN where the first k columns are dependent.
    /// </remarks>
    /// <exception cref="DTypeException">The elements are not real.</exception>
    public static (Expr Q, Expr R) Qr(this Expr a)
    {
        CheckReal("qr", a);
        Expr[] results = Matrix.AllInWide(x => Building.Apply(new Qr(), x), a);
        return (results[0], results[1]);
    }

    /// <summary>Eigenvalues [.., n], ascending, and orthonormal eigenvectors, as columns [.., n, n], of real symmetric matrices.</summary>
    /// <param name="a">The matrices [.., n, n].</param>
    /// <param name="symmetrize">
    /// Take (a + aᵀ) / 2, so that derivatives are symmetric; otherwise the lower triangle alone is read, and gets all of the derivative.
    /// </param>
    /// <remarks>
    /// Of each vector the component of largest magnitude is positive. A matrix that is not finite gives NaN. Derivatives: Giles 2008; between
    /// equal eigenvalues vectors have none, and functions that do not depend on the choice of vectors have theirs.
    /// </remarks>
    /// <exception cref="ShapeException">The matrices are not square.</exception>
    /// <exception cref="DTypeException">The elements are not real.</exception>
    public static (Expr Values, Expr Vectors) Eigh(this Expr a, bool symmetrize = true)
    {
        Matrix.Square("eigh", a);
        CheckReal("eigh", a);
        Expr[] results = Matrix.AllInWide(x => Building.Apply(new Eigh(), symmetrize ? 0.5 * (x + x.SwapAxes(-1, -2)) : x), a);
        return (results[0], results[1]);
    }

    /// <summary>Eigenvalues [.., n] of real symmetric matrices [.., n, n], ascending; see <see cref="Eigh"/>.</summary>
    public static Expr EigValsH(this Expr a) => a.Eigh().Values;

    /// <summary>a = U diag(s) Vᵀ for real matrices [.., m, n]: U [.., m, k], s [.., k] descending, Vᵀ [.., k, n], k = min(m, n).</summary>
    /// <remarks>
    /// Of each column of U the component of largest magnitude is positive. A matrix that is not finite gives NaN. Derivatives: Townsend 2016;
    /// between equal singular values vectors have none, and functions that do not depend on the choice of vectors have theirs.
    /// </remarks>
    /// <exception cref="DTypeException">The elements are not real.</exception>
    public static (Expr U, Expr Values, Expr Vt) Svd(this Expr a)
    {
        CheckReal("svd", a);
        Expr[] results = Matrix.AllInWide(x => Building.Apply(new Svd(), x), a);
        return (results[0], results[1], results[2]);
    }

    /// <summary>Singular values [.., min(m, n)] of real matrices [.., m, n], descending.</summary>
    public static Expr SvdVals(this Expr a) => a.Svd().Values;

    /// <summary>The pseudoinverses [.., n, m] of real matrices [.., m, n] (Moore and Penrose).</summary>
    /// <param name="a">The matrices.</param>
    /// <param name="tolerance">Singular values up to so much of the largest count as 0; unless given, max(m, n) eps.</param>
    /// <remarks>Differentiable where the rank does not change (Golub and Pereyra 1973), as the factors are.</remarks>
    public static Expr Pinv(this Expr a, double? tolerance = null)
    {
        (Expr u, Expr s, Expr vt) = a.Svd();
        Expr inverse = Inverses(s, tolerance ?? Smallest(a));
        return (vt.SwapAxes(-1, -2) * inverse.ExpandDims(-2)).MatMul(u.SwapAxes(-1, -2));
    }

    /// <summary>The x of least norm that makes |a x − b| least, for real a [.., m, n] and b a vector [m] or columns [.., m, k].</summary>
    /// <param name="a">The matrices.</param>
    /// <param name="b">Right-hand sides.</param>
    /// <param name="tolerance">Singular values up to so much of the largest count as 0; unless given, max(m, n) eps.</param>
    public static Expr Lstsq(this Expr a, Expr b, double? tolerance = null)
    {
        Broadcasting.SameDType("lstsq", a, b);
        if (b.Rank == 1)
        {
            return a.Lstsq(b.ExpandDims(1), tolerance).Squeeze(-1);
        }

        (Expr u, Expr s, Expr vt) = a.Svd();
        Expr inverse = Inverses(s, tolerance ?? Smallest(a));
        return vt.SwapAxes(-1, -2).MatMul(inverse.ExpandDims(-1) * u.SwapAxes(-1, -2).MatMul(b));
    }

    /// <summary>How many singular values of real matrices [.., m, n] are above a tolerance: i64 [..].</summary>
    /// <param name="a">The matrices.</param>
    /// <param name="tolerance">Singular values up to so much of the largest count as 0; unless given, max(m, n) eps.</param>
    public static Expr MatrixRank(this Expr a, double? tolerance = null)
    {
        Expr s = a.SvdVals();
        return s.Greater(s.Max(-1, true) * (tolerance ?? Smallest(a))).Cast(DType.I64).Sum(-1);
    }

    /// <summary>The largest singular value over the smallest, of real matrices [.., m, n]: [..]; infinite where that is 0.</summary>
    public static Expr Cond(this Expr a)
    {
        Expr s = a.SvdVals();
        return s.Max(-1) / s.Min(-1);
    }

    private static void CheckReal(string operation, Expr a)
    {
        Matrix.Of(operation, a);
        Matrix.Real(operation, a);
    }

    private static double Smallest(Expr a) => Math.Max(a.Shape[^1].Value, a.Shape[^2].Value) * a.DType.Epsilon();

    /// <summary>1 / s, and 0 where s is at most so much of the largest.</summary>
    private static Expr Inverses(Expr s, double tolerance)
    {
        if (s.Shape.Size == 0)
        {
            return s;
        }

        Expr kept = s.Greater(s.Max(-1, true).StopGradient() * tolerance);
        return kept.Where(1.0 / kept.Where(s, 1.0), 0.0);
    }
}
