using Adjoint.Core;

namespace Adjoint.Front;

/// <content>Reductions by a function of one's own.</content>
public static partial class Tensors
{
    /// <summary>One number from all elements along axes, by a function of two numbers.</summary>
    /// <remarks>As the reduction of several tensors at once, which see.</remarks>
    /// <param name="x">The tensor.</param>
    /// <param name="start">One number: the result of no elements, and what is joined from the left.</param>
    /// <param name="combine">(number, number) → number, associative; it is traced once.</param>
    /// <param name="axes">The axes, which the result leaves out; all unless given.</param>
    public static Expr Reduce(this Expr x, Expr start, Func<Expr, Expr, Expr> combine, IReadOnlyList<int>? axes = null) =>
        Reduce([x], [start], (left, right) => [combine(left[0], right[0])], axes)[0];

    /// <summary>One number of each tensor from all elements along axes, by a function of two of each.</summary>
    /// <remarks>
    /// <para>As StableHLO's reduce. The function must be associative; it need not be commutative. Neighbours are joined in pairs, then
    /// pairs of these, and the start from the left at the end: log2 n applications to whole tensors, in an order that the shape alone
    /// decides. Elements are in row-major order.</para>
    /// <para>Derivatives of any order are those of the function. Sum, Prod, Max, Min, All and Any are faster.</para>
    /// </remarks>
    /// <param name="x">Tensors of one shape.</param>
    /// <param name="start">One number for each: the results of no elements, and what is joined from the left.</param>
    /// <param name="combine">(numbers, numbers) → numbers, one for each tensor; it is traced once.</param>
    /// <param name="axes">The axes, which the results leave out; all unless given.</param>
    /// <exception cref="ShapeException">Shapes differ, a start is not one number, or the function gives other types.</exception>
    public static Expr[] Reduce(
        IReadOnlyList<Expr> x, IReadOnlyList<Expr> start, Func<Expr[], Expr[], Expr[]> combine, IReadOnlyList<int>? axes = null)
    {
        Joining joining = Joining.Of("reduce", x, start, combine);
        Axes along = Axis.Of("reduce", axes, x[0]);
        Axes kept = along.Others(x[0].Rank);
        Shape shape = x[0].Shape.Select(kept);
        Shape rows = Shape.Of(x[0].Shape.Select(along).Size, shape.Size);
        Expr[] joined = joining.Rows([.. x.Select(part => part.Permute([.. along, .. kept]).Reshape(rows))], start);
        return [.. joined.Select(part => part.Reshape(shape))];
    }

    /// <summary>One number from each window that slides over a tensor, by a function of two numbers.</summary>
    /// <remarks>As the windows over several tensors at once, which see.</remarks>
    /// <param name="x">The tensor.</param>
    /// <param name="start">One number.</param>
    /// <param name="combine">(number, number) → number, associative; it is traced once.</param>
    /// <param name="window">Elements of a window along each axis.</param>
    /// <param name="strides">Distance of windows; 1 unless given.</param>
    /// <param name="padding">Starts around the tensor; none unless given, negative crops.</param>
    /// <param name="dilation">Distance of a window's elements; 1 unless given.</param>
    /// <param name="inputDilation">Distance of the tensor's elements once starts stand between them; 1 unless given.</param>
    public static Expr ReduceWindow(
        this Expr x,
        Expr start,
        Func<Expr, Expr, Expr> combine,
        IReadOnlyList<int> window,
        IReadOnlyList<int>? strides = null,
        Padding? padding = null,
        IReadOnlyList<int>? dilation = null,
        IReadOnlyList<int>? inputDilation = null) =>
        ReduceWindow([x], [start], (left, right) => [combine(left[0], right[0])], window, strides, padding, dilation, inputDilation)[0];

    /// <summary>One number of each tensor from each window that slides over them, by a function of two of each.</summary>
    /// <remarks>
    /// As StableHLO's reduce_window: the start stands around the tensors and between their elements too. The elements of a window are
    /// joined in row-major order, as the general reduction does. The tensors are copied once for each element of a window; MaxPool,
    /// MinPool and AvgPool do not.
    /// </remarks>
    /// <param name="x">Tensors of one shape.</param>
    /// <param name="start">One number for each.</param>
    /// <param name="combine">(numbers, numbers) → numbers, one for each tensor, associative; it is traced once.</param>
    /// <param name="window">Elements of a window along each axis.</param>
    /// <param name="strides">Distance of windows; 1 unless given.</param>
    /// <param name="padding">Starts around the tensors; none unless given, negative crops.</param>
    /// <param name="dilation">Distance of a window's elements; 1 unless given.</param>
    /// <param name="inputDilation">Distance of the tensors' elements once starts stand between them; 1 unless given.</param>
    /// <exception cref="ShapeException">Shapes differ, or there is not one number of each attribute for each axis.</exception>
    public static Expr[] ReduceWindow(
        IReadOnlyList<Expr> x,
        IReadOnlyList<Expr> start,
        Func<Expr[], Expr[], Expr[]> combine,
        IReadOnlyList<int> window,
        IReadOnlyList<int>? strides = null,
        Padding? padding = null,
        IReadOnlyList<int>? dilation = null,
        IReadOnlyList<int>? inputDilation = null)
    {
        Joining joining = Joining.Of("reduce_window", x, start, combine);
        WindowTaps taps = WindowTaps.Of("reduce_window", x[0].Shape, window, strides, padding, dilation, inputDilation);
        Shape rows = Shape.Of(taps.Count, taps.Result.Size);
        Expr[] joined = joining.Rows([.. x.Select((part, i) => Stack(taps.Each(part, start[i])).Reshape(rows))], start);
        return [.. joined.Select(part => part.Reshape(taps.Result))];
    }
}
