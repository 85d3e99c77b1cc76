using Adjoint.Core;

namespace Adjoint.Front;

/// <summary>What the functions of linear algebra ask of matrices, and how dtypes that only store go through them.</summary>
internal static class Matrix
{
    /// <summary>The elements are floating or complex numbers in matrices along the last two axes.</summary>
    internal static void Of(string operation, Expr a)
    {
        Demand.Differentiable(operation, a);
        Demand.AtLeast(operation, a, 2);
    }

    /// <summary>The same, and the matrices are square.</summary>
    internal static void Square(string operation, Expr a)
    {
        Of(operation, a);
        if (a.Shape[^1] != a.Shape[^2])
        {
            throw new ShapeException($"{operation}: {a.Type} has no square matrices along its last two axes.").Here();
        }
    }

    /// <summary>The elements are real: complex matrices have no such factorization here.</summary>
    internal static void Real(string operation, Expr a)
    {
        if (a.DType.IsComplex())
        {
            throw new DTypeException($"{operation}: {a.Type} is complex; only real matrices are factored so.").Here();
        }
    }

    /// <summary>A function of matrices in f32 where the dtype only stores, rounded once.</summary>
    internal static Expr InWide(Func<Expr, Expr> compute, Expr a) =>
        Stores(a) ? compute(a.Cast(DType.F32)).Cast(a.DType) : compute(a);

    /// <summary>A function of two in f32 where the dtype only stores, rounded once.</summary>
    internal static Expr InWide(Func<Expr, Expr, Expr> compute, Expr a, Expr b) =>
        Stores(a) ? compute(a.Cast(DType.F32), b.Cast(DType.F32)).Cast(a.DType) : compute(a, b);

    /// <summary>A function with several results in f32 where the dtype only stores; those that are floating are rounded once.</summary>
    internal static Expr[] AllInWide(Func<Expr, Expr[]> compute, Expr a) => Stores(a)
        ? [.. compute(a.Cast(DType.F32)).Select(result => result.DType == DType.F32 ? result.Cast(a.DType) : result)]
        : compute(a);

    private static bool Stores(Expr a) => a.DType is DType.F16 or DType.BF16;
}
