using Adjoint.Core;
using Adjoint.Primitives;

namespace Adjoint.Front;

/// <content>Rows joined by segment: row i belongs to segment segments[i] of so many. Rows of segments out of range are left out.</content>
public static partial class Tensors
{
    /// <summary>The tensor with slices along an axis multiplied by updates at indices; those out of range are left out.</summary>
    public static Expr ScatterMul(this Expr x, Expr indices, Expr updates, int axis = 0, OutOfRange mode = OutOfRange.Drop) =>
        Scatter("scatter_mul", x, indices, updates, axis, ScatterUpdate.Mul, mode);

    /// <summary>The largest row of each segment, element by element; −∞, or the least integer, of no rows. Ties share the gradient evenly.</summary>
    public static Expr SegmentMax(this Expr x, Expr segments, int count) =>
        Full(Segments("segment_max", x, segments, count), Limits.Bottom(x.DType)).ScatterMax(segments, x);

    /// <summary>The smallest row of each segment, element by element; ∞, or the largest integer, of no rows. Ties share the gradient evenly.</summary>
    public static Expr SegmentMin(this Expr x, Expr segments, int count) =>
        Full(Segments("segment_min", x, segments, count), Limits.Top(x.DType)).ScatterMin(segments, x);

    /// <summary>Products of the rows of each segment, element by element; 1 of no rows.</summary>
    public static Expr SegmentProd(this Expr x, Expr segments, int count) =>
        Full(Segments("segment_prod", x, segments, count), Scalar.One(x.DType)).ScatterMul(segments, x);

    /// <summary>Means of the rows of each segment; NaN of no rows.</summary>
    public static Expr SegmentMean(this Expr x, Expr segments, int count)
    {
        Demand.Differentiable("segment_mean", x);
        Shape shape = Segments("segment_mean", x, segments, count);
        Expr counts = segments.BinCount(count).Cast(x.DType);
        return x.SegmentSum(segments, count) / counts.Reshape([count, .. Enumerable.Repeat(1, shape.Rank - 1)]);
    }

    /// <summary>Exponentials that sum to 1 over the rows of each segment, of the rows' shape.</summary>
    public static Expr SegmentSoftmax(this Expr x, Expr segments, int count)
    {
        Demand.Floating("segment_softmax", x);
        Expr largest = x.StopGradient().SegmentMax(segments, count);
        Expr shift = largest.IsFinite().Where(largest, 0.0);
        Expr weights = (x - shift.Take(segments)).Exp();
        return weights / weights.SegmentSum(segments, count).Take(segments);
    }

    private static Shape Segments(string operation, Expr x, Expr segments, int count)
    {
        CheckIndices(operation, segments);
        Demand.AtLeast(operation, x, 1);
        Demand.AtLeast(operation, "the number of segments", count, 0);
        return segments.Rank == 1 && segments.Shape[0] == x.Shape[0]
            ? x.Shape.With(0, count)
            : throw new ShapeException($"{operation}: segments are {segments.Type}; one for each row of {x.Type} is wanted.").Here();
    }
}
