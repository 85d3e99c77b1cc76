using Adjoint.Core;
using Figures.Report;
using Adjoint.Front;

namespace Figures.Rows;

/// <summary>Matrices: what is read along rows, columns, with strides, and transposed.</summary>
internal static class Matrices
{
    private static readonly (int Rows, int Columns)[] Sizes = [(128, 256), (4096, 1024)];

    private static readonly Goal[] Tiled = [new(PeerKind.Hand, 1.5), new(PeerKind.Limit, 1.15)];

    /// <summary>The group.</summary>
    public static Group Group { get; } = Group.Of(
        "reads",
        "Broadcasts, strided and transposed reads",
        "row: x·r + s with vectors along rows; column: (x − c)·d with vectors along columns; outer: c·r; every second column, every "
        + "second row and columns backwards: x/2 + 1 of those; transposed: 2 xᵀ + z, by hand in tiles.",
        All());

    private static IEnumerable<(string, Func<Kernel>)> All()
    {
        foreach (DType type in new[] { DType.F32, DType.F64 })
        {
            foreach ((int m, int n) in Sizes)
            {
                var shape = new MatrixShape(type, m, n);
                yield return shape.Row("row", "rows", x => [(x[0] * x[1]) + x[2]], [m, n], [n], [n]);
                yield return shape.Row("column", "columns", x => [(x[0] - x[1]) * x[2]], [m, n], [m, 1], [m, 1]);
                yield return shape.Row("outer", "outer", x => [x[0] * x[1]], [m, 1], [n]);
                yield return shape.Row("every second column", "second_columns", x => [Half(x[0][Slice.All, Slice.Of(step: 2)])], [m, 2 * n]);
                yield return shape.Row("every second row", "second_rows", x => [Half(x[0][Slice.Of(step: 2)])], [2 * m, n]);
                yield return shape.Row("columns backwards", "backwards", x => [Half(x[0].Flip(1))], [m, n]);
            }

            foreach (int n in new[] { 256, 2048 })
            {
                var square = new MatrixShape(type, n, n) { Goals = Tiled };
                yield return square.Row("transposed", "transposed", x => [(2.0 * x[0].Transpose()) + x[1]], [n, n], [n, n]);
            }
        }
    }

    private static Expr Half(Expr x) => (0.5 * x) + 1.0;
}
