using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Front;

/// <content>Diagonals and bands of the last two axes, and matrices that are made of a vector. A diagonal above the main one counts 1.</content>
public static partial class Tensors
{
    /// <summary>The elements on a diagonal of two axes, which becomes the last axis. Empty where the diagonal lies outside.</summary>
    public static Expr Diagonal(this Expr x, int first = -2, int second = -1, int offset = 0)
    {
        (int a, int b) = (Axis.Of("diagonal", first, x.Rank, x.Type.ToString()), Axis.Of("diagonal", second, x.Rank, x.Type.ToString()));
        if (a == b)
        {
            throw new ShapeException($"diagonal: axes {first} and {second} of {x.Type} are one.").Here();
        }

        Band band = Band.Of(x.Shape[a].Value, x.Shape[b].Value, offset);
        int[] others = [.. Enumerable.Range(0, x.Rank).Where(axis => axis != a && axis != b)];
        Expr flat = x.Permute([.. others, a, b]).Flatten(x.Rank - 2);
        return flat[Slice.Ellipsis, Slice.Of(band.Start, band.Start + (band.Count == 0 ? 0 : band.Last + 1), band.Step)];
    }

    /// <summary>Of a vector the matrix with it on a diagonal and zeros elsewhere; of a matrix its diagonal. As NumPy's diag.</summary>
    public static Expr Diag(this Expr x, int offset = 0) => x.Rank switch
    {
        1 => x.DiagEmbed(offset),
        2 => x.Diagonal(offset: offset),
        _ => throw new ShapeException($"diag: {x.Type} is neither a vector nor a matrix. Use DiagEmbed or Diagonal for batches.").Here(),
    };

    /// <summary>Vectors along the last axis as diagonals of square matrices: [.., n] gives [.., n + |offset|, n + |offset|].</summary>
    public static Expr DiagEmbed(this Expr x, int offset = 0)
    {
        Demand.AtLeast("diag_embed", x, 1);
        int extent = x.Shape[^1].Value + Math.Abs(offset);
        return OnDiagonal(x, extent, extent, offset);
    }

    /// <summary>The tensor with a diagonal of its last two axes replaced: x is [.., r, c], the new diagonal broadcasts to [.., n].</summary>
    /// <exception cref="ShapeException">It does not fit.</exception>
    public static Expr SetDiagonal(this Expr x, Expr diagonal, int offset = 0)
    {
        Demand.AtLeast("set_diagonal", x, 2);
        Broadcasting.SameDType("set_diagonal", x, diagonal);
        (int rows, int columns) = (x.Shape[^2].Value, x.Shape[^1].Value);
        Shape wanted = new([.. x.Shape.SkipLast(2), new Extent(Band.Of(rows, columns, offset).Count)]);
        Expr placed = OnDiagonal(Broadcasting.To("set_diagonal", diagonal, wanted), rows, columns, offset);
        return OnBand(x, offset).Where(placed, x);
    }

    /// <summary>The tensor with a number on a diagonal of its last two axes.</summary>
    public static Expr FillDiagonal(this Expr x, double number, int offset = 0)
    {
        Demand.AtLeast("fill_diagonal", x, 2);
        return OnBand(x, offset).Where(number, x);
    }

    /// <summary>The main diagonal of the last two axes with so many below and above it, zeros elsewhere; a negative number means all.</summary>
    public static Expr BandPart(this Expr x, int below, int above)
    {
        Expr kept = below < 0 ? x : x.Triu(-below);
        return above < 0 ? kept : kept.Tril(above);
    }

    /// <summary>Matrices along the diagonal of a larger one, zeros elsewhere. Leading axes are batches and are equal.</summary>
    public static Expr BlockDiagonal(IReadOnlyList<Expr> blocks)
    {
        CheckSome("block_diagonal", blocks);
        int width = blocks.Sum(block => block.Rank < 2 ? 0 : block.Shape[^1].Value);
        int left = 0;
        var rows = new List<Expr>();
        foreach (Expr block in blocks)
        {
            Demand.AtLeast("block_diagonal", block, 2);
            int own = block.Shape[^1].Value;
            rows.Add(block.Pad([.. Enumerable.Repeat((0, 0), block.Rank - 1), (left, width - left - own)]));
            left += own;
        }

        return Concat(rows, -2);
    }

    /// <summary>The matrix that is constant along diagonals, with this first column and first row: [n, m]. The row's first element is not read.</summary>
    /// <param name="column">The first column.</param>
    /// <param name="row">The first row; the column's conjugate unless given.</param>
    public static Expr Toeplitz(this Expr column, Expr? row = null)
    {
        Expr first = row ?? column.Conj();
        CheckLine("toeplitz", column, first);
        Expr line = Concat([first[1..].Flip(), column]);
        return line.Take(Places(column.Size, first.Size, (i, j) => i - j + (first.Size - 1)));
    }

    /// <summary>The matrix that is constant along antidiagonals, with this first column and last row: [n, m]. The row's first element is not read.</summary>
    /// <param name="column">The first column.</param>
    /// <param name="row">The last row; zeros unless given.</param>
    public static Expr Hankel(this Expr column, Expr? row = null)
    {
        Expr last = row ?? column.ZerosLike();
        CheckLine("hankel", column, last);
        return Concat([column, last[1..]]).Take(Places(column.Size, last.Size, (i, j) => i + j));
    }

    /// <summary>The square matrix with this first column, each further column moved down by one.</summary>
    public static Expr Circulant(this Expr column)
    {
        Demand.Rank("circulant", column, 1);
        int n = column.Size;
        return n == 0 ? Zeros(column.DType, 0, 0) : column.Take(Places(n, n, (i, j) => (i - j + n).Remainder(n)));
    }

    /// <summary>Vectors along the last axis as a diagonal of [rows, columns], by writing them apart in row-major order.</summary>
    private static Expr OnDiagonal(Expr x, int rows, int columns, int offset)
    {
        Band band = Band.Of(rows, columns, offset);
        Shape shape = new([.. x.Shape.SkipLast(1), new Extent(rows), new Extent(columns)]);
        int last = x.Rank - 1;
        int behind = (rows * columns) - band.Start - (band.Count == 0 ? 0 : band.Last + 1);
        Ints Only(int width) => new([.. Enumerable.Repeat(0, last), width]);
        return Building.Make(x, value => Ops.Reshape(
            Ops.Pad(value, Ops.Constant(Scalar.Zero(x.DType)), Only(band.Start), Only(behind), Only(columns)), shape));
    }

    /// <summary>Which places of the last two axes lie on a diagonal.</summary>
    private static Expr OnBand(Expr x, int offset) =>
        (Iota(DType.I32, x.Shape, x.Rank - 2) + (long)offset).Equal(Iota(DType.I32, x.Shape, x.Rank - 1));

    private static Expr Places(int rows, int columns, Func<Expr, Expr, Expr> place) =>
        place(Iota(DType.I32, Shape.Of(rows, columns), 0), Iota(DType.I32, Shape.Of(rows, columns), 1));

    private static void CheckLine(string operation, Expr column, Expr row)
    {
        Broadcasting.SameDType(operation, column, row);
        Demand.Rank(operation, column, 1);
        Demand.Rank(operation, row, 1);
        Demand.AtLeast(operation, "the smaller extent", Math.Min(column.Size, row.Size), 1);
    }

    /// <summary>Where a diagonal lies in a matrix in row-major order: so many elements from a start on, by a step.</summary>
    private readonly record struct Band(int Start, int Count, int Step)
    {
        /// <summary>The distance of the last element from the first.</summary>
        internal int Last => (Count - 1) * Step;

        internal static Band Of(int rows, int columns, int offset)
        {
            int count = Math.Max(Math.Min(rows + Math.Min(offset, 0), columns - Math.Max(offset, 0)), 0);
            return new(count == 0 ? 0 : offset >= 0 ? offset : -offset * columns, count, columns + 1);
        }
    }
}
