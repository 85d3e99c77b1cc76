using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Front;

/// <content>
/// Sets and masks. Where the number of results depends on the data, a bound is given as in JAX: what is missing is filled, what is too
/// much is left out, so that shapes are known while tracing.
/// </content>
public static partial class Tensors
{
    /// <summary>Different elements in ascending order, at most so many, and where they come from.</summary>
    /// <param name="x">A tensor, read in row-major order; NaN is equal to NaN and last.</param>
    /// <param name="size">The length of the result; larger elements beyond it are left out.</param>
    /// <param name="fill">What stands where there are fewer; the smallest element unless given.</param>
    /// <returns>
    /// Values [size]; the index of the first of each [size], in i64, where filled that of the smallest; for each element of x the number of
    /// its value, in i64; how often each stands [size], in i64, where filled 0. Derivatives pass from values to the first of each.
    /// </returns>
    public static (Expr Values, Expr Indices, Expr Inverse, Expr Counts) Unique(this Expr x, int size, double? fill = null)
    {
        Demand.AtLeast("unique", "the size", size, 0);
        Expr flat = x.Flatten();
        if (flat.Size == 0)
        {
            throw new ShapeException($"unique: {x.Type} has no elements, so nothing can fill {size} places.").Here();
        }

        Expr[] sorted = Sort([flat, Iota(DType.I64, flat.Size)]);
        Expr fresh = Concat([Full(Shape.Of(1), Scalar.Of(true)), Differs(sorted[0][1..], sorted[0][..^1])]);
        Expr rank = fresh.Cast(DType.I64).CumSum() - 1L;
        Expr place = fresh.Where(rank, -1.0);
        Expr first = Building.Make(sorted[0], value => Ops.SliceAxis(value, 0, 0, 1));
        Expr rest = fill is { } number ? Full(x.DType, Shape.Of(size), number) : first.BroadcastTo(size);
        return (
            rest.ScatterSet(place, sorted[0]),
            sorted[1][..1].BroadcastTo(size).ScatterSet(place, sorted[1]),
            Zeros(DType.I64, flat.Size).ScatterSet(sorted[1], rank).Reshape(x.Shape),
            Zeros(DType.I64, size).ScatterAdd(rank, rank.OnesLike()));
    }

    /// <summary>How many different elements there are, in i64: what size would hold all of <see cref="Unique"/>.</summary>
    public static Expr UniqueCount(this Expr x)
    {
        Expr sorted = x.Flatten().Sort();
        return x.Size == 0
            ? Zeros(DType.I64)
            : Differs(sorted[1..], sorted[..^1]).CountNonzero() + 1L;
    }

    /// <summary>Which elements stand in a tensor, whatever its shape. NaN is in none.</summary>
    public static Expr IsIn(this Expr x, Expr among)
    {
        Broadcasting.SameDType("isin", x, among);
        if (among.Size == 0)
        {
            return Full(x.Shape, Scalar.Of(false));
        }

        Expr sorted = among.Flatten().Sort();
        return sorted.Take(sorted.SearchSorted(x)).Equal(x);
    }

    /// <summary>The indices along each axis of the first elements that are not 0 (false), at most so many, in row-major order, in i64.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="size">The length of each result.</param>
    /// <param name="fill">What stands where there are fewer.</param>
    public static Expr[] Nonzero(this Expr x, int size, long fill = 0)
    {
        Demand.AtLeast("nonzero", x, 1);
        Expr places = FlatNonzero("nonzero", x, size);
        Expr found = places.GreaterOrEqual(0);
        return [.. places.Maximum(0).UnravelIndex(x.Shape.ToArray()).Select(index => found.Where(index, (double)fill))];
    }

    /// <summary>The index vectors of the first elements that are not 0 (false), at most so many: [size, rank] in i64.</summary>
    public static Expr ArgWhere(this Expr x, int size, long fill = 0) => Stack(x.Nonzero(size, fill), 1);

    /// <summary>The first slices along an axis for which a mask holds, at most so many, in order; a number where there are fewer.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="mask">Bools, one for each slice.</param>
    /// <param name="size">How many slices the result has.</param>
    /// <param name="axis">The axis.</param>
    /// <param name="fill">What stands where there are fewer.</param>
    public static Expr Compress(this Expr x, Expr mask, int size, int axis = 0, double fill = 0.0)
    {
        int at = Axis.Of("compress", axis, x.Rank, x.Type.ToString());
        if (mask.DType != DType.Bool || mask.Rank != 1 || mask.Shape[0] != x.Shape[at])
        {
            throw new ShapeException($"compress: the mask is {mask.Type}; a bool for each of the {x.Shape[at]} slices along axis {axis} "
                + $"of {x.Type} is wanted. Flatten both for a mask of the tensor's own shape?").Here();
        }

        Expr places = FlatNonzero("compress", mask, size);
        Expr found = places.GreaterOrEqual(0).Reshape([.. Enumerable.Range(0, x.Rank).Select(i => i == at ? size : 1)]);
        return found.Where(x.Take(places, at, OutOfRange.Drop), fill);
    }

    /// <summary>The tensor with numbers put at indices along an axis, one for each place of the other axes: the counterpart of TakeAlongAxis.</summary>
    /// <remarks>Indices out of range are left out; of equal ones the last counts. Derivatives pass to what stays and to the new numbers.</remarks>
    public static Expr PutAlongAxis(this Expr x, Expr indices, Expr values, int axis)
    {
        CheckIndices("put_along_axis", indices);
        Broadcasting.SameDType("put_along_axis", x, values);
        int at = Axis.Of("put_along_axis", axis, x.Rank, x.Type.ToString());
        if (indices.Rank != x.Rank)
        {
            throw new ShapeException($"put_along_axis: {x.Type} and indices {indices.Type} differ in rank.").Here();
        }

        Shape shape = x.Shape.With(at, indices.Shape[at]);
        Expr places = Broadcasting.To("put_along_axis", indices, shape);
        Expr updates = Broadcasting.To("put_along_axis", values, shape);
        if (x.Shape[at].Value == 0)
        {
            return x;
        }

        Axes others = new Axes(at).Others(x.Rank);
        var windows = new WindowAxes(Axes.None, new(at), new(at), others, others);
        return Building.Make([x, places, updates], operands => Ops.Scatter(
            operands[0], Ops.Reshape(operands[1], shape.Insert(x.Rank, 1)), operands[2], windows, ScatterUpdate.Set, OutOfRange.Drop));
    }

    /// <summary>The indices, in i64, that put vectors in order by several keys along an axis: the last key counts most, as NumPy's lexsort.</summary>
    public static Expr LexSort(IReadOnlyList<Expr> keys, int axis = -1)
    {
        if (keys.Count == 0 || keys.Any(key => !key.Shape.Equals(keys[0].Shape)))
        {
            throw new ShapeException($"lexsort: keys are {string.Join(", ", keys.Select(key => key.Type))}; one at least, of one shape, "
                + "are wanted.").Here();
        }

        int at = Axis.Of("lexsort", axis, keys[0].Rank, keys[0].Type.ToString());
        Expr order = keys[0].ArgSort(at);
        foreach (Expr key in keys.Skip(1))
        {
            order = Sort([key.TakeAlongAxis(order, at), order], at)[1];
        }

        return order;
    }

    /// <summary>Elements along an axis so that the k-th is where sorting puts it, smaller ones before it. All are sorted.</summary>
    public static Expr Partition(this Expr x, int k, int axis = -1)
    {
        int at = Axis.Of("partition", axis, x.Rank, x.Type.ToString());
        int extent = x.Shape[at].Value;
        return k >= -extent && k < extent
            ? x.Sort(at)
            : throw new ShapeException($"partition: place {k} is outside axis {axis} of {x.Type}.").Here();
    }

    /// <summary>
    /// The k largest elements along an axis in descending order, or the smallest in ascending order, and their indices in i64. NaN counts as
    /// the largest number.
    /// </summary>
    public static (Expr Values, Expr Indices) TopK(this Expr x, int k, int axis, bool largest = true)
    {
        int at = Axis.Of("topk", axis, x.Rank, x.Type.ToString());
        if (k < 0 || k > x.Shape[at].Value)
        {
            throw new ShapeException($"topk: {k} of the {x.Shape[at]} elements along axis {axis} of {x.Type}.").Here();
        }

        if (largest)
        {
            (Expr values, Expr indices) = x.MoveAxis(at, -1).TopK(k);
            return (values.MoveAxis(-1, at), indices.MoveAxis(-1, at).Cast(DType.I64));
        }

        Expr[] sorted = Sort([x, Iota(DType.I64, x.Shape, at)], at);
        return (Window(sorted[0], at, 0, k), Window(sorted[1], at, 0, k));
    }

    private static Expr Differs(Expr x, Expr y) => x.NotEqual(y).And(x.IsNan().And(y.IsNan()).Not());

    /// <summary>The places of the first elements that are not 0 in row-major order, −1 where there are fewer.</summary>
    private static Expr FlatNonzero(string operation, Expr x, int size)
    {
        Demand.AtLeast(operation, "the size", size, 0);
        Expr mask = Truth(x).Flatten();
        Expr place = mask.Where(mask.Cast(DType.I64).CumSum() - 1L, -1.0);
        return Full(Shape.Of(size), Scalar.Of(DType.I64, -1L)).ScatterSet(place, Iota(DType.I64, mask.Size));
    }
}
