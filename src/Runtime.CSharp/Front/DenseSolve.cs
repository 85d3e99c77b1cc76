using Adjoint.Core;

namespace Adjoint.Front;

/// <summary>Small dense systems by Gauss and Jordan's elimination with partial pivoting, as a loop of tensor operations.</summary>
internal static class DenseSolve
{
    /// <summary>
    /// x with A x = b for one matrix [n, n] and one vector [n] or several as columns [n, m]; linear in b, so it differentiates implicitly.
    /// </summary>
    internal static Expr Solve(Expr a, Expr b) => Differential.CustomLinearSolve(
        x => a.MatMul(x), right => Eliminate(a, right), right => Eliminate(a.Transpose(), right), b);

    /// <summary>Column by column, the row with the largest element there is brought up and taken from all others.</summary>
    private static Expr Eliminate(Expr a, Expr b)
    {
        int n = a.Shape[0].Value;
        Expr rows = Tensors.Iota(DType.I64, n);
        Expr start = Tensors.Concat([a, b.Rank == 1 ? b.ExpandDims(1) : b], 1);
        Expr done = Flow.Fori(0, n, (k, work) =>
        {
            Expr column = work[Slice.All, k];
            Expr candidates = rows.Less(k).Where(-1.0, column.Abs());
            Expr pivot = candidates.ArgMax();
            Expr row = work[pivot] / column[pivot];
            Expr swapped = work.At(pivot).Set(work[k]);
            Expr factors = rows.Equal(k).Where(0.0, swapped[Slice.All, k]);
            return (swapped - (factors.ExpandDims(1) * row)).At(k).Set(row);
        }, start);
        return b.Rank == 1 ? done[Slice.All, n] : done[Slice.All, Slice.Of(low: n)];
    }
}
