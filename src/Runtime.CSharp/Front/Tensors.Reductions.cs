using Adjoint.Core;
using Adjoint.Primitives;

namespace Adjoint.Front;

/// <content>Reductions other than sums; order; running reductions. Without axes, over all of them.</content>
public static partial class Tensors
{
    /// <summary>The largest element; the gradient splits evenly among equals, NaN propagates.</summary>
    public static Expr Max(this Expr x, IReadOnlyList<int>? axes = null, bool keepAxes = false) =>
        Reduce("max", x, axes, keepAxes, Ops.ReduceMax);

    /// <summary>The largest element along an axis.</summary>
    public static Expr Max(this Expr x, int axis, bool keepAxes = false) => x.Max([axis], keepAxes);

    /// <summary>The smallest element; the gradient splits evenly among equals, NaN propagates.</summary>
    public static Expr Min(this Expr x, IReadOnlyList<int>? axes = null, bool keepAxes = false) =>
        Reduce("min", x, axes, keepAxes, Ops.ReduceMin);

    /// <summary>The smallest element along an axis.</summary>
    public static Expr Min(this Expr x, int axis, bool keepAxes = false) => x.Min([axis], keepAxes);

    /// <summary>Product; 1 of no elements.</summary>
    public static Expr Prod(this Expr x, IReadOnlyList<int>? axes = null, bool keepAxes = false) =>
        Reduce("prod", x, axes, keepAxes, Ops.ReduceProd);

    /// <summary>Product along an axis.</summary>
    public static Expr Prod(this Expr x, int axis, bool keepAxes = false) => x.Prod([axis], keepAxes);

    /// <summary>Whether all bools are true.</summary>
    public static Expr All(this Expr x, IReadOnlyList<int>? axes = null, bool keepAxes = false) =>
        Reduce("all", x, axes, keepAxes, Ops.ReduceAnd);

    /// <summary>Whether any bool is true.</summary>
    public static Expr Any(this Expr x, IReadOnlyList<int>? axes = null, bool keepAxes = false) =>
        Reduce("any", x, axes, keepAxes, Ops.ReduceOr);

    /// <summary>The first index of the largest element along an axis, in i64; of NaN if there is one.</summary>
    public static Expr ArgMax(this Expr x, int axis = -1, bool keepAxes = false) => Position("argmax", x, axis, keepAxes, true);

    /// <summary>The first index of the smallest element along an axis, in i64; of NaN if there is one.</summary>
    public static Expr ArgMin(this Expr x, int axis = -1, bool keepAxes = false) => Position("argmin", x, axis, keepAxes, false);

    /// <summary>ln of the sum of exponentials, shifted by the maximum so that it cannot overflow. Its gradient is the softmax.</summary>
    public static Expr LogSumExp(this Expr x, IReadOnlyList<int>? axes = null, bool keepAxes = false)
    {
        Axes over = Axis.Of("logsumexp", axes, x);
        Expr shift = FiniteMax(x, axes);
        Expr sum = (x - shift).Exp().Sum(axes, true).Log() + shift;
        return keepAxes ? sum : sum.Reshape(x.Shape.Remove(over));
    }

    /// <summary>ln of the sum of exponentials along an axis.</summary>
    public static Expr LogSumExp(this Expr x, int axis, bool keepAxes = false) => x.LogSumExp([axis], keepAxes);

    /// <summary>Exponentials that sum to 1 along an axis.</summary>
    public static Expr Softmax(this Expr x, int axis = -1)
    {
        int at = Axis.Of("softmax", axis, x.Rank, x.Type.ToString());
        Expr weights = (x - FiniteMax(x, [at])).Exp();
        return weights / weights.Sum(at, true);
    }

    /// <summary>ln of the softmax.</summary>
    public static Expr LogSoftmax(this Expr x, int axis = -1)
    {
        int at = Axis.Of("log_softmax", axis, x.Rank, x.Type.ToString());
        Expr shifted = x - FiniteMax(x, [at]);
        return shifted - shifted.Exp().Sum(at, true).Log();
    }

    /// <summary>Running sum along an axis.</summary>
    public static Expr CumSum(this Expr x, int axis = -1, bool reverse = false) =>
        Building.Make(x, value => Ops.CumSum(value, Axis.Of("cumsum", axis, x.Rank, x.Type.ToString()), reverse));

    /// <summary>Running product along an axis.</summary>
    public static Expr CumProd(this Expr x, int axis = -1, bool reverse = false) =>
        Building.Make(x, value => Ops.CumProd(value, Axis.Of("cumprod", axis, x.Rank, x.Type.ToString()), reverse));

    /// <summary>Running maximum along an axis.</summary>
    public static Expr CumMax(this Expr x, int axis = -1, bool reverse = false) =>
        Building.Make(x, value => Ops.CumMax(value, Axis.Of("cummax", axis, x.Rank, x.Type.ToString()), reverse));

    /// <summary>Running minimum along an axis.</summary>
    public static Expr CumMin(this Expr x, int axis = -1, bool reverse = false) =>
        Building.Make(x, value => Ops.CumMin(value, Axis.Of("cummin", axis, x.Rank, x.Type.ToString()), reverse));

    /// <summary>Running logarithm of the sum of exponentials along an axis.</summary>
    public static Expr CumLogSumExp(this Expr x, int axis = -1, bool reverse = false) =>
        Building.Make(x, value => Ops.CumLogSumExp(value, Axis.Of("cumlogsumexp", axis, x.Rank, x.Type.ToString()), reverse));

    /// <summary>Elements in order along an axis; NaN last, equal ones keep their order.</summary>
    public static Expr Sort(this Expr x, int axis = -1, bool descending = false) => Sort([x], axis, descending)[0];

    /// <summary>Tensors of one shape put into the order of the first along an axis.</summary>
    public static Expr[] Sort(IReadOnlyList<Expr> parts, int axis = -1, bool descending = false)
    {
        int at = Axis.Of("sort", axis, parts[0].Rank, parts[0].Type.ToString());
        return Building.MakeAll([.. parts], values => Ops.Sort(at, descending, [.. values]));
    }

    /// <summary>The indices, in i64, that put a tensor in order along an axis.</summary>
    public static Expr ArgSort(this Expr x, int axis = -1, bool descending = false)
    {
        int at = Axis.Of("argsort", axis, x.Rank, x.Type.ToString());
        return Sort([x, Iota(DType.I64, x.Shape, at)], at, descending)[1];
    }

    /// <summary>The k largest elements along the last axis in descending order, and their indices in i32.</summary>
    public static (Expr Values, Expr Indices) TopK(this Expr x, int k)
    {
        Expr[] both = Building.Apply(new TopK(k), x);
        return (both[0], both[1]);
    }

    /// <summary>The maximum as a constant to derivatives, 0 where it is infinite: what is subtracted must be finite.</summary>
    private static Expr FiniteMax(Expr x, IReadOnlyList<int>? axes)
    {
        Expr max = x.StopGradient().Max(axes, true);
        return max.IsFinite().Where(max, 0.0);
    }

    private static Expr Position(string operation, Expr x, int axis, bool keepAxes, bool largest)
    {
        int at = Axis.Of(operation, axis, x.Rank, x.Type.ToString());
        Expr found = Building.Make(x, value => largest ? Ops.ArgMax(value, at) : Ops.ArgMin(value, at));
        return keepAxes ? found.ExpandDims(at) : found;
    }
}
