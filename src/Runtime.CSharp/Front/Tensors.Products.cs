using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Front;

/// <content>Products that sum over axes.</content>
public static partial class Tensors
{
    /// <summary>Matrix product as NumPy's matmul: the last axis by the last but one; leading axes are batches and broadcast.</summary>
    /// <remarks>A vector on the left is a row, on the right a column; its axis goes from the result.</remarks>
    /// <exception cref="ShapeException">Inner extents differ, or an operand has no axes.</exception>
    public static Expr MatMul(this Expr x, Expr y)
    {
        Broadcasting.SameDType("matmul", x, y);
        if (x.Rank == 0 || y.Rank == 0)
        {
            throw new ShapeException($"matmul: left is {x.Type}, right is {y.Type}; a single number has no axis to sum over. "
                + "Multiply instead?").Here();
        }

        int inner = Math.Max(y.Rank - 2, 0);
        if (x.Shape[^1] != y.Shape[inner])
        {
            throw new ShapeException($"matmul: inner extents differ; "
                + $"left is {x.Type}, right is {y.Type} ({x.Shape[^1]} against {y.Shape[inner]}). "
                + "Transpose one of them?").Here();
        }

        return y.Rank <= 2 ? Contract(x, y, [x.Rank - 1], [inner])
            : x.Rank == 1 ? MatMul(x.ExpandDims(0), y).Squeeze(-2)
            : Batched(x, y);
    }

    /// <summary>Sum of products of the last axis with the last but one, as NumPy's dot; of two vectors a single number.</summary>
    public static Expr Dot(this Expr x, Expr y) => x.Rank == 0 || y.Rank == 0
        ? x * y
        : TensorDot(x, y, [x.Rank - 1], [Math.Max(y.Rank - 2, 0)]);

    /// <summary>Sum of products over paired axes: the left's other axes, then the right's.</summary>
    public static Expr TensorDot(this Expr x, Expr y, IReadOnlyList<int> left, IReadOnlyList<int> right)
    {
        Broadcasting.SameDType("tensordot", x, y);
        int[] a = [.. left.Select(axis => Axis.Of("tensordot", axis, x.Rank, x.Type.ToString()))];
        int[] b = [.. right.Select(axis => Axis.Of("tensordot", axis, y.Rank, y.Type.ToString()))];
        int wrong = a.Length != b.Length ? -2 : Array.FindIndex([.. a.Zip(b)], pair => x.Shape[pair.First] != y.Shape[pair.Second]);
        return wrong switch
        {
            -1 => Contract(x, y, a, b),
            -2 => throw new ShapeException($"tensordot: {a.Length} axes on the left, {b.Length} on the right; they are paired.").Here(),
            _ => throw new ShapeException(
                $"tensordot: axis {left[wrong]} of {x.Type} has {x.Shape[a[wrong]]}, "
                    + $"axis {right[wrong]} of {y.Type} has {y.Shape[b[wrong]]}.").Here(),
        };
    }

    /// <summary>
    /// Sum of products by labels: "bij,bjk->bik", "...ij->...ji", "ii->i", "ij->"; any number of operands, joined two by two in the
    /// order of <see cref="EinsumPath"/>. A label may stand in any number of operands.
    /// </summary>
    /// <exception cref="ShapeException">The formula does not fit the operands.</exception>
    public static Expr Einsum(string formula, params Expr[] operands) => Front.Einsum.Run(formula, operands);

    /// <summary>The order in which an einsum joins its operands, and its cost: the cheapest of all for up to 8 operands, greedy beyond.</summary>
    public static EinsumPath EinsumPath(string formula, params Expr[] operands) => Front.Einsum.Path(formula, operands);

    /// <summary>Products of each element of one with each of the other, both flattened: a matrix.</summary>
    public static Expr Outer(this Expr x, Expr y) => x.Flatten().ExpandDims(1) * y.Flatten().ExpandDims(0);

    /// <summary>The sum of the diagonal of the last two axes.</summary>
    public static Expr Trace(this Expr x) => x.Diagonal().Sum(-1);

    /// <summary>Elements on and below a diagonal of the last two axes, zeros above; the diagonal above the main one counts 1.</summary>
    public static Expr Tril(this Expr x, int diagonal = 0) => Triangle("tril", x, diagonal).Where(x, x.ZerosLike());

    /// <summary>Elements on and above a diagonal of the last two axes, zeros below.</summary>
    public static Expr Triu(this Expr x, int diagonal = 0) => Triangle("triu", x, diagonal - 1).Where(x.ZerosLike(), x);

    /// <summary>The product over paired axes without batches.</summary>
    private static Expr Contract(Expr x, Expr y, int[] left, int[] right) =>
        Building.Make(x, y, (a, b) => Ops.Dot(a, b, Axes.None, Axes.None, new Axes(left), new Axes(right)));

    private static Expr Batched(Expr x, Expr y)
    {
        Shape batch = Broadcasting.Common("matmul", new(x.Shape.SkipLast(2)), new(y.Shape.SkipLast(2)));
        Expr left = x.BroadcastTo(batch.Concat(new(x.Shape.TakeLast(2))));
        Expr right = y.BroadcastTo(batch.Concat(new(y.Shape.TakeLast(2))));
        return Building.Make(left, right, Ops.MatMul);
    }

    private static Expr Triangle(string operation, Expr x, int diagonal)
    {
        if (x.Rank < 2)
        {
            throw new ShapeException($"{operation}: {x.Type} has fewer than two axes.").Here();
        }

        Expr row = Iota(DType.I32, x.Shape, x.Rank - 2);
        Expr column = Iota(DType.I32, x.Shape, x.Rank - 1);
        return column.LessOrEqual(row + (long)diagonal);
    }
}
