using Adjoint.Core;
using Adjoint.Front;

namespace Figures.Rows;

/// <summary>Sums and maxima over all, over rows and over columns, and what is made of them.</summary>
internal static class Reductions
{
    private static readonly (int Rows, int Columns)[] Sizes = [(128, 256), (4096, 1024)];

    /// <summary>The group.</summary>
    public static Group Group { get; } = Group.Of(
        "reductions",
        "Reductions, softmax and layer norm",
        "sum, sum of rows, of columns; max and logsumexp of rows; distance: Σ (x − y)², and with its gradients in both; softmax of rows; "
        + "layer norm of rows with scale and shift. With pullback: beside the result the cotangents of all arguments.",
        All());

    private static IEnumerable<(string, Func<Kernel>)> All()
    {
        foreach (DType type in new[] { DType.F32, DType.F64 })
        {
            foreach ((int m, int n) in Sizes)
            {
                var shape = new MatrixShape(type, m, n);
                int[] whole = [m, n];
                yield return shape.Row("sum", "sum", m * n, x => [x[0].Sum()], whole);
                yield return shape.Row("distance", "distance", m * n, x => [Distance(x)], whole, whole);
                yield return shape.Row("distance with gradient", "distance_grad", m * n, WithGradient(Distance), whole, whole);
                yield return shape.Row("sum of rows", "sum_rows", x => [x[0].Sum(1)], whole);
                yield return shape.Row("sum of columns", "sum_columns", n, x => [x[0].Sum(0)], whole);
                yield return shape.Row("max of rows", "max_rows", x => [x[0].Max(1)], whole);
                yield return shape.Row("logsumexp of rows", "logsumexp_rows", x => [x[0].LogSumExp(1)], whole);
                yield return shape.Row("softmax", "softmax", x => [x[0].Softmax()], whole);
                yield return shape.Row("softmax with pullback", "softmax_grad", WithPullback(x => x[0].Softmax()), whole, whole);
                yield return shape.Row("layer norm", "layer_norm", x => [Nn.LayerNorm(x[0], x[1], x[2])], whole, [n], [n]);
                yield return shape.Row(
                    "layer norm with pullback", "layer_norm_grad", WithPullback(x => Nn.LayerNorm(x[0], x[1], x[2])), whole, [n], [n], whole);
            }
        }
    }

    private static Expr Distance(Expr[] x) => (x[0] - x[1]).Square().Sum();

    private static Func<Expr[], Expr[]> WithGradient(Func<Expr[], Expr> f) => x =>
    {
        (Expr value, Expr[] gradient) = Differential.ValueAndGrad(f)(x);
        return [value, .. gradient];
    };

    /// <summary>The last argument is the cotangent of the result.</summary>
    private static Func<Expr[], Expr[]> WithPullback(Func<Expr[], Expr> f) => x =>
    {
        (Expr[] value, Func<Expr[], Expr[]> pullback) = Differential.ValueAndPullback(y => [f(y)], x[..^1]);
        return [.. value, .. pullback([x[^1]])];
    };
}
